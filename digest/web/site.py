"""The web application: what is served, and what holds for every answer."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import hdrs, web
from yarl import URL

from digest.errors import DigestError, UsageError
from digest.web import (
    archive,
    digests,
    feedback,
    feeds,
    ledger,
    login,
    overview,
    probes,
    shared_editions,
)
from digest.web.public import public_routes, takes_any_body
from digest.web.refusals import LinkRefused, Refusals, note_refusal, tellable
from digest.web.responses import SITE, Site, static_routes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digest.app.daemon import Daemon
    from digest.web.connections import Connections

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)

# Forms are a few words.
_MOST_BYTES = 16 * 1024
_BODY_SECONDS = 10.0
_HOST = re.compile(
    r"(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?", re.ASCII | re.IGNORECASE
)
_LAST_PORT = 65_535
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_HEADERS = {
    "Server": "digest",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What a page does not say of itself.
_DEFAULTS = {
    "Cache-Control": "no-store",
    # Not no-referrer: with that, browsers do not say where a form was sent from.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
        " frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
# What an answer that refuses says beside its page.
_KEPT_OF_ERRORS = {hdrs.ALLOW, hdrs.RETRY_AFTER, hdrs.ACCEPT_ENCODING}


async def build_application(
    daemon: Daemon, connections: Connections, refusals: Refusals
) -> web.Application:
    """The application; settings are the daemon's, whenever they are asked for."""
    keys = await daemon.read(lambda store: store.keys.all())
    app = web.Application(
        middlewares=[_watching(connections), _told, _at_home, _whole],
        client_max_size=_MOST_BYTES,
    )
    site = app[SITE] = Site(daemon, keys, refusals)
    daemon.take_keys = site.take_keys
    app.on_response_prepare.append(_add_headers)
    app.on_cleanup.append(_tell_refusals)
    app.add_routes(_public_routes(site))
    app.add_routes(_operator_routes())
    return app


def _public_routes(site: Site) -> list[web.RouteDef]:
    """For everybody. Forms that work without a login, like those of readers, belong here."""
    for_recipients = public_routes(lambda: site.daemon.subscriptions, site.refusals)
    shared = [*shared_editions.routes(), *feedback.routes(), *probes.routes()]
    return [*for_recipients, *shared, *static_routes()]


def _operator_routes() -> list[web.RouteDef]:
    """For those who are logged in, and the login."""
    modules = (overview, feeds, digests, archive, ledger)
    pages = [page for module in modules for page in module.routes()]
    return [*login.routes(), *(login.guarded(page) for page in pages)]


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    if isinstance(response, web.HTTPExpectationFailed):
        # That never comes to us.
        note_refusal(request.app[SITE].refusals, request, response.status, response.reason)
    response.headers.update(_HEADERS)
    for name, value in _DEFAULTS.items():
        response.headers.setdefault(name, value)


async def _tell_refusals(app: web.Application) -> None:
    app[SITE].refusals.tell()


def _watching(connections: Connections) -> Callable[..., Awaitable[web.StreamResponse]]:
    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Tell apart whose turn it is on a connection."""
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        if request.can_read_body:
            connections.wait_for_body(transport)
            request.content.on_eof(partial(connections.end_body, transport))
        else:
            connections.work_for(transport)
        try:
            return await handler(request)
        finally:
            connections.wait_for(transport)

    return watch


@web.middleware
async def _told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Make a plain page of what goes wrong, and count what is refused."""
    try:
        return await handler(request)
    except LinkRefused:
        raise
    except web.HTTPException as error:
        if error.status < 400:
            raise
        default = f"{error.status}: {error.reason}"
        response = _sorry(request, error.status, "" if error.text == default else error.text or "")
        for name in _KEPT_OF_ERRORS & error.headers.keys():
            response.headers[name] = error.headers[name]
        note_refusal(request.app[SITE].refusals, request, error.status, error.reason)
        return response
    except DigestError as error:
        status = 409 if isinstance(error, UsageError) else 503
        note_refusal(request.app[SITE].refusals, request, status, str(error))
        return _sorry(request, status, str(error))
    except Exception:  # noqa: BLE001 - a bug is logged whole
        fields = {"path": tellable(request.rel_url.raw_path)}
        _log.exception("bug in a page", extra={"fields": fields})
        return _sorry(request, 500, "That did not work. The log says why.")


def _sorry(request: web.Request, status: int, text: str) -> web.Response:
    return request.app[SITE].page(
        "error.html",
        status=status,
        message=text,
        session=login.session_of(request),
        here=request.path,
        back=_back(request),
    )


def _back(request: web.Request) -> str:
    """The page of ours that a form was sent from, where the browser says so."""
    with suppress(ValueError):
        before = URL(request.headers.get(hdrs.REFERER, ""))
        known = request.app[SITE].public_hosts | {request.url.raw_host}
        # What was done before that is no news any more.
        path = before.without_query_params("done").raw_path_qs
        if request.method == "POST" and before.raw_host in known and not path.startswith("//"):
            return path
    return ""


@web.middleware
async def _at_home(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse hosts that only this machine's own names stand for, but others' names lead to.

    A name that somebody else points at 127.0.0.1 (DNS rebinding) would let their pages read ours.
    """
    site = request.app[SITE]
    host = _host(request)
    if site.is_loopback and host.removesuffix(".") not in _LOOPBACK | site.public_hosts:
        raise web.HTTPMisdirectedRequest(text="This server goes by another name.")
    return await handler(request)


def _host(request: web.Request) -> str:
    """The host that is asked for, in ASCII as links have it.

    Raises:
        HTTPBadRequest: it is none, or two.
    """
    found = _HOST.fullmatch(request.headers.get(hdrs.HOST, ""))
    if not found or int(found["port"] or 0) > _LAST_PORT:
        raise web.HTTPBadRequest(text="That host is none.")
    host = found["host"].strip("[]").lower()
    # A request can name another one in its first line.
    if request.url.raw_host != host:
        raise web.HTTPBadRequest(text="That names two hosts.")
    return host


@web.middleware
async def _whole(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have a form whole, in bounded time and size, before anybody works for it."""
    if not takes_any_body(request):
        _refuse_packed(request)
        if request.body_exists:
            await _read(request)
    return await handler(request)


def _refuse_packed(request: web.Request) -> None:
    """Refuse what would have to be unpacked (RFC 7694)."""
    codings = request.headers.getall(hdrs.CONTENT_ENCODING, ["identity"])
    if any(coding.strip().lower() != "identity" for coding in codings):
        headers = {hdrs.ACCEPT_ENCODING: "identity"}
        raise web.HTTPUnsupportedMediaType(text="That is packed.", headers=headers)


async def _read(request: web.Request) -> None:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            await request.read()
        if request.content_type.startswith("multipart/"):
            raise web.HTTPUnsupportedMediaType(text="A form has to be urlencoded.")
        await request.post()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The form took too long to come.") from None
    except (LookupError, ValueError, OSError, web.RequestPayloadError):
        # Or nobody waits for an answer any more.
        raise web.HTTPBadRequest(text="That is no form.") from None
