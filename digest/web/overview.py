"""The overview page: what needs attention and what to do about it, then how everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web
from msgspec import Struct

from digest.app.reports import status_report
from digest.app.wiring import utc_now
from digest.editions.weekly import configured
from digest.model import as_dict
from digest.web.archive import last_editions
from digest.web.login import operator_page
from digest.web.responses import SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.app.results import Status
    from digest.config import Settings
    from digest.store.health import Health

# By kind: what mends it, and the page to go to, where there is one.
MENDS = {
    "feed": ("See what it answered, and since when", "/feeds/{feed}"),
    "gone": ("Remove it from the configuration file", "/feeds/{feed}"),
    "moved": ("Change its url in the configuration file", "/feeds/{feed}"),
    "missed": ("Give it a shorter `every` in the configuration file", "/feeds/{feed}"),
    "rotates": ("Give it `identity: link` in the configuration file", "/feeds/{feed}"),
    "flood": ("Release or discard what is held", "/held"),
    "quota": ("Give it a greater `daily_entries` or `daily_size`, or remove it", "/feeds/{feed}"),
    "host": ("Give its feeds a longer `every`, or ask its operator", "/feeds"),
    "channel": ("Mend what it says, then retry what waits", "/deliveries?state=pending"),
    "commands": ("Mend what it says; it is tried again every few minutes", ""),
    "template": ("Mend the template; the theme's own stands in for it", "/digests/{name}"),
    "model": ("Mend what it says, in the section models or at the endpoint", ""),
    "digest": ("See what its next edition would be", "/digests/{name}"),
    "deliveries": ("Name the channel in the file again, or drop them", "/deliveries?state=pending"),
    "list": ("Move its readers to the channel's new name, or name it in the file again", ""),
    "renamed": ("Move it to its new name, or name it in the file again", ""),
    "delivery": ("Retry it or drop it", "/deliveries?state={state}"),
    "disk": ("Make room: nothing is sent meanwhile", ""),
    "settings": ("Mend the file, then `digest reload`", ""),
    "limit": ("Allow its process more memory, and start it again", ""),
}
_ELSE = ("See what is known of it", "/incidents")


class Need(Struct, frozen=True):
    """What needs attention, what mends it, and the page for that; empty where there is none."""

    kind: str
    name: str
    message: str
    mend: str
    page: str


def routes() -> list[web.RouteDef]:
    """The page."""
    return [web.get("/", _overview)]


async def _overview(request: web.Request) -> web.Response:
    site = request.app[SITE]
    health, sizes = await site.read(lambda store: (store.health.read(), store.keeping.sizes()))
    report = status_report(site.settings, health, utc_now(), sizes)
    states = [feed.health for feed in report.feeds]
    return operator_page(
        request,
        "overview.html",
        report=report,
        deliveries=as_dict(report.deliveries),
        needs=list(_needs(site.settings, health, report)),
        health={state: states.count(state) for state in sorted(set(states))},
        editions=await last_editions(site),
    )


def _needs(settings: Settings, health: Health, report: Status) -> Iterator[Need]:
    for attention in report.attention:
        mend, page = MENDS.get(attention.kind, _ELSE)
        name, feed = attention.name, health.feeds.get(attention.url or "", {}).get("id")
        # The page of a feed is there once it was polled, that of a digest as long as it is.
        digest = configured(name)
        if ("{feed}" in page and feed is None) or (
            "{name}" in page and digest not in settings.digests
        ):
            page = ""
        state = attention.message.partition(":")[0]
        page = page.format(feed=feed, name=quote(digest), state=quote(state))
        yield Need(attention.kind, name, attention.message, mend, page)
