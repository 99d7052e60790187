"""Messages on their way from a mailbox to who reads them: which are taken, and their envelope."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from email import message_from_bytes
from email.utils import getaddresses
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.feeds.http.messages import Response
from digest.feeds.parsing.json_values import json_object, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

# Messages of one answer, and bytes of one: of more, only the beginning, which is where texts are.
MOST_MESSAGES = 100
LARGEST = 1_000_000
# Headers that are looked through for those of allowed senders, of one answer.
MOST_LISTED = 2_000
_EVERYBODY = "*"
# What Base64 and JSON make of a byte.
_GROWTH = 1.4
# A From with more than these is no newsletter's, and takes long to read.
_LONGEST_FROM = 10_000


class Wanted(Struct, frozen=True):
    """What of a mailbox is asked for: mail of these senders that arrived `since` a day.

    `after` is the validator of the last answer; without, all of it is asked for.
    """

    senders: tuple[str, ...]
    since: date
    after: str | None = None
    mark_read: bool = False


def is_allowed(header: bytes, senders: Iterable[str]) -> bool:
    """Whether all who sent a message, by its header, match one of the patterns."""
    patterns = tuple(senders)
    if _EVERYBODY in patterns:
        return True
    fields = message_from_bytes(header[:_LONGEST_FROM]).get_all("From", [])
    found = getaddresses(map(str, fields))
    # `News, Daily <news@a.example>` has a comma that should have been quoted.
    addresses = [address.lower() for _, address in found if "@" in address]
    return bool(addresses) and all(
        any(fnmatchcase(address, pattern) for pattern in patterns) for address in addresses
    )


class Room:
    """How much of one answer is left, in messages and in bytes."""

    def __init__(self, size: int) -> None:
        self._left = int(size / _GROWTH)
        self._messages = MOST_MESSAGES
        self.largest = min(LARGEST, self._left)

    def takes(self, size: int) -> bool:
        """Whether a message of this size has room, cut to the largest; it is then taken off."""
        size = min(size, self.largest)
        if not self._messages or size > self._left:
            return False
        self._left -= size
        self._messages -= 1
        return True


def answer_of(messages: Sequence[bytes], url: str, etag: str, *, whole: bool) -> Response:
    """The answer of a mailbox: 304 where nothing came, unless the `whole` of it was asked for."""
    if not messages and not whole:
        return Response(304, url, etag)
    body = framed(messages)
    return Response(200, url, etag, body=body, body_hash=sha256(body).hexdigest())


def framed(messages: Iterable[bytes]) -> bytes:
    """Messages in the form that `messages_in` reads, which is text whatever is in them."""
    return json.dumps({"messages": [b64encode(raw).decode() for raw in messages]}).encode()


def messages_in(body: bytes) -> Iterator[bytes]:
    """The messages of a body.

    Raises:
        FeedError: it is no such body.
    """
    for encoded in texts(json_object(body), "messages"):
        try:
            yield b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
