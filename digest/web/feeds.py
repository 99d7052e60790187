"""The pages of feeds: all of them, what each brought, what is held, and what needs a person."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from msgspec import Struct

from digest.app.reports import status_report
from digest.app.runtime import held_report
from digest.app.wiring import utc_now
from digest.web.actions import carry_out, number, told
from digest.web.login import operator_page
from digest.web.responses import SITE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from digest.app.results import FeedHealth
    from digest.config import SourceSettings
    from digest.store.archive import FeedHistory
    from digest.store.health import Health
    from digest.web.responses import Site

_DAYS = 30
# Of those that are over, the newest.
_SHOWN = 100


class _Status(Struct, frozen=True):
    """How feeds do, and what the store knows of each, by address."""

    feeds: Sequence[FeedHealth]
    rows: dict[str, dict[str, Any]]


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [
        web.get("/feeds", _feeds),
        web.get("/feeds/{feed}", _feed),
        web.get("/held", _held),
        web.post("/held/{feed}/{decision:release|discard}", _decide),
        web.get("/incidents", _incidents),
    ]


async def _feeds(request: web.Request) -> web.Response:
    status = await _status(request.app[SITE])
    health = request.query.get("health", "")
    feeds = [(_id(status, feed.url), feed) for feed in status.feeds]
    return operator_page(
        request,
        "feeds.html",
        feeds=[(number, feed) for number, feed in feeds if health in {"", feed.health}],
        states=sorted({feed.health for feed in status.feeds}),
        health=health,
    )


async def _feed(request: web.Request) -> web.Response:
    site, wanted = request.app[SITE], number(request, "feed")
    status = await _status(site)
    found = [feed for feed in status.feeds if _id(status, feed.url) == wanted]
    if not found:
        raise web.HTTPNotFound
    since = utc_now() - timedelta(days=_DAYS)
    history = await site.read(lambda store: store.archive.feed(wanted, since))
    days = _by_day(history, site.local)
    return operator_page(
        request,
        "feed.html",
        feed=found[0],
        row=status.rows[found[0].url],
        history=history,
        days=days,
        most=max(days.values(), default=1),
        digests=site.settings.digests_of(found[0].url),
    )


async def _held(request: web.Request) -> web.Response:
    site = request.app[SITE]
    held = await site.read(lambda store: store.held.read())
    status = await _status(site)
    rows = [(_id(status, feed.url), feed) for feed in held_report(site.settings, held)]
    return operator_page(request, "held.html", held=rows, told=told(request))


async def _decide(request: web.Request) -> web.Response:
    site, wanted = request.app[SITE], number(request, "feed")
    feed = await _configured(site, wanted)
    decision = request.match_info["decision"]
    await carry_out(
        request,
        lambda runtime: runtime.decide_held([feed.address], release=decision == "release"),
        lambda _: decision,
        "/held",
    )


async def _incidents(request: web.Request) -> web.Response:
    site = request.app[SITE]
    found = await site.read(lambda store: store.incidents.all())
    names = {feed.url: feed.name for feed in (await _status(site)).feeds}
    rows = [
        (incident, names.get(incident.subject, incident.subject)) for incident in reversed(found)
    ]
    still = [row for row in rows if not row[0].closed_at]
    over = [row for row in rows if row[0].closed_at]
    return operator_page(request, "incidents.html", still=still, over=over[:_SHOWN])


def _by_day(history: FeedHistory, local: Callable[[datetime], datetime]) -> Counter[str]:
    """How many new entries came on each day by a clock, the last first."""
    days: Counter[str] = Counter()
    for at, entries in history.brought:
        days[f"{local(at):%Y-%m-%d}"] += entries
    return days


async def _status(site: Site) -> _Status:
    health: Health = await site.read(lambda store: store.health.read())
    return _Status(status_report(site.settings, health, utc_now()).feeds, health.feeds)


def _id(status: _Status, url: str) -> int | None:
    return status.rows.get(url, {}).get("id")


async def _configured(site: Site, wanted: int) -> SourceSettings:
    status = await _status(site)
    for feed in site.settings.feeds:
        if _id(status, feed.address) == wanted:
            return feed
    raise web.HTTPNotFound
