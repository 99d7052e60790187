"""DKIM signatures (RFC 6376, RFC 8301), with dkimpy: the same for the same message and key."""

from __future__ import annotations

import base64
import hashlib
from email import message_from_bytes
from email.policy import default
from typing import Any

from dkim import DKIM
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import parse_pem_private_key

from digest.domains import ascii_domain
from digest.rendering.email.personal import Personal, marker_of

# A field is signed as often as it is named: once more than it is there, so that none can be added
# to what readers see. RFC 8058, section 4 asks for both that unsubscribe.
_SIGNED = (
    *(b"from", b"from", b"reply-to", b"to", b"to", b"cc", b"subject", b"subject", b"date"),
    *(b"message-id", b"mime-version", b"content-type", b"content-type", b"list-id"),
    b"content-transfer-encoding",
    *(b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted"),
)
_RELAXED = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")


class Signer:
    """Signs for a domain; `key` is an RSA key in PEM form."""

    def __init__(self, domain: str, selector: str, key: str) -> None:
        self._domain = ascii_domain(domain).encode("ascii")
        self._selector = selector.encode("ascii")
        self._key: Any = parse_pem_private_key(key.encode())
        self._message = self._time = b""
        self._head = self._body = Personal(b"", b"")

    def signature(self, headers: bytes, message: bytes, token: str = "") -> bytes:
        """The DKIM-Signature to put before these headers, which go before the message.

        It is for the message with this token filled in. What all recipients of a message have
        alike is looked at once.
        """
        if message != self._message:
            self._take_apart(message)
        body_hash = hashlib.sha256(self._body.with_token(token)).digest()
        signer = DKIM(headers + self._head.with_token(token))
        signer.hasher = hashlib.sha256
        # Its `sign` would read the clock, and a message sent again would be another.
        fields = [
            (b"v", b"1"),
            (b"a", b"rsa-sha256"),
            (b"c", _RELAXED.to_c_value()),
            (b"d", self._domain),
            (b"s", self._selector),
            (b"t", self._time),
            # Folded where there is a space.
            (b"h", b" : ".join(_SIGNED)),
            (b"bh", base64.b64encode(body_hash)),
            (b"b", b"0" * 60),
        ]
        value: bytes = signer.gen_header(fields, _SIGNED, _RELAXED, b"DKIM-Signature", self._key)
        return b"DKIM-Signature: " + value

    def _take_apart(self, message: bytes) -> None:
        marker = marker_of(message)
        head, _, body = message.partition(b"\r\n\r\n")
        self._message, self._time = message, _time_of(head)
        self._head = Personal(head + b"\r\n\r\n", marker)
        # A token has no white space, so that it makes no difference before or after.
        self._body = Personal(_RELAXED.canonicalize_body(body), marker)


def _time_of(head: bytes) -> bytes:
    """When the message was composed, in seconds since 1970."""
    date = message_from_bytes(head, policy=default)["Date"].datetime
    return str(int(date.timestamp())).encode()
