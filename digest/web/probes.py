"""What machines ask: `/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

import asyncio

from aiohttp import web

from digest.app.reports import status_report
from digest.app.wiring import utc_now
from digest.errors import StoreError
from digest.web.login import has_password, session_of
from digest.web.responses import SITE, is_direct, is_loopback

_READY_SECONDS = 2.0
_TIMER_SECONDS = 0.01


def routes() -> list[web.RouteDef]:
    """What machines ask."""
    return [
        web.get("/healthz", _healthz),
        web.get("/readyz", _readyz),
        web.get("/metrics", _metrics),
    ]


async def _healthz(request: web.Request) -> web.Response:
    """Whether the daemon works: as `digest status --healthcheck` has it."""
    return _answer(request.app[SITE].daemon.alive)


async def _readyz(request: web.Request) -> web.Response:
    """Whether it would carry out a command now, and the store answers."""
    site = request.app[SITE]
    if not site.daemon.at_work:
        return _answer(False)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await site.read(lambda store: store.archive.editions((), 1))
    except (TimeoutError, StoreError):
        return _answer(False)
    return _answer(True)


def _answer(good: bool) -> web.Response:
    return web.Response(text="ok\n" if good else "not ok\n", status=200 if good else 503)


async def _metrics(request: web.Request) -> web.Response:
    # Most are never asked for them.
    from digest.web.metrics import CONTENT_TYPE, exposition

    site = request.app[SITE]
    if not (_is_from_here(request) or session_of(request) or has_password(request)):
        raise web.HTTPNotFound
    health, sizes = await site.read(lambda store: (store.health.read(), store.keeping.sizes()))
    urls = [feed.address for feed in site.settings.feeds]
    waiting = await site.read(lambda store: store.archive.waiting(urls))
    found = (health, waiting, sizes)
    now = utc_now()
    report = status_report(site.settings, health, now)
    lag = await _loop_lag()
    text = exposition(report, found, site.daemon.health, site.refusals.totals, lag, now)
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})


def _is_from_here(request: web.Request) -> bool:
    """Whether a process on this machine asks; a public address has a proxy, which is none."""
    return (
        request.app[SITE].web_settings.public_url is None
        and is_loopback(request.remote or "")
        and is_direct(request)
    )


async def _loop_lag() -> float:
    """How late the event loop is now with what it was to do at a time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(_TIMER_SECONDS)
    return max(0.0, loop.time() - began - _TIMER_SECONDS)
