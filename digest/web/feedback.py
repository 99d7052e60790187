"""The page on which a reader says of a story: more like this, or less from this feed.

Its address has the tokens of the reader and of the edition. As on all pages of readers, reading it
changes nothing, and the same posted once more changes nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from digest.signing.web_links import edition_due
from digest.web.feedback_pages import ballot_page, closed_page
from digest.web.public import answer, form_fields
from digest.web.responses import SITE

if TYPE_CHECKING:
    from digest.jobs.feedback import Ballot
    from digest.model import Vote

_EDITION = "{digest:[^/]+}/{due:[^/]+}/{token:[^/]+}"
_STORY = "{story:[0-9]{1,15}}/{vote:more|less}"
_DEEDS: dict[str, Vote | None] = {"more": "more", "less": "less", "withdraw": None}


def routes() -> list[web.RouteDef]:
    """The page, and what is done on it."""
    path = f"/f/{{reader:[^/]+}}/{_EDITION}/{_STORY}"
    return [web.get(path, _show), web.post(path, _vote)]


async def _show(request: web.Request) -> web.Response:
    return _answer(request, await _ballot(request))


async def _vote(request: web.Request) -> web.Response:
    ballot = await _ballot(request)
    deed = (await form_fields(request)).get("do", "")
    if ballot is None or deed not in _DEEDS:
        return _answer(request, ballot, 422)
    return _answer(request, await request.app[SITE].daemon.feedback.vote(ballot, _DEEDS[deed]))


def _answer(request: web.Request, ballot: Ballot | None, status: int = 200) -> web.Response:
    wanted = request.match_info["vote"]
    if ballot is None:
        channel, _ = _reader(request)
        language = request.app[SITE].daemon.subscriptions.language(channel)
        return answer(closed_page(language, wanted), 410)
    return answer(ballot_page(ballot, wanted), status)


async def _ballot(request: web.Request) -> Ballot | None:
    """What the link is about; None where that is over. Made-up links are refused."""
    site, reader = request.app[SITE], _reader(request)
    digest, due, token, story = (
        request.match_info[name] for name in ("digest", "due", "token", "story")
    )
    at = edition_due(site.links, digest, due, token)
    if at is None:
        site.refusals.refuse()
    return await site.daemon.feedback.find(*reader, (digest, at), int(story))


def _reader(request: web.Request) -> tuple[str, str]:
    site = request.app[SITE]
    named = site.daemon.subscriptions.tokens.recipient(request.match_info["reader"])
    return named or site.refusals.refuse()
