"""Rounds of what `digest run --once` does, each on a day of its own: what is killed.

python -m tests.kill_matrix.rounds FOLDER FIRST_DAY LAST_DAY
"""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.app.wiring import open_runtime
from digest.channels.pace import Pace
from digest.config import load_settings
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.app.runtime import Runtime


class Calendar:
    """A clock that stands still until somebody sets the day."""

    def __init__(self, day: int) -> None:
        self.day = day

    def __call__(self) -> datetime:
        return NOW + timedelta(days=self.day)


async def work(
    folder: Path,
    first: int,
    last: int,
    changed: Callable[[Runtime], AbstractAsyncContextManager[Runtime]] = nullcontext,
) -> None:
    """Open everything as the command does, `changed`, and do a round on each of these days."""
    settings = load_settings(folder / "config.yaml")
    clock = Calendar(first)
    async with (
        open_runtime(settings, "kill matrix", clock=clock) as opened,
        changed(opened) as runtime,
    ):
        for channel in runtime.context.channels.values():
            # No server here asks to be spared.
            channel.pace = Pace()
        for day in range(first, last + 1):
            clock.day = day
            await runtime.once()


if __name__ == "__main__":
    logging.basicConfig()
    asyncio.run(work(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
