"""Signs texts for a purpose with a key of this installation (HMAC-SHA256), and checks signatures.

What was signed is in mail that people keep and in their browsers: the bytes of each scheme stay as
they are for good.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class Scheme(Struct, frozen=True):
    """How one kind of thing is signed: the bytes of a signature, and what follows the purpose."""

    size: int
    separator: bytes

    def sign(self, key: bytes, purpose: str, text: str | bytes) -> bytes:
        """The signature of a text for this purpose, and for no other."""
        message = purpose.encode() + self.separator + _bytes(text)
        return hmac.digest(key, message, "sha256")[: self.size]

    def is_signed(
        self, signature: bytes, keys: Iterable[bytes], purpose: str, text: str | bytes
    ) -> bool:
        """Whether one of the keys signed the text for this purpose."""
        return any(is_same(signature, self.sign(key, purpose, text)) for key in keys)


TOKENS = Scheme(24, b"\0")
# Nobody guesses one of 2**128.
LINKS = Scheme(16, b" ")
SESSIONS = Scheme(32, b" ")


def key_of(key: bytes, secret: str) -> bytes:
    """A key that changes with a secret."""
    return hmac.digest(key, _bytes(secret), "sha256")


def is_same(given: str | bytes, right: str | bytes) -> bool:
    """Whether two texts are the same; how long that takes tells nothing about where they differ."""
    return hmac.compare_digest(_bytes(given), _bytes(right))


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "replace") if isinstance(text, str) else text
