"""Pages of digests: what they are, what their next edition would be, and a test of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from digest.app.edition_reasons import explain_draft
from digest.app.reports import status_report
from digest.app.wiring import utc_now
from digest.editions.weekly import weekly_of
from digest.jobs.render import render_beside
from digest.jobs.test_sends import recipients
from digest.model import NO_PICTURES
from digest.rendering.forms import Forms
from digest.signing.web_links import digest_feed_url, edition_url
from digest.web.actions import carry_out, told
from digest.web.archive import last_editions
from digest.web.login import operator_page
from digest.web.responses import SITE, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.jobs.draft_material import Draft
    from digest.web.responses import Site

_EDITIONS = 5


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [
        web.get("/digests", _digests),
        web.get("/digests/{digest}", _digest),
        web.get("/digests/{digest}/preview/{form:email|slack}", _preview),
        web.post("/digests/{digest}/test", _test),
    ]


async def _digests(request: web.Request) -> web.Response:
    site = request.app[SITE]
    health = await site.read(lambda store: store.health.read())
    report = status_report(site.settings, health, utc_now())
    rows = [(row, site.settings.digests[row["name"]]) for row in report["digests"]]
    last = await last_editions(site)
    return operator_page(request, "digests.html", digests=rows, editions=last)


async def _digest(request: web.Request) -> web.Response:
    site, name = request.app[SITE], _name(request)
    health = await site.read(lambda store: store.health.read())
    report = status_report(site.settings, health, utc_now())
    draft = await _draft(site, name)
    series = (name, weekly_of(name))
    editions = await site.read(lambda store: store.archive.editions(series, _EDITIONS))
    names = {feed.key: feed.name for feed in site.settings.feeds}
    public = site.public_url(request)
    return operator_page(
        request,
        "digest.html",
        name=name,
        row=next(row for row in report["digests"] if row["name"] == name),
        feeds=site.settings.feeds_of(name),
        channels={one: site.settings.channels[one] for one in site.settings.digests[name].send_to},
        recipients=recipients(site.settings, name),
        edition=draft.edition,
        text=await _formed(site, draft, lambda forms: forms.text("text")),
        why=explain_draft(draft, names),
        editions=[
            (one, edition_url(public, site.links, one.digest, one.scheduled_for))
            for one in editions
        ],
        feed=digest_feed_url(public, site.links, name),
        told=told(request),
    )


async def _preview(request: web.Request) -> web.Response:
    site, name = request.app[SITE], _name(request)
    draft = await _draft(site, name)
    html = await _formed(site, draft, lambda forms: forms.page(request.match_info["form"]))
    # Links open beside the page: nothing else is shown in its frames.
    if "<base" not in html:
        html = html.replace("<head>", '<head><base target="_blank">', 1)
    return document(html, framed=True)


async def _test(request: web.Request) -> web.Response:
    site, name = request.app[SITE], _name(request)
    to = str((await request.post()).get("to", ""))
    known = dict(enumerate(recipients(site.settings, name)))
    chosen = known.get(int(to)) if to.isascii() and to.isdecimal() and len(to) < 6 else None
    if chosen is None:
        raise web.HTTPBadRequest(text="Choose who gets the test.")
    await carry_out(
        request,
        lambda runtime: runtime.trial_sender.send(name, *chosen),
        lambda content: f"test-{content}",
        f"/digests/{name}",
    )


def _name(request: web.Request) -> str:
    name = request.match_info["digest"]
    if name not in request.app[SITE].settings.digests:
        raise web.HTTPNotFound
    return name


async def _draft(site: Site, digest: str) -> Draft:
    now = utc_now()
    return await site.daemon.carry_out(lambda runtime: runtime.drafter.edition(digest, now))


async def _formed(site: Site, draft: Draft, form: Callable[[Forms], str]) -> str:
    """The draft in a form, without pictures: they are fetched when an edition goes out."""
    edition = draft.edition
    threads = site.settings.has_threads(edition.digest)
    async with site.rendering:
        text, _ = await render_beside(
            site.daemon.templates[edition.digest],
            lambda templates: form(Forms(edition, templates, NO_PICTURES, threads=threads)),
        )
    return text
