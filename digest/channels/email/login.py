"""Logging in to an SMTP server (RFC 4954), with a password or with a token (XOAUTH2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiosmtplib.auth import auth_login_encode, auth_plain_encode, auth_xoauth2_encode

from digest.channels.programs import run_program
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiosmtplib

    from digest.config import SmtpSettings

_TOKEN_SECONDS = 30


async def secret_for(client: aiosmtplib.SMTP, settings: SmtpSettings) -> str:
    """The password or a token, where the server has a login that takes it.

    Raises:
        ChannelError: it has none, or there is no token.
    """
    ways = ["xoauth2"] if settings.token_command else client.AUTH_METHODS
    if not set(ways).intersection(client.server_auth_methods):
        known = " or ".join(way.upper() for way in ways)
        raise ChannelError(f"the server offers no login by {known}")
    if settings.token_command:
        return await first_line(settings.token_command)
    assert settings.password is not None
    return settings.password.get_secret_value()


async def log_in(client: aiosmtplib.SMTP, settings: SmtpSettings, secret: str) -> None:
    """Log in with what `secret_for` gave.

    Raises:
        aiosmtplib.SMTPAuthenticationError: it was refused.
    """
    assert settings.username is not None
    if settings.token_command:
        await client.auth_xoauth2(settings.username, secret)
    else:
        await client.login(settings.username, secret)


def as_sent(username: str, secret: str) -> tuple[str, ...]:
    """Every form of a secret that a server hears, and may repeat."""
    encoded = (
        auth_plain_encode(username, secret),
        auth_xoauth2_encode(username, secret),
        auth_login_encode(username, secret)[1],
    )
    return (secret, *(form.decode("ascii") for form in encoded))


async def first_line(command: Sequence[str], most_seconds: float = _TOKEN_SECONDS) -> str:
    """What a command writes first; it is run without a shell, and what it writes is told nobody.

    Raises:
        ChannelError: it cannot be run, fails, takes too long or writes nothing.
    """
    name = f"smtp.token_command ({command[0]})"
    try:
        ended = await run_program(command, seconds=most_seconds)
    except OSError as error:
        raise ChannelError(f"{name} cannot be run: {error.strerror}") from error
    if ended.code is None:
        raise ChannelError(f"{name} took longer than {most_seconds:g} s")
    if ended.code:
        raise ChannelError(f"{name} failed with exit code {ended.code}; run it by hand")
    line = ended.output.decode("utf-8", "replace").partition("\n")[0].strip()
    if not line:
        raise ChannelError(f"{name} wrote no token")
    return line
