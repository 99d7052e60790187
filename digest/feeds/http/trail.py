"""The way of one request through redirects, and the cookies that it was given there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.errors import FeedError
from digest.feeds.http import redirects
from digest.http_client import aiohttp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yarl import URL

MOST_REDIRECTS = 10
# aiohttp looks for cookies of each folder on the way, which takes long where these are thousands.
_LONGEST_PATH = 2_000
# Under which countries give out names: `co.uk` is everybody's.
_SHARED_LABELS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"})


class Trail:
    """The hops of one request, the last of which is asked next.

    Cookies are kept as long as it, and go to the hosts they were set for (RFC 6265): to no other
    port, and never by http after https. aiohttp bounds their number and size. `moved_to` is where
    permanent redirects alone led, and `is_permanent` says that there were no others.
    """

    def __init__(self, start: URL) -> None:
        self.hops = [start]
        self.moved_to: str | None = None
        self.is_permanent = True
        # By port; None is the one of the scheme, so that an upgrade to https keeps them.
        self._jars: dict[int | None, aiohttp.CookieJar] = {}
        self._asked: set[tuple[URL, str]] = set()

    @property
    def here(self) -> URL:
        """The last hop."""
        return self.hops[-1]

    def follow(self, url: URL, cookies: Sequence[str], *, permanent: bool) -> None:
        """Go where a redirect leads, with what its Set-Cookie lines say.

        Raises:
            FeedError: it leads in a circle, or to one hop too many.
        """
        self._asked.add((self.here, self.cookies()))
        if cookies:
            self._keep(cookies)
        self.hops.append(url)
        if (url, self.cookies()) in self._asked:
            raise FeedError("redirected in a circle")
        if len(self.hops) > MOST_REDIRECTS + 1:
            raise FeedError(f"more than {MOST_REDIRECTS} redirects")
        self.is_permanent = self.is_permanent and permanent
        if self.is_permanent:
            self.moved_to = str(url)

    def _keep(self, cookies: Sequence[str]) -> None:
        if (port := _own_port(self.here)) not in self._jars:
            # Feeds inside may have no name, only an address.
            self._jars[port] = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
        self._jars[port].update_cookies_from_headers(cookies, self.here)
        hosts = {hop.raw_host for hop in self.hops}
        self._jars[port].clear(
            lambda morsel: morsel["domain"] not in hosts and _is_shared(morsel["domain"])
        )

    def cookies(self) -> str:
        """The Cookie header for the last hop; empty where there are none for it."""
        jar = self._jars.get(_own_port(self.here))
        if jar is None or len(self.here.raw_path) > _LONGEST_PATH:
            return ""
        if redirects.is_downgraded(self.hops):
            return ""
        found = jar.filter_cookies(self.here).values()
        return "; ".join(f"{morsel.key}={morsel.coded_value}" for morsel in found)


def _own_port(url: URL) -> int | None:
    """The port of an address, where it is not its scheme's own."""
    return None if url.is_default_port() else url.port


def _is_shared(domain: str) -> bool:
    """Whether a domain is not one site's: `uk`, `co.uk`."""
    *above, label, country = ("", *domain.split("."))
    return not any(above) and (not label or (len(country) == 2 and label in _SHARED_LABELS))
