"""What is a recipient's own inside a message that is built once for all of them.

The message has a marker wherever a recipient's token goes: in the links of its text and of its
HTML, and in the header List-Unsubscribe (RFC 2369, RFC 8058), which tells what the marker is.
Nobody who is quoted in an edition can know it before, and so have a token sent elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from digest.signing.web_links import feedback_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.model import Edition, Story, Vote

    Fill = Callable[[bytes], bytes]

# A multiple of three, as tokens are: in base64, either takes whole groups of digits.
_LETTERS = 36
_SAID = re.compile(rb"(?:^|\r\n)List-Unsubscribe: <[^>\r\n]*/u/([0-9a-f]{%d})>\r\n" % _LETTERS)
_LINE = 76


class Links(Struct, frozen=True):
    """Where a recipient goes, as templates have it: with the marker in the place of a token.

    `browser` is where everybody finds the edition; empty where nobody does. `write_to` is the
    address that unsubscribes where there are no pages. `feedback` is where feedback on its stories
    is given, below the edition; empty where none is asked for.
    """

    unsubscribe: str
    preferences: str
    marker: str
    browser: str = ""
    write_to: str = ""
    feedback: str = ""

    def feedback_on(self, story: Story, vote: Vote) -> str:
        """The page on which a recipient says this of a story; empty where none is asked for."""
        if not self.feedback or not story.entries:
            return ""
        return f"{self.feedback}/{story.entries[0]}/{vote}"

    @property
    def headers(self) -> bytes:
        """What unsubscribes with one click: never folded, never encoded, or Gmail ignores it.

        No mailto beside a page: somebody would have to carry out what the page does by itself.
        """
        header = f"List-Unsubscribe: <{self.unsubscribe}>\r\n"
        if not self.write_to:
            header += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        return header.encode("ascii")


def links_of(
    edition: Edition, public_url: str, browser: str = "", *, feedback: bool = False
) -> Links:
    """The links for an edition; the same for the same edition. `feedback` asks for that too."""
    marker = hashlib.sha256(repr(edition).encode("utf-8", "replace")).hexdigest()[:_LETTERS]
    base = public_url.rstrip("/")
    links = Links(f"{base}/u/{marker}", f"{base}/p/{marker}", marker, browser)
    if feedback and browser:
        return replace(links, feedback=feedback_url(base, browser, marker))
    return links


def mail_links(edition: Edition, write_to: str) -> Links:
    """What unsubscribes by mail to an address (RFC 2369): a person reads that."""
    subject = quote(f"unsubscribe {edition.digest}")
    return Links(f"mailto:{quote(write_to, safe='@')}?subject={subject}", "", "", "", write_to)


def marker_of(message: bytes) -> bytes:
    """The marker of a message; empty where nothing in it is personal."""
    found = _SAID.search(message, 0, message.find(b"\r\n\r\n") + 2)
    return found[1] if found else b""


class Personal:
    """A message, taken apart once, for each recipient to have a token filled in.

    Tokens are ASCII, of a multiple of three letters.
    """

    def __init__(self, message: bytes, marker: bytes) -> None:
        self._pieces = list(_pieces(message, marker)) if marker else [message]

    def with_token(self, token: str) -> bytes:
        """The message with this token in all places."""
        own = token.encode("ascii")
        return b"".join(piece if isinstance(piece, bytes) else piece(own) for piece in self._pieces)


def _pieces(message: bytes, marker: bytes) -> Iterator[bytes | Fill]:
    # What the digits of the marker are in base64 when none, one or two bytes stand before it, and
    # how many digits of its line come before those.
    coded = [
        b64encode(bytes(before) + marker)[before + (before > 0) : len(marker) // 3 * 4 + before]
        for before in range(3)
    ]
    begin = 0
    for found in re.finditer(b"|".join((marker, *coded)), message):
        start, end, fill = found.start(), found.end(), _plain
        if found[0] != marker:
            before = coded.index(found[0])
            start -= before + (before > 0)
            end = start + (len(marker) + before + 2) // 3 * 4
            fill = partial(_in_base64, *b64decode(message[start:end]).split(marker))
        elif message.startswith(b"=\r\n", end):
            fill = _in_quoted_printable
        yield message[begin:start]
        yield fill
        begin = end
    yield message[begin:]


def _plain(token: bytes) -> bytes:
    return token


def _in_quoted_printable(token: bytes) -> bytes:
    return b"=\r\n".join(_cut(token, _LINE - 1))


def _in_base64(before: bytes, after: bytes, token: bytes) -> bytes:
    return b"\r\n".join(_cut(b64encode(before + token + after), _LINE))


def _cut(line: bytes, width: int) -> list[bytes]:
    return [line[at : at + width] for at in range(0, len(line), width)]
