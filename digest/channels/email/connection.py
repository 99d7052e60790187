"""The first words with an SMTP server, and the last ones."""

from __future__ import annotations

import asyncio
import ssl

import aiosmtplib

from digest.channels.email.verdicts import GOING_AWAY
from digest.errors import ChannelError
from digest.network import connection_trouble
from digest.untrusted_text import clean_words


def hang_up(client: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close a connection at once, also where encrypting it failed half way.

    TLS would otherwise go on to wait for the server's own last word.
    """
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


async def greet(client: aiosmtplib.SMTP) -> None:
    """EHLO, or HELO to a server that does not know it, unless encrypting or login took one."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError as error:
            if error.code == GOING_AWAY:
                raise
            await client.helo()


async def encrypt(client: aiosmtplib.SMTP) -> None:
    """STARTTLS, and a greeting that counts (RFC 3207)."""
    if not client.supports_extension("starttls"):
        raise ChannelError(
            "the server offers no STARTTLS; turn it on there, or set smtp.security to tls or none"
        )
    await client.starttls()
    await greet(client)


def cannot_connect(error: Exception) -> ChannelError:
    """The server is out of reach, or is not the one it should be."""
    for each in (error, error.__cause__):
        if isinstance(each, ssl.SSLCertVerificationError):
            return ChannelError(
                f"the server's certificate is not trusted: {each.verify_message};"
                " mend it, or name who signed it in smtp.ca_file",
                lasting=True,
            )
    return ChannelError(f"cannot connect: {connection_trouble(error) or clean_words(str(error))}")
