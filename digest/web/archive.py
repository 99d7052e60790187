"""The pages of editions: all there are, and one with its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from digest.app.edition_reasons import entries_not_given
from digest.editions.weekly import weekly_of
from digest.signing.web_links import edition_url
from digest.web.actions import number, told
from digest.web.login import operator_page
from digest.web.responses import SITE

if TYPE_CHECKING:
    from digest.store.deliveries import EditionRecord
    from digest.web.responses import Site

_ON_A_PAGE = 50


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [web.get("/editions", _editions), web.get("/editions/{edition}", _edition)]


async def last_editions(site: Site) -> dict[str, EditionRecord]:
    """The last edition of each digest that had one, whether it was due or sent by hand."""
    series = {name: (name, weekly_of(name)) for name in site.settings.digests}
    found = await site.read(
        lambda store: {name: store.archive.editions(both, 1) for name, both in series.items()}
    )
    return {name: editions[0] for name, editions in found.items() if editions}


async def _editions(request: web.Request) -> web.Response:
    site = request.app[SITE]
    digest = request.query.get("digest") or None
    before = request.query.get("before", "")
    below = int(before) if before.isascii() and before.isdecimal() and len(before) <= 15 else None
    # One more than is shown tells whether there are more.
    series = (digest, weekly_of(digest)) if digest else ()
    found = await site.read(lambda store: store.archive.editions(series, _ON_A_PAGE + 1, below))
    shown = found[:_ON_A_PAGE]
    return operator_page(
        request,
        "editions.html",
        editions=[(edition, _in_browser(request, edition)) for edition in shown],
        digests=list(site.settings.digests),
        digest=digest or "",
        older=shown[-1].id if len(found) > _ON_A_PAGE else None,
    )


async def _edition(request: web.Request) -> web.Response:
    site, wanted = request.app[SITE], number(request, "edition")
    composed = await site.read(lambda store: store.editions.load(wanted))
    if composed is None:
        raise web.HTTPNotFound
    record = await site.read(lambda store: store.deliveries.edition(wanted))
    not_given = await site.read(lambda store: store.editions.not_given(wanted))
    deliveries = await site.read(lambda store: store.deliveries.of_edition(wanted))
    return operator_page(
        request,
        "edition.html",
        edition=record,
        composed=composed,
        deliveries=deliveries,
        not_given=entries_not_given(not_given),
        link=_in_browser(request, record),
        back=f"/editions/{wanted}",
        told=told(request),
    )


def _in_browser(request: web.Request, edition: EditionRecord) -> str:
    site = request.app[SITE]
    public = site.public_url(request)
    return edition_url(public, site.links, edition.digest, edition.scheduled_for)
