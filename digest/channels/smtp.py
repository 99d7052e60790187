"""One SMTP server (RFC 5321): message after message over one connection, each for one recipient."""

from __future__ import annotations

import asyncio
import contextlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import aiosmtplib

from digest.errors import DeliveryError
from digest.rendering.email import mailbox

if TYPE_CHECKING:
    import ssl

    from digest.config import SmtpSettings

_CONNECT_SECONDS = 60
_ENVELOPE_SECONDS = 60
# RFC 5321, section 4.5.3.2.6: a server may think this long before it answers the final dot.
_FINAL_DOT_SECONDS = 600
_GOODBYE_SECONDS = 5
_GO_ON = {"MAIL": {250}, "RCPT": {250, 251}, "DATA": {354}}
_ACCEPTED = 250
_GOING_AWAY = 421
_TOO_LARGE = 552
_FIRST_PAUSE = timedelta(minutes=30)


class _LostError(DeliveryError):
    """The connection went before the message did: another one may do better, at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, "retrying")


def on_the_wire(message: bytes) -> bytes:
    """A message as DATA carries it: lines end with CRLF, dots that begin one are doubled."""
    lines = re.sub(rb"\r\n?|\n", b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


class SmtpConnection:
    """A connection that is opened when it is needed, and again when the server has closed it."""

    def __init__(self, settings: SmtpSettings, tls: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._tls = tls
        self._sender = mailbox(settings.sender).addr_spec
        self._client: aiosmtplib.SMTP | None = None
        self._half_way = False

    async def send(self, recipient: str, message: bytes) -> str:
        """Hand over a message, as `on_the_wire` makes it; answers what the server said.

        Raises:
            DeliveryError: with the verdict.
        """
        used_before = self._client is not None
        try:
            await self._begin(recipient)
        except _LostError:
            # Servers close what has been open for long, or for many messages.
            if not used_before:
                raise
            await self._begin(recipient)
        return await self._hand_over(message)

    async def connect(self) -> None:
        """Connect, encrypt, log in.

        Raises:
            DeliveryError: it would not work now.
        """
        password = self._settings.password
        client = aiosmtplib.SMTP(
            hostname=self._settings.host,
            port=self._settings.port,
            timeout=_CONNECT_SECONDS,
            use_tls=self._settings.security == "tls",
            # Never None, its default: that would log in without encryption where the server,
            # or somebody on the way, leaves STARTTLS out.
            start_tls=self._settings.security == "starttls",
            tls_context=self._tls,
            username=self._settings.username,
            password=password.get_secret_value() if password else None,
        )
        try:
            await client.connect()
            await _greet(client)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise DeliveryError(
                f"the login was refused: {error.code} {error.message}", "retrying"
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryError(f"{error.code} {error.message}", "retrying") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"cannot connect: {error}", "retrying") from error
        else:
            self._client, self._half_way = client, False
        finally:
            if self._client is not client:
                client.close()

    async def say_goodbye(self) -> None:
        """End the connection politely, where there is one."""
        if self._client and self._client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=_GOODBYE_SECONDS)

    def close(self) -> None:
        """End the connection at once."""
        if self._client:
            self._client.close()
        self._client = None

    async def _begin(self, recipient: str) -> None:
        """Everything up to where the server asks for the message."""
        client = await self._ready()
        self._half_way = True
        try:
            # One deadline for all: one for each command would take as long as the command.
            async with asyncio.timeout(_ENVELOPE_SECONDS):
                await self._ask(client, "MAIL", f"FROM:<{self._sender}>")
                await self._ask(client, "RCPT", f"TO:<{recipient}>")
                await self._ask(client, "DATA")
            if not client.is_connected:
                raise aiosmtplib.SMTPServerDisconnected("closed when asked for the message")
        except (aiosmtplib.SMTPException, OSError) as error:
            self.close()
            raise _LostError(f"the connection was lost: {_words(error)}") from error

    async def _ask(self, client: aiosmtplib.SMTP, verb: str, *arguments: str) -> None:
        said = (each.encode("ascii") for each in (verb, *arguments))
        answer = await client.execute_command(*said, timeout=None)
        if answer.code in _GO_ON[verb]:
            return
        if answer.code == _GOING_AWAY:
            self.close()
            raise _LostError(f"{answer.code} {answer.message}")
        raise _refused(answer, verb)

    async def _ready(self) -> aiosmtplib.SMTP:
        """The connection, with no transaction half made on it."""
        if self._client and self._half_way:
            try:
                await self._client.rset()
            except (aiosmtplib.SMTPException, OSError):
                self.close()
        if self._client is None or not self._client.is_connected:
            await self.connect()
        assert self._client is not None
        return self._client

    async def _hand_over(self, message: bytes) -> str:
        assert self._client is not None
        # Not by `data`, which goes through every message, at half of what sending it costs.
        protocol = self._client.protocol
        assert protocol is not None
        try:
            async with asyncio.timeout(_FINAL_DOT_SECONDS):
                protocol.write(message)
                answer = await protocol.read_response()
        except (aiosmtplib.SMTPException, OSError) as error:
            self.close()
            raise DeliveryError(
                f"no answer after the message was sent: {_words(error)}", "unknown"
            ) from error
        self._half_way = False
        if answer.code == _GOING_AWAY:
            self.close()
        if answer.code != _ACCEPTED:
            raise _refused(answer, "DATA")
        return f"{answer.code} {answer.message}"


async def _greet(client: aiosmtplib.SMTP) -> None:
    """EHLO, or HELO to a server that does not know it, unless encrypting or login took one."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


def _words(error: Exception) -> str:
    return str(error) or "timed out"


def _refused(answer: aiosmtplib.SMTPResponse, verb: str) -> DeliveryError:
    """The verdict of a reply code: 4yz is for now, 5yz for good (RFC 5321, section 4.2.1)."""
    reason = f"{answer.code} {answer.message}"
    if 400 <= answer.code < 500:
        # 421 is the server going away, not a word about this message.
        pause = None if answer.code == _GOING_AWAY else _FIRST_PAUSE
        return DeliveryError(reason, "retrying", retry_after=pause)
    if verb == "MAIL" and answer.code != _TOO_LARGE:
        # The configuration is wrong, not the recipient: mended, the message arrives.
        reason = f"the sender was refused: {reason}"
        return DeliveryError(reason, "retrying", retry_after=_FIRST_PAUSE)
    return DeliveryError(reason, "failed")
