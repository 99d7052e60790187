"""aiohttp as a client, by which authorities servers are trusted, and how much of them is read.

All that asks by HTTP takes these from here: a client that does not say `trusted()` trusts nobody,
and the body of an answer that is neither a feed nor a picture is read by `bounded` only.
"""

from __future__ import annotations

import os
import ssl
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import BaseConnector, ClientResponse, ClientSession

__all__ = ["MOST_BYTES", "aiohttp", "bounded", "plain_session", "proxy_for", "trusted"]

MOST_BYTES = 64 * 1024


@cache
def trusted() -> ssl.SSLContext:
    """What connects to servers that an authority of this machine vouches for."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for an address: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.

    Raises:
        ChannelError: what it names is no address of a proxy.
    """
    parts = urlsplit(url)
    # It may be listed with its port, or without.
    hosts = (parts.hostname or "", f"{parts.hostname}:{parts.port}")
    proxy = None if any(map(proxy_bypass, hosts)) else getproxies().get(parts.scheme)
    return _proxy_url(proxy, f"{parts.scheme}_proxy") if proxy else None


def _proxy_url(proxy: str, variable: str) -> str:
    """The address of a proxy, which may be written without `http://`, as curl takes it."""
    url = proxy.strip() if "://" in proxy else f"http://{proxy.strip()}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = None
    if not usable:
        # The value may hold a password, so it is not repeated.
        name = variable if variable in os.environ else variable.upper()
        raise ChannelError(f"cannot connect: {name} names no proxy; write http://HOST:PORT")
    return url


def plain_session(connector: BaseConnector, **options: Any) -> ClientSession:
    """A client that asks for answers as they are, and undoes no coding nobody asked for."""
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={aiohttp.hdrs.ACCEPT_ENCODING: "identity"},
        **options,
    )


async def bounded(answer: ClientResponse, most: int = MOST_BYTES) -> bytes:
    """What an answer's body begins with, at most so many bytes; nothing beyond them is read."""
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) >= most:
            answer.close()
            break
    return bytes(body[:most])


@contextmanager
def _no_authorities() -> Iterator[None]:
    """Have TLS contexts made without authorities, by the variables that OpenSSL finds them with."""
    paths = ssl.get_default_verify_paths()
    names = (paths.openssl_cafile_env, paths.openssl_capath_env)
    before = {name: os.environ[name] for name in names if name in os.environ}
    os.environ.update(dict.fromkeys(names, os.devnull))
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]
        os.environ.update(before)


# aiohttp loads them twice when it is imported, needed or not (docs/performance.md has what that
# costs); `trusted()` loads them once, for the first server that is asked by https.
with _no_authorities():
    import aiohttp
