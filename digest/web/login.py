"""The login with one password, and what pages behind it ask of a request."""

from __future__ import annotations

import functools
import hashlib
import logging
from typing import TYPE_CHECKING, Any, NoReturn

from aiohttp import hdrs, web

from digest.log import event
from digest.signing.sessions import DAYS, Session
from digest.signing.signatures import is_same
from digest.web.peers import client_of, is_of, peer_of
from digest.web.responses import SITE, is_direct, is_loopback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digest.web.responses import Site

    Page = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)

_COOKIE = "digest_session"
# The mark of a browser. It opens nothing, and is of use as long as the password is the same.
_BROWSER = "digest_browser"
_BROWSER_DAYS = 365
SESSION = web.RequestKey("session", Session)
_NO_PAGES = "There are no pages for operators: the configuration has no `web.password`."


def routes() -> list[web.RouteDef]:
    """The login and its end."""
    leave = guarded(web.post("/logout", _leave))
    return [web.get("/login", _ask), web.post("/login", _enter), leave]


def guarded(route: web.RouteDef) -> web.RouteDef:
    """A route for those who are logged in; a POST must come from a page of theirs."""
    handler: Page = route.handler

    @functools.wraps(handler)
    async def guard(request: web.Request) -> web.StreamResponse:
        _password(request.app[SITE])
        session = session_of(request)
        if session is None:
            if request.method == "POST":
                raise web.HTTPForbidden(text="Log in first.")
            raise web.HTTPSeeOther("/login")
        request[SESSION] = session
        if request.method == "POST":
            _refuse_other_sites(request)
            form = await request.post()
            if not is_same(str(form.get("token", "")), session.token):
                raise web.HTTPForbidden(text="That form is of an older login. Go back and reload.")
        return await handler(request)

    return web.RouteDef(route.method, route.path, guard, route.kwargs)


def session_of(request: web.Request) -> Session | None:
    """Who is logged in; None where nobody is, or nobody can."""
    site, cookie = request.app[SITE], request.cookies.get(_COOKIE, "")
    settings = site.settings.web
    if settings is None or settings.password is None or not cookie:
        return None
    return site.sessions.find(settings.password.get_secret_value(), cookie)


def has_password(request: web.Request) -> bool:
    """Whether a request brings the password itself, as programs do (RFC 6750).

    Raises:
        HTTPTooManyRequests: too many were wrong.
    """
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    site = request.app[SITE]
    if scheme.lower() != "bearer" or site.web_settings.password is None:
        return False
    right = _try(request, given.strip(), _bearer(request))
    if right and (peer := _peer(request)):
        site.token_bearers.add(peer)
    return right


def operator_page(request: web.Request, template: str, **values: Any) -> web.Response:
    """A page for who is logged in."""
    values = {"session": request[SESSION], "here": request.path, **values}
    return request.app[SITE].page(template, **values)


async def _ask(request: web.Request) -> web.Response:
    _password(request.app[SITE])
    return request.app[SITE].page("login.html", wrong=False)


async def _enter(request: web.Request) -> web.Response:
    site = request.app[SITE]
    password = _password(site)
    _refuse_other_sites(request)
    form = await request.post()
    browser = site.sessions.browser(password, request.cookies.get(_BROWSER, ""))
    if not _try(request, str(form.get("password", "")), browser):
        return site.page("login.html", wrong=True, status=401)
    event(_log, logging.INFO, "logged in", peer=request.remote)
    response, secure = web.HTTPSeeOther("/"), site.is_secure(request)
    how: dict[str, Any] = {"httponly": True, "samesite": "Strict", "secure": secure}
    response.set_cookie(_COOKIE, site.sessions.begin(password), max_age=DAYS * 86_400, **how)
    mark = request.cookies.get(_BROWSER, "")
    if not site.sessions.browser(password, mark):
        mark = site.sessions.mark(password)
    response.set_cookie(_BROWSER, mark, max_age=_BROWSER_DAYS * 86_400, path="/login", **how)
    raise response


async def _leave(request: web.Request) -> NoReturn:
    response = web.HTTPSeeOther("/login")
    response.del_cookie(_COOKIE, httponly=True, samesite="Strict")
    event(_log, logging.INFO, "logged out", peer=request.remote)
    raise response


def _bearer(request: web.Request) -> str:
    """Whose failures with a token count together: a program's that was right, or all others'.

    A program of this machine is its own, unless a proxy hands on what others say.
    """
    peer = _peer(request)
    is_its_own = peer in request.app[SITE].token_bearers or is_loopback(peer)
    return f"bearer {peer}" if is_its_own else "bearer"


def _peer(request: web.Request) -> str:
    """What stands for whom a request comes from; empty where a proxy hands on what many say."""
    if is_direct(request):
        return client_of(request.remote)
    proxies = request.app[SITE].web_settings.proxies
    # What anybody can write tells nothing.
    if not is_of(request.remote, proxies):
        return ""
    return peer_of(request.remote, request.headers.getall(hdrs.X_FORWARDED_FOR, []), proxies)


def _try(request: web.Request, given: str, who: str) -> bool:
    """Whether a password is right; `who` is for the limiter.

    Raises:
        HTTPTooManyRequests: too many were wrong.
    """
    site = request.app[SITE]
    password = _password(site)
    if seconds := site.limiter.seconds(who):
        headers = {hdrs.RETRY_AFTER: str(seconds)}
        raise web.HTTPTooManyRequests(
            text="Too many wrong passwords. Wait a minute.", headers=headers
        )
    # Of equal length, so that the time it takes does not tell that of the password.
    right = is_same(_hash(given), _hash(password))
    if not right:
        site.limiter.note_failure(who)
        event(_log, logging.WARNING, "wrong password", peer=request.remote)
    return right


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _password(site: Site) -> str:
    if site.web_settings.password is None:
        raise web.HTTPNotFound(text=_NO_PAGES)
    return site.web_settings.password.get_secret_value()


def _refuse_other_sites(request: web.Request) -> None:
    """Refuse a form that another site sent, as browsers tell: by Fetch Metadata, or the origin."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get(hdrs.ORIGIN)
    if site is not None:
        ours = site in {"same-origin", "none"}
    else:
        # A proxy may hand on another Host than the browser asked for.
        known = {str(request.url.origin()), request.app[SITE].public_origin(request)}
        ours = origin is None or origin in known
    if not ours:
        raise web.HTTPForbidden(text="That form was sent by another site.")
