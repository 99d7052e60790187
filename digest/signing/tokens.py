"""Tokens in the addresses of recipients' pages: they tell who asks, signed, so none can be made up.

They say who it is to whoever decodes them; they are a multiple of twelve letters long.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from msgspec import Struct

from digest.config.addresses import mail_key
from digest.signing.signatures import TOKENS

_GROUP = 9
# Nine bytes are twelve letters; more than the longest names of channel and address take.
_TOKEN = re.compile(r"(?:[A-Za-z0-9_-]{12}){4,100}")


class Confirmation(Struct, frozen=True):
    """That an address asked to be on a channel's list; `until` is when its word is too old."""

    channel: str
    address: str
    until: datetime


class Tokens:
    """Signs with a key of this installation, and knows its own signatures.

    What a `retired` key signed is in mail that people keep: by it they leave, or are asked no more.
    """

    def __init__(self, key: bytes, retired: tuple[bytes, ...] = ()) -> None:
        self.take(key, retired)

    def take(self, key: bytes, retired: tuple[bytes, ...]) -> None:
        """Sign with another key from now on."""
        self._key = key
        self._retired = retired

    def of_recipient(self, channel: str, recipient: str) -> str:
        """The token of a recipient, the same for ever and however the address is written."""
        return self._signed("recipient", channel, mail_key(recipient))

    def recipient(self, token: str) -> tuple[str, str] | None:
        """Whose token it is, as channel and address; None: nobody's."""
        return _named(self._read("recipient", token))

    def leaver(self, token: str) -> tuple[str, str] | None:
        """Who may leave by a token, as channel and address; None: nobody."""
        return _named(self._read("recipient", token, self._retired))

    def of_confirmation(self, asked: Confirmation) -> str:
        """The token to confirm with."""
        until = str(int(asked.until.timestamp()))
        return self._signed("confirmation", asked.channel, asked.address, until)

    def confirmation(self, token: str) -> Confirmation | None:
        """What a token confirms, in time or not; None: nothing."""
        match self._read("confirmation", token):
            case [channel, address, until]:
                return Confirmation(channel, address, datetime.fromtimestamp(int(until), UTC))
        return None

    def of_refusal(self, channel: str, address: str) -> str:
        """The token by which an address is never asked again, that was asked for a channel."""
        return self._signed("refusal", channel, mail_key(address))

    def refusal(self, token: str) -> tuple[str, str] | None:
        """Which address a token has never asked again, after its channel; None: none."""
        return _named(self._read("refusal", token, self._retired))

    def of_form(self, channel: str, shown_at: datetime) -> str:
        """What the form of a channel has with it, so that it tells how old it is."""
        return self._signed("form", channel, str(int(shown_at.timestamp() * 1000)))

    def form(self, token: str, channel: str) -> datetime | None:
        """When a channel's form was shown that has a token; None: none was."""
        match self._read("form", token):
            case [form_of, at] if form_of == channel:
                return datetime.fromtimestamp(int(at) / 1000, UTC)
        return None

    def _signed(self, purpose: str, *fields: str) -> str:
        text = "\0".join(fields).encode()
        text += bytes(-(len(text) + TOKENS.size) % _GROUP)
        return urlsafe_b64encode(TOKENS.sign(self._key, purpose, text) + text).decode("ascii")

    def _read(self, purpose: str, token: str, retired: tuple[bytes, ...] = ()) -> list[str]:
        if not _TOKEN.fullmatch(token):
            return []
        raw = urlsafe_b64decode(token)
        signature, text = raw[: TOKENS.size], raw[TOKENS.size :]
        if not TOKENS.is_signed(signature, (self._key, *retired), purpose, text):
            return []
        return text.rstrip(b"\0").decode().split("\0")


def _named(fields: list[str]) -> tuple[str, str] | None:
    match fields:
        case [channel, address]:
            return channel, address
    return None
