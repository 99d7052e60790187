"""The mail server: encryption, login, and the size of what it takes."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from digest.channels.email.smtp import SmtpConnection
from digest.checks import Finding, Trouble, failed, found
from digest.checks.certificates import Certificates
from digest.config.channels import CHANNEL_KINDS
from digest.domains import with_port
from digest.errors import ChannelError, DeliveryError
from digest.rendering.email.headers import mailbox
from digest.store import try_to_read_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from digest.channels.email.envelope import Offer
    from digest.config import SmtpSettings
    from digest.store import DatabaseAddress

_REMEDY = "look at smtp.host, smtp.port and smtp.security, and at what is between"
_OLD = {"TLSv1", "TLSv1.1"}


async def check_smtp(
    smtp: SmtpSettings, largest: int, now: datetime, recipient: str = ""
) -> Finding:
    """Connect, encrypt, log in, and ask whether a message for the recipient would be taken.

    `largest` is the size of an email that the server must take.
    """
    name = with_port(smtp.host, smtp.port)
    certificates = Certificates()
    context = certificates.noting(ssl.create_default_context(cafile=smtp.ca_file))
    connection = SmtpConnection(smtp, None if smtp.security == "none" else context)
    try:
        await connection.connect()
        offer = connection.offer()
        refusal = await _rehearse(connection, recipient or smtp.sender)
        await connection.say_goodbye()
    except DeliveryError as error:
        return failed("smtp", name, error.reason, _REMEDY)
    finally:
        connection.close()
    facts = (*_facts(smtp, offer), *certificates.facts(smtp.host, now))
    troubles = (*_troubles(smtp, offer, largest), *refusal, *certificates.troubles(smtp.host, now))
    return found("smtp", name, facts, troubles)


async def _rehearse(connection: SmtpConnection, recipient: str) -> tuple[Trouble, ...]:
    """What keeps mail from one recipient, if anything does."""
    try:
        await connection.rehearse(mailbox(recipient).addr_spec)
    except ChannelError:
        raise
    except DeliveryError as error:
        # What is put off is tried again, as it is when something is sent.
        if error.verdict == "retrying":
            return ()
        text = f"it takes nothing for {recipient}: {error.reason}"
        return (Trouble("warn", text, "see whether the address is right"),)
    return ()


def _facts(smtp: SmtpSettings, offer: Offer) -> Iterator[str]:
    yield offer.encryption or "not encrypted"
    yield f"logged in as {smtp.username}" if smtp.username else "without a login"
    if offer.most_bytes:
        yield f"takes {offer.most_bytes / 1_000_000:.3g} MB"


def _troubles(smtp: SmtpSettings, offer: Offer, largest: int) -> Iterator[Trouble]:
    if offer.most_bytes and offer.most_bytes < largest:
        text = f"emails of up to {largest:,} bytes go as text, since it takes {offer.most_bytes:,}"
        yield Trouble("warn", text, "send no `images` or fewer `max_entries`, or raise its limit")
    if offer.encryption in _OLD:
        yield Trouble("warn", "an old kind of encryption", "have the server speak TLS 1.2 or later")
    if offer.encryption is None and smtp.host not in {"localhost", "127.0.0.1", "::1"}:
        yield Trouble("warn", "mail goes there in clear", "set smtp.security to starttls or tls")


def largest_email(database: DatabaseAddress) -> int:
    """The size of the largest of the last emails; 0 where there is none."""
    kinds = [kind for kind, model in CHANNEL_KINDS.items() if model.needs_smtp]
    # What is wrong with it, another check tells.
    with try_to_read_store(database) as store:
        return max(store.health.largest(kind) for kind in kinds) if store else 0
