"""Secrets that a service wants in the query of an address: there only while it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus, urlencode

from yarl import URL

from digest.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_secret(url: URL, secret: Mapping[str, str]) -> URL:
    """The address as it is asked; what else is in it stays as it is, byte for byte."""
    if not secret:
        return url
    bare = url.with_fragment(None)
    joint = "&" if bare.raw_query_string else "?"
    return URL(f"{bare}{joint}{urlencode(secret)}", encoded=True)


def without_secret(url: URL, secret: Mapping[str, str]) -> URL:
    """An address that a server names, which may repeat what it was asked with, as it may be kept.

    Raises:
        FeedError: a secret is elsewhere in it, like in the address of a page to come back to.
    """
    if not secret:
        return url
    pairs = url.raw_query_string.split("&")
    kept = "&".join(pair for pair in pairs if not _is_secret(pair, secret))
    if kept != url.raw_query_string:
        path = url.with_query(None)
        url = URL(f"{path}?{kept}" if kept else str(path), encoded=True)
    shown = unquote(unquote(str(url)))
    if any(value in shown for value in secret.values()):
        raise FeedError("redirected to an address that has the secret in it")
    return url


def _is_secret(pair: str, secret: Mapping[str, str]) -> bool:
    name, _, value = pair.partition("=")
    return secret.get(unquote_plus(name)) == unquote_plus(value)
