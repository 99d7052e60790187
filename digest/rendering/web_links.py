"""Links to pages that anybody can read who has the link, and nobody else."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

# 22 characters, and nobody guesses one of 2**128.
_BYTES = 16


def edition_url(public_url: str, key: bytes, edition_id: int) -> str:
    """Where an edition is shown in a browser; `key` is the store's for `links`."""
    return f"{public_url.rstrip('/')}/e/{edition_token(key, edition_id)}"


def digest_feed_url(public_url: str, key: bytes, digest: str) -> str:
    """Where the Atom feed of a digest's editions is; `key` is the store's for `links`."""
    return f"{public_url.rstrip('/')}/digests/{digest}/{digest_token(key, digest)}.atom"


def edition_token(key: bytes, edition_id: int) -> str:
    """The edition's number, signed."""
    return f"{edition_id}-{_signature(key, f'edition {edition_id}')}"


def digest_token(key: bytes, digest: str) -> str:
    """What stands for a digest in the address of its feed."""
    return _signature(key, f"digest {digest}")


def edition_number(key: bytes, token: str) -> int | None:
    """The number of the edition that a token stands for; None where it is not one of ours."""
    number, _, _ = token.partition("-")
    # The longest that SQLite has room for has 19 digits.
    if not (number.isascii() and number.isdecimal() and len(number) <= 18):
        return None
    found = int(number)
    return found if is_same(token, edition_token(key, found)) else None


def is_same(given: str, right: str) -> bool:
    """Whether two texts are the same; how long that takes tells nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _signature(key: bytes, what: str) -> str:
    mac = hmac.digest(key, what.encode(), "sha256")[:_BYTES]
    return urlsafe_b64encode(mac).rstrip(b"=").decode()
