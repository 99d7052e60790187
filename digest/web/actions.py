"""Carries out what operators ask for with a button on a page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from aiohttp import web

from digest.web.responses import SITE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from digest.app.runtime import Runtime

T = TypeVar("T")

# A browser that waits longer looks broken. What was asked for goes on all the same.
_SECONDS = 15.0
# By what a page's address says was done: nothing that comes with a request is shown.
_TOLD = {
    "retry": "Tried again; the state below is how it went.",
    "drop": "Dropped. Nothing more happens to it.",
    "release": "Released: the entries come with the next editions.",
    "discard": "Discarded: the entries are never sent.",
    "test-new": "The test was sent.",
    "test-last": "The test was sent. Nothing is new, so it is the last edition once more.",
    "test-sample": "The test was sent. There is nothing to send yet, so its stories are made up.",
    "waiting": "That is under way, and takes a while.",
}


async def carry_out(
    request: web.Request,
    command: Callable[[Runtime], Coroutine[Any, Any, T]],
    done: Callable[[T], str],
    back: str,
) -> NoReturn:
    """Have the daemon carry out a command, then show the page `back`, which says what is `done`.

    Raises:
        HTTPSeeOther: it was carried out, or goes on.
        DigestError: it could not be.
    """
    patience = asyncio.timeout(_SECONDS)
    try:
        async with patience:
            outcome = done(await request.app[SITE].daemon.carry_out(command))
    except TimeoutError:
        if not patience.expired():
            raise
        outcome = "waiting"
    raise web.HTTPSeeOther(f"{back}{'&' if '?' in back else '?'}done={outcome}")


def told(request: web.Request) -> str:
    """What a page says of what was done before."""
    return _TOLD.get(request.query.get("done", ""), "")


def number(request: web.Request, name: str) -> int:
    """A number in a path.

    Raises:
        HTTPNotFound: it is none.
    """
    text = request.match_info[name]
    # SQLite has room for 19 digits, and no table for as many rows.
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise web.HTTPNotFound
    return int(text)
