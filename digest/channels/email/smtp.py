"""One SMTP server (RFC 5321): message after message over one connection, each for one recipient."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import aiosmtplib

from digest.channels.email.connection import cannot_connect, encrypt, greet, hang_up
from digest.channels.email.ehlo_name import own_name
from digest.channels.email.envelope import envelope, mail_parameters, offer_of
from digest.channels.email.login import as_sent, log_in, secret_for
from digest.channels.email.refusals import Reply
from digest.channels.email.verdicts import (
    GOING_AWAY,
    goes_on,
    is_limit,
    is_refusal,
    verdict_of,
    wants_another_connection,
)
from digest.channels.email.wire_format import size_of
from digest.errors import ChannelError, DeliveryError
from digest.log import Redactor
from digest.rendering.email.headers import mailbox
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    import ssl

    from aiosmtplib.protocol import SMTPProtocol

    from digest.channels.email.envelope import Command, Offer
    from digest.config import SmtpSettings

_CONNECT_SECONDS = 60
_ENVELOPE_SECONDS = 60
# RFC 5321, section 4.5.3.2.6: a server may think this long before it answers the final dot.
_FINAL_DOT_SECONDS = 600
_GOODBYE_SECONDS = 5
# Until the server's end is known, which answers by it: an address that is always right.
_NO_NAME = "[127.0.0.1]"


class _LostError(ChannelError):
    """The connection went before the message did: another one may do better, at once."""


class SmtpConnection:
    """A connection that is opened when it is needed, and again when the server has closed it."""

    def __init__(self, settings: SmtpSettings, tls: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._tls = tls
        self._sender = mailbox(settings.sender).addr_spec
        self._client: aiosmtplib.SMTP | None = None
        self._half_way = False
        self._redact = Redactor()
        self.begun = False
        """Whether a byte of the last message may have left; before that, nothing was sent."""

    async def send(self, recipient: str, message: bytes) -> str:
        """Hand over a message, as `on_the_wire` makes it; answers what the server said.

        Raises:
            DeliveryError: with the verdict.
            ChannelError: nothing can be sent now, to anybody.
        """
        used_before = self._client is not None
        try:
            await self._begin(recipient, size_of(message), fresh=not used_before)
            return await self._hand_over(recipient, message)
        except _LostError:
            # Servers close what has been open for long, or for many messages.
            if not used_before:
                raise
        await self._begin(recipient, size_of(message), fresh=True)
        return await self._hand_over(recipient, message)

    async def rehearse(self, recipient: str) -> None:
        """Ask whether a message from us would be taken for a recipient, and send none.

        Raises:
            DeliveryError: with the verdict.
        """
        client = await self._ready()
        parameters = mail_parameters(client, recipient)
        asked = envelope(self._sender, recipient, parameters)
        await self._ask_in_turn(client, asked, recipient, fresh=True)
        await self._ready()

    async def connect(self) -> None:
        """Connect, encrypt, log in.

        Raises:
            ChannelError: it would not work now.
        """
        client = aiosmtplib.SMTP(
            hostname=self._settings.host,
            port=self._settings.port,
            timeout=_CONNECT_SECONDS,
            use_tls=self._settings.security == "tls",
            # Never None, its default, which goes on in clear where STARTTLS is left out.
            start_tls=False,
            tls_context=self._tls,
            local_hostname=self._settings.hello or _NO_NAME,
        )
        transport = None
        try:
            await client.connect()
            transport = client.transport
            assert transport is not None
            if not self._settings.hello:
                client.local_hostname = await own_name(transport)
            await greet(client)
            if self._settings.security == "starttls":
                await encrypt(client)
            if self._settings.username:
                await self._log_in(client, self._settings.username)
        except aiosmtplib.SMTPResponseException as error:
            # Its cause may hold what it repeats of the login.
            raise self._not_let_in(error) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise cannot_connect(error) from error
        else:
            self._client, self._half_way = client, False
        finally:
            if self._client is not client:
                hang_up(client, transport)

    async def _log_in(self, client: aiosmtplib.SMTP, username: str) -> None:
        secret = await secret_for(client, self._settings)
        self._redact = Redactor(as_sent(username, secret))
        try:
            await log_in(client, self._settings, secret)
        except aiosmtplib.SMTPAuthenticationError as error:
            reply = self._reply(error)
            if is_limit(reply, self._sender):
                raise verdict_of(reply, "MAIL", self._sender) from None
            lasting = reply.lasting
            given = "token_command" if self._settings.token_command else "password"
            mend = f"; mend smtp.username or smtp.{given}" if lasting else ""
            raise ChannelError(f"the login was refused: {reply}{mend}", lasting=lasting) from None

    def offer(self) -> Offer:
        """What the server that is connected offers."""
        assert self._client is not None
        return offer_of(self._client)

    async def say_goodbye(self) -> None:
        """End the connection politely, where there is one."""
        if self._client is None or not self._client.is_connected:
            return
        client = self._client
        transport = client.transport
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=_GOODBYE_SECONDS)
        hang_up(client, transport)

    def close(self) -> None:
        """End the connection at once."""
        if self._client:
            hang_up(self._client, self._client.transport)
        self._client = None

    async def _begin(self, recipient: str, size: int, *, fresh: bool) -> None:
        """Everything up to where the server asks for the message."""
        client = await self._ready()
        parameters = mail_parameters(client, recipient, size)
        asked = envelope(self._sender, recipient, parameters)
        await self._ask_in_turn(client, [*asked, ("DATA", ())], recipient, fresh=fresh)

    async def _ask_in_turn(
        self, client: aiosmtplib.SMTP, asked: list[Command], recipient: str, *, fresh: bool
    ) -> None:
        self._half_way = True
        try:
            # One deadline for all: one for each command would take as long as the command.
            async with asyncio.timeout(_ENVELOPE_SECONDS):
                for command in asked:
                    await self._ask(client, command, recipient, fresh=fresh)
            # What has come with the answer, such as the end of the connection, is heard now.
            await asyncio.sleep(0)
            if not client.is_connected:
                raise aiosmtplib.SMTPServerDisconnected("closed when asked for the message")
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._lost(error) from error

    async def _ask(
        self, client: aiosmtplib.SMTP, command: Command, recipient: str, *, fresh: bool
    ) -> None:
        step, arguments = command
        words = (word.encode() for word in (step, *arguments))
        reply = self._reply(await client.execute_command(*words, timeout=None))
        if goes_on(reply, step):
            return
        gone = reply.code == GOING_AWAY and not is_limit(reply, self._sender)
        if gone or not is_refusal(reply) or (wants_another_connection(reply) and not fresh):
            self.close()
            raise _LostError(str(reply))
        raise verdict_of(reply, step, self._sender, recipient)

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

    async def _hand_over(self, recipient: str, message: bytes) -> str:
        assert self._client is not None
        # Not by `data`, which looks through every message again (docs/performance.md has what that
        # costs), and does not tell whether a byte has left.
        protocol = self._client.protocol
        assert protocol is not None
        try:
            async with asyncio.timeout(_FINAL_DOT_SECONDS):
                self._write(protocol, message)
                reply = self._reply(await protocol.read_response())
        except (aiosmtplib.SMTPException, OSError) as error:
            self.close()
            raise DeliveryError(
                f"no answer after the message was sent: {self._words(error)}", "unknown"
            ) from error
        self._half_way = False
        if reply.code == GOING_AWAY or not (goes_on(reply, ".") or is_refusal(reply)):
            self.close()
        if goes_on(reply, "."):
            return str(reply)
        if is_refusal(reply):
            raise verdict_of(reply, ".", self._sender, recipient)
        raise DeliveryError(f"an answer that is none: {reply}", "unknown")

    def _write(self, protocol: SMTPProtocol, message: bytes) -> None:
        """Give a message to the system, which takes nothing of it where the connection is gone."""
        try:
            protocol.write(message)
        except aiosmtplib.SMTPException as error:
            raise self._lost(error) from error
        if not protocol.is_connected:
            raise self._lost(aiosmtplib.SMTPServerDisconnected("closed before the message"))
        self.begun = True

    def _lost(self, error: Exception) -> _LostError:
        self.close()
        return _LostError(f"the connection was lost: {self._words(error)}")

    def _reply(self, answer: aiosmtplib.SMTPResponse | aiosmtplib.SMTPResponseException) -> Reply:
        """The answer, without what it may repeat of the login, fit to keep and to show."""
        return Reply.of(answer.code, self._redact(answer.message))

    def _words(self, error: Exception) -> str:
        message = (
            error.message if isinstance(error, aiosmtplib.SMTPResponseException) else str(error)
        )
        return clean_words(self._redact(message)) or "timed out"

    def _not_let_in(self, answer: aiosmtplib.SMTPResponseException) -> ChannelError:
        """Refused before there was a sender or a recipient."""
        reply = self._reply(answer)
        error = verdict_of(reply, "RCPT", self._sender)
        return error if isinstance(error, ChannelError) else ChannelError(str(reply))
