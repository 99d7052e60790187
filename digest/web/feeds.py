"""Pages about feeds: the overview, each feed's history, what is held, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from digest.opening import utc_now
from digest.reports import status_report
from digest.runtime import held_report
from digest.web.answers import SITE
from digest.web.doing import carry_out, number, told
from digest.web.login import operator_page

if TYPE_CHECKING:
    from digest.config import FeedSettings
    from digest.store import Health
    from digest.web.answers import Site

_DAYS = 30
# Of those that are over, the newest.
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class _Status:
    """The `status` contract, and what the store knows of each feed, by address."""

    report: dict[str, Any]
    rows: dict[str, dict[str, Any]]


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [
        web.get("/", _overview),
        web.get("/feeds", _feeds),
        web.get("/feeds/{feed}", _feed),
        web.get("/held", _held),
        web.post("/held/{feed}/{decision:release|discard}", _decide),
        web.get("/incidents", _incidents),
    ]


async def _overview(request: web.Request) -> web.Response:
    status = await _status(request.app[SITE])
    health = [feed["health"] for feed in status.report["feeds"]]
    counts = {state: health.count(state) for state in sorted(set(health))}
    return operator_page(request, "overview.html", report=status.report, health=counts)


async def _feeds(request: web.Request) -> web.Response:
    status = await _status(request.app[SITE])
    feeds = [feed | {"id": _id(status, feed["url"])} for feed in status.report["feeds"]]
    return operator_page(request, "feeds.html", feeds=feeds)


async def _feed(request: web.Request) -> web.Response:
    site, wanted = request.app[SITE], number(request, "feed")
    status = await _status(site)
    found = [feed for feed in status.report["feeds"] if _id(status, feed["url"]) == wanted]
    if not found:
        raise web.HTTPNotFound
    since = utc_now() - timedelta(days=_DAYS)
    history = await site.read(lambda store: store.archive.feed(wanted, since))
    return operator_page(
        request,
        "feed.html",
        feed=found[0],
        row=status.rows[found[0]["url"]],
        history=history,
        most=max((count for _, count in history.days), default=1),
        digests=site.settings.digests_of(found[0]["url"]),
    )


async def _held(request: web.Request) -> web.Response:
    site = request.app[SITE]
    held = await site.read(lambda store: store.held.read())
    status = await _status(site)
    rows = [row | {"id": _id(status, row["url"])} for row in held_report(site.settings, held)]
    return operator_page(request, "held.html", held=rows, told=told(request))


async def _decide(request: web.Request) -> web.Response:
    site, wanted = request.app[SITE], number(request, "feed")
    feed = await _configured(site, wanted)
    decision = request.match_info["decision"]
    await carry_out(
        request,
        lambda runtime: runtime.decide_held([feed.url], release=decision == "release"),
        decision,
        "/held",
    )


async def _incidents(request: web.Request) -> web.Response:
    site = request.app[SITE]
    found = await site.read(lambda store: store.incidents.all())
    names = {feed["url"]: feed["name"] for feed in (await _status(site)).report["feeds"]}
    rows = [(one, names.get(one.subject, one.subject)) for one in reversed(found)]
    still, over = ([row for row in rows if (not row[0].closed_at) == o] for o in (True, False))
    return operator_page(request, "incidents.html", still=still, over=over[:_SHOWN])


async def _status(site: Site) -> _Status:
    health: Health = await site.read(lambda store: store.health.read())
    return _Status(status_report(site.settings, health, utc_now()), health.feeds)


def _id(status: _Status, url: str) -> int | None:
    return status.rows.get(url, {}).get("id")


async def _configured(site: Site, wanted: int) -> FeedSettings:
    status = await _status(site)
    for feed in site.settings.feeds:
        if _id(status, feed.url) == wanted:
            return feed
    raise web.HTTPNotFound
