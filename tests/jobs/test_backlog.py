"""No more bodies are asked for than there is room for."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress

from digest.errors import FeedError
from digest.jobs.backlog import Backlog


async def is_ready(backlog: Backlog) -> bool:
    """Whether there is room at once."""
    waiting = asyncio.create_task(backlog.room())
    await asyncio.sleep(0)
    ready = waiting.done()
    waiting.cancel()
    return ready


async def test_who_asks_waits_until_there_is_room() -> None:
    backlog = Backlog(2)
    with ExitStack() as held:
        held.enter_context(backlog.one_more())
        assert await is_ready(backlog)
        with backlog.one_more():
            assert not await is_ready(backlog)
        assert await is_ready(backlog)
        # Those that were asked for already are not turned away.
        for _ in range(3):
            held.enter_context(backlog.one_more())
        assert not await is_ready(backlog)
    assert await is_ready(backlog)


async def test_a_body_that_cannot_be_read_makes_room_too() -> None:
    backlog = Backlog(1)
    with suppress(FeedError), backlog.one_more():
        raise FeedError("cannot be read")
    assert await is_ready(backlog)
