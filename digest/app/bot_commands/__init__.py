"""Commands that people send to the bots of channels, while the daemon runs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from digest.config.bots import bots_of
from digest.store.incidents import NOT_HEARD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from digest.app.runtime import Runtime


@asynccontextmanager
async def listening(runtime: Runtime, deliver: Callable[[], None]) -> AsyncIterator[None]:
    """Hear and answer what people write to each bot; where there is none, nothing is loaded.

    `deliver` has what is due delivered, and waits for nothing.
    """
    bots, now = bots_of(runtime.settings), runtime.context.clock()
    asked = {channels[0] for channels in bots.values()}
    await runtime.store.transact(lambda store: store.incidents.keep_only(NOT_HEARD, asked, now))
    tasks = _listeners(runtime, bots, deliver) if bots else []
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _listeners(
    runtime: Runtime, bots: Mapping[str, Sequence[str]], deliver: Callable[[], None]
) -> list[asyncio.Task[None]]:
    from digest.app.bot_commands.answers import CommandAnswers
    from digest.app.bot_commands.listener import Listener

    answers = CommandAnswers(runtime, deliver)
    return [
        asyncio.create_task(Listener(runtime, bot, channels, answers).listen())
        for bot, channels in bots.items()
    ]
