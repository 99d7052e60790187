"""What a server offers, and what it is told of a message before it: from whom, to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.errors import DeliveryError

if TYPE_CHECKING:
    import aiosmtplib

    from digest.channels.email.verdicts import Step

    # The step, and what goes with it.
    Command = tuple[Step, tuple[str, ...]]

# RFC 1870, section 4: as many digits at most.
_SIZE = re.compile(r"[0-9]{1,20}")


class Offer(Struct, frozen=True):
    """What a server offers: the version of TLS in use, and the largest message it takes."""

    encryption: str | None
    most_bytes: int | None


def offer_of(client: aiosmtplib.SMTP) -> Offer:
    """What the server that a client is connected to offers."""
    encrypted = client.get_transport_info("ssl_object")
    most = client.esmtp_extensions.get("size", "")
    known = bool(_SIZE.fullmatch(most)) and int(most) > 0
    return Offer(encrypted and encrypted.version(), int(most) if known else None)


def envelope(sender: str, recipient: str, parameters: list[str]) -> list[Command]:
    """The commands that name the sender and the recipient; `parameters` go with the first."""
    return [("MAIL", (f"FROM:<{sender}>", *parameters)), ("RCPT", (f"TO:<{recipient}>",))]


def mail_parameters(client: aiosmtplib.SMTP, recipient: str, size: int = 0) -> list[str]:
    """What MAIL says of a message to a server that knows SIZE (RFC 1870), SMTPUTF8 (RFC 6531).

    Raises:
        DeliveryError: the server cannot take it.
    """
    parameters = []
    if size and client.supports_extension("size"):
        most = client.esmtp_extensions["size"]
        if _SIZE.fullmatch(most) and 0 < int(most) < size:
            raise DeliveryError(f"the message has {size} bytes, the server takes {most}", "refused")
        parameters.append(f"SIZE={size}")
    if not recipient.isascii():
        if not client.supports_extension("smtputf8"):
            raise DeliveryError("the address needs SMTPUTF8, which the server lacks", "failed")
        parameters += ["SMTPUTF8", "BODY=8BITMIME"]
    return parameters
