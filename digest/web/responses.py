"""Makes responses: pages from templates, and what the site knows to make them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from importlib.resources import files
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from digest import __version__
from digest.app.human_units import ago, in_megabytes
from digest.signing.sessions import Sessions
from digest.untrusted_text import visible
from digest.web.limiter import Limiter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from digest.app.daemon import Daemon
    from digest.config import Settings
    from digest.config.web import WebSettings
    from digest.store import Store
    from digest.store.keys import Keys
    from digest.web.refusals import Refusals

T = TypeVar("T")

_STATIC = {"style.css": "text/css", "icon.svg": "image/svg+xml"}
# What a proxy adds; its visitors come from its machine too.
_OF_PROXIES = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
_KEPT = {"Cache-Control": "public, max-age=86400"}
# What an edition shows is from feeds: it is kept apart from this site, and runs no scripts.
_DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none';"
    " form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors {}"
)


def _harmless(value: object) -> object:
    """A text in which nothing turns what stands around it; direction marks are for its own."""
    # What is markup already is ours.
    return visible(value, keep="\n\t\u200e\u200f") if type(value) is str else value


class Site:
    """What every page is made from; settings are what the daemon works by at the time."""

    def __init__(self, daemon: Daemon, keys: Keys, refusals: Refusals) -> None:
        self.daemon = daemon
        self.take_keys(keys)
        self.limiter = Limiter()
        self.refusals = refusals
        # Who brought the password as a token, and may be wrong without others.
        self.token_bearers: set[str] = set()
        # However many ask, somebody's own templates take one process at a time.
        self.rendering = asyncio.Lock()
        self._environment = Environment(
            loader=PackageLoader("digest.web"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            finalize=_harmless,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            time=self._time,
            day=lambda at: f"{self.local(at):%a} {self._time(at)}",
            iso=datetime.isoformat,
            size=in_megabytes,
            ago=lambda at: ago(at, datetime.now(UTC)),
        )
        self._environment.globals.update(version=__version__, schedule=self._schedule)

    def take_keys(self, keys: Keys) -> None:
        """Sign links and sessions with these from now on."""
        self.links = keys.links
        self.sessions = Sessions(keys.sessions)

    @property
    def settings(self) -> Settings:
        """What the daemon works by."""
        return self.daemon.settings

    @property
    def web_settings(self) -> WebSettings:
        """The settings of the server itself.

        Raises:
            HTTPServiceUnavailable: they are gone, and in a moment so is the server.
        """
        if self.settings.web is None:
            raise web.HTTPServiceUnavailable
        return self.settings.web

    @property
    def public_hosts(self) -> set[str | None]:
        """The host that readers know, if any, in ASCII."""
        return (
            {urlsplit(self.web_settings.public_url).hostname}
            if self.web_settings.public_url
            else set()
        )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it, but for a proxy."""
        host = self.web_settings.address[0]
        return host == "localhost" or is_loopback(host)

    def is_secure(self, request: web.Request) -> bool:
        """Whether a request came to a public address with https, whoever speaks it for us."""
        public = self.web_settings.public_url or ""
        return public.startswith("https:") and request.url.raw_host in self.public_hosts

    def public_url(self, request: web.Request) -> str:
        """Where readers reach the site; without a setting, where this request did."""
        return self.web_settings.public_url or str(request.url.origin())

    def public_origin(self, request: web.Request) -> str:
        """What a browser says where a form was sent from that it found under the public address."""
        parts = urlsplit(self.public_url(request))
        return f"{parts.scheme}://{parts.netloc}"

    def local(self, at: datetime) -> datetime:
        """A time by the operator's clock, as all are shown on pages."""
        return at.astimezone(ZoneInfo(self.settings.timezone))

    async def read(self, work: Callable[[Store], T]) -> T:
        """What a query of the store answers."""
        return await self.daemon.read(work)

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """A template, rendered."""
        return self._environment.get_template(template).render(values)

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A page that needs no login."""
        known = {"session": None, "status": status, "zone": self.settings.timezone}
        text = self.text(template, {**known, **values})
        return web.Response(text=text, status=status, content_type="text/html")

    def _schedule(self, digest: str) -> str:
        """When a digest is due, with the zone that is meant where it is not the operator's."""
        zone, text = self.settings.zone_of(digest).key, self.settings.digests[digest].schedule.text
        return text if zone == self.settings.timezone else f"{text}, {zone}"

    def _time(self, at: datetime | None) -> str:
        return f"{self.local(at):%Y-%m-%d %H:%M}" if at else ""


SITE = web.AppKey("site", Site)


def document(html: str, *, framed: bool = False) -> web.Response:
    """An edition, or a preview of one that our own page shows in a frame."""
    response = web.Response(text=html, content_type="text/html")
    policy = _DOCUMENT_POLICY.format("'self'" if framed else "'none'")
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_direct(request: web.Request) -> bool:
    """Whether no proxy says that it hands a request on."""
    return not any(name in request.headers for name in _OF_PROXIES)


def static_routes() -> list[web.RouteDef]:
    """The few files that pages need, by name and no other."""
    return [web.get(f"/static/{name}", _static) for name in _STATIC]


async def _static(request: web.Request) -> web.Response:
    name = request.path.rpartition("/")[2]
    body = files("digest.web").joinpath("static", name).read_bytes()
    charset = "utf-8"
    return web.Response(body=body, content_type=_STATIC[name], charset=charset, headers=_KEPT)
