"""Runs a command's coroutine; SIGTERM, like Ctrl-C, lets what is being sent finish."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end.

    Raises:
        KeyboardInterrupt: a signal came; what was being sent has been finished and recorded.
    """
    try:
        return asyncio.run(_guarded(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _guarded(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work
