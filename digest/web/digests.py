"""The pages of digests: what they are, what their next edition would be, and a test of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from msgspec.structs import replace

from digest.app.edition_reasons import explain_draft
from digest.app.reports import status_report
from digest.app.wiring import utc_now
from digest.channels.previews import Previews, shown_beside_text
from digest.editions.weekly import weekly_of
from digest.jobs.render import render_beside
from digest.jobs.test_sends import recipients
from digest.model import NO_PICTURES
from digest.signing.web_links import digest_feed_url, edition_url
from digest.web.actions import carry_out, told
from digest.web.archive import last_editions
from digest.web.login import operator_page
from digest.web.responses import SITE, document

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.app.runtime import Runtime
    from digest.jobs.draft_material import Draft
    from digest.web.responses import Site

_EDITIONS = 5


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [
        web.get("/digests", _digests),
        web.get("/digests/{digest}", _digest),
        web.get("/digests/{digest}/preview/{kind}", _preview),
        web.post("/digests/{digest}/test", _test),
    ]


async def _digests(request: web.Request) -> web.Response:
    site = request.app[SITE]
    health = await site.read(lambda store: store.health.read())
    report = status_report(site.settings, health, utc_now())
    rows = [(row, site.settings.digests[row.name]) for row in report.digests]
    last = await last_editions(site)
    return operator_page(request, "digests.html", digests=rows, editions=last)


async def _digest(request: web.Request) -> web.Response:
    site, name = request.app[SITE], _name(request)
    health = await site.read(lambda store: store.health.read())
    report = status_report(site.settings, health, utc_now())
    draft = await _draft(site, name)
    series = (name, weekly_of(name))
    editions = await site.read(lambda store: store.archive.editions(series, _EDITIONS))
    names = {feed.address: feed.name for feed in site.settings.feeds}
    public = site.public_url(request)
    return operator_page(
        request,
        "digest.html",
        name=name,
        row=next(row for row in report.digests if row.name == name),
        feeds=site.settings.feeds_of(name),
        channels=[
            (channel, site.settings.channels[channel].kind, form.text)
            for channel, form in site.settings.digests[name].forms.items()
        ],
        recipients=recipients(site.settings, name),
        edition=draft.edition,
        text=await _formed(site, draft, lambda previews: previews.text(None)),
        previews=shown_beside_text(site.settings, name),
        why=explain_draft(draft, names, site.settings.digests[name].forms),
        editions=[
            (edition, edition_url(public, site.links, edition.digest, edition.scheduled_for))
            for edition in editions
        ],
        feed=digest_feed_url(public, site.links, name),
        told=told(request),
    )


async def _preview(request: web.Request) -> web.Response:
    site, name, kind = request.app[SITE], _name(request), request.match_info["kind"]
    to = request.query.get("to", "")
    shown = shown_beside_text(site.settings, name)
    if not any(each.kind == kind and to in {"", *each.channels} for each in shown):
        raise web.HTTPNotFound
    draft = await _draft(site, name)
    html = await _formed(site, draft, lambda previews: replace(previews, to=to).page(kind))
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

    async def draft(runtime: Runtime) -> Draft:
        made = await runtime.drafter.edition(digest, now)
        return replace(made, edition=await runtime.block_adder.add(made.edition))

    return await site.daemon.carry_out(draft)


async def _formed(site: Site, draft: Draft, form: Callable[[Previews], str]) -> str:
    """The draft in a form, without pictures: they are fetched when an edition goes out."""
    edition = draft.edition
    async with site.rendering:
        text, _ = await render_beside(
            site.daemon.templates[edition.digest],
            lambda templates: form(Previews(site.settings, edition, templates, NO_PICTURES)),
        )
    return text
