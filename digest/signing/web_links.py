"""Links to pages that anybody can read who has the link, and nobody else.

An edition goes by its digest and the time it was due, which are known before it is rendered.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from digest.signing.signatures import LINKS, is_same

# ISO 8601 in its basic format, without what an address would have encoded.
_BASIC = str.maketrans("", "", "-:")


class EditionLinks:
    """Where editions will be shown in a browser, for those who render them."""

    def __init__(self, key: bytes, public_url: str | None) -> None:
        self._key = key
        self._public_url = public_url

    def take(self, key: bytes) -> None:
        """Sign with another key from now on."""
        self._key = key

    def url(self, digest: str, scheduled_for: datetime) -> str:
        """The address of an edition; empty where readers reach no pages."""
        if self._public_url is None:
            return ""
        return edition_url(self._public_url, self._key, digest, scheduled_for)

    def urn(self, digest: str, scheduled_for: datetime) -> str:
        """What feeds call an edition from its first day on, whatever is renamed later."""
        return urn_of(self._public_url, digest, scheduled_for)


def edition_url(public_url: str, key: bytes, digest: str, scheduled_for: datetime) -> str:
    """Where an edition is shown in a browser; `key` is the store's for `links`."""
    due = scheduled_for.astimezone(UTC).replace(tzinfo=None).isoformat().translate(_BASIC) + "Z"
    return f"{public_url.rstrip('/')}/e/{digest}/{due}/{_edition_token(key, digest, due)}"


def feedback_url(public_url: str, edition_url: str, reader: str) -> str:
    """Where a reader says what it wants more of, below this for each story of an edition.

    It is signed by the tokens of the reader and of the edition, and good for no other.
    """
    base = public_url.rstrip("/")
    return f"{base}/f/{reader}/{edition_url.removeprefix(f'{base}/e/')}"


def digest_feed_url(public_url: str, key: bytes, digest: str) -> str:
    """Where the Atom feed of a digest's editions is; `key` is the store's for `links`."""
    return f"{public_url.rstrip('/')}/digests/{digest}/{digest_token(key, digest)}.atom"


def digest_token(key: bytes, digest: str) -> str:
    """What stands for a digest in the address of its feed."""
    return _token(key, "digest", digest)


def urn_of(public_url: str | None, digest: str, scheduled_for: datetime | None = None) -> str:
    """What an edition, or a digest's feed, is called in every database that has it (RFC 4122)."""
    host = urlsplit(public_url or "").hostname or ""
    at = scheduled_for.astimezone(UTC).isoformat() if scheduled_for else ""
    return uuid5(NAMESPACE_URL, f"https://{host}/e/{digest}/{at}").urn


def edition_due(key: bytes, digest: str, due: str, token: str) -> datetime | None:
    """When the edition was due whose address has these three; None where it is not one of ours."""
    right = is_same(token, _edition_token(key, digest, due))
    return datetime.fromisoformat(due) if right else None


def _edition_token(key: bytes, digest: str, due: str) -> str:
    return _token(key, "edition", f"{digest}/{due}")


def _token(key: bytes, purpose: str, text: str) -> str:
    return urlsafe_b64encode(LINKS.sign(key, purpose, text)).rstrip(b"=").decode()
