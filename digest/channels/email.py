"""Email through an SMTP server (RFC 5321), one transaction per recipient."""

from __future__ import annotations

import contextlib
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

import aiosmtplib

from digest.config import EmailSettings
from digest.errors import DeliveryError
from digest.model import Rendition
from digest.rendering.email import build_email, mailbox, personal_headers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.config import Settings, SmtpSettings
    from digest.model import Delivery, Edition
    from digest.rendering.templates import Templates

_COMMAND_SECONDS = 60
# RFC 5321, section 4.5.3.2.6: a server may think this long before it answers the final dot.
_FINAL_DOT_SECONDS = 600
_TOO_LARGE = 552
_FIRST_PAUSE = timedelta(minutes=30)


class EmailChannel:
    """Sends to the addresses of an email channel; each gets a message of their own."""

    kind = "email"
    # Whoever gets the same message twice gets it with the same Message-ID.
    patience: timedelta | None = timedelta(minutes=10)

    def __init__(self, name: str, settings: EmailSettings, smtp: SmtpSettings) -> None:
        self.name = name
        self._to = settings.to
        self._smtp = smtp
        self._tls = ssl.create_default_context() if smtp.security != "none" else None

    def render(self, edition: Edition, templates: Templates) -> Rendition:
        """One message, alike for all recipients but for the headers that `send` puts first."""
        html, text = templates.html(edition), templates.text(edition)
        message = build_email(edition, html, text, self._smtp.sender)
        return Rendition(self.name, self.kind, self._to, (message,))

    async def send(self, delivery: Delivery) -> str:
        """Hand the message to the server; the receipt is its answer."""
        recipient = mailbox(delivery.recipient)
        if not recipient.username.isascii():
            raise DeliveryError("the address needs SMTPUTF8, which is not supported", "failed")
        headers = personal_headers(delivery.recipient, delivery.message_id)
        async with self._connection() as client:
            await self._envelope(client, recipient.addr_spec)
            try:
                answer = await client.data(headers + delivery.payload, timeout=_FINAL_DOT_SECONDS)
            except aiosmtplib.SMTPResponseException as error:
                raise _refused(error) from error
            except (aiosmtplib.SMTPException, OSError) as error:
                raise DeliveryError(
                    f"no answer after the message was sent: {error}", "unknown"
                ) from error
            # The message is accepted: whether the goodbye is heard changes nothing.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            return f"{answer.code} {answer.message}"

    async def check(self) -> str:
        """Connect, encrypt, log in."""
        async with self._connection() as client:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
            login = f"logged in as {self._smtp.username}" if self._smtp.username else "no login"
            return f"{self._smtp.host}:{self._smtp.port} answers, {self._smtp.security}, {login}"

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        password = self._smtp.password
        client = aiosmtplib.SMTP(
            hostname=self._smtp.host,
            port=self._smtp.port,
            timeout=_COMMAND_SECONDS,
            use_tls=self._smtp.security == "tls",
            # Never None, its default: that would log in without encryption where the server,
            # or somebody on the way, leaves STARTTLS out.
            start_tls=self._smtp.security == "starttls",
            tls_context=self._tls,
            username=self._smtp.username,
            password=password.get_secret_value() if password else None,
        )
        try:
            await client.connect()
        except aiosmtplib.SMTPAuthenticationError as error:
            raise DeliveryError(
                f"the login was refused: {error.code} {error.message}", "retrying"
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryError(f"{error.code} {error.message}", "retrying") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"cannot connect: {error}", "retrying") from error
        try:
            yield client
        finally:
            client.close()

    async def _envelope(self, client: aiosmtplib.SMTP, recipient: str) -> None:
        try:
            await client.mail(mailbox(self._smtp.sender).addr_spec)
            await client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            refusal = _refused(error)
            sender = isinstance(error, aiosmtplib.SMTPSenderRefused) and error.code != _TOO_LARGE
            if sender and refusal.verdict == "failed":
                # The configuration is wrong, not the recipient: mended, the message arrives.
                reason = f"the sender was refused: {refusal.reason}"
                refusal = DeliveryError(reason, "retrying", retry_after=_FIRST_PAUSE)
            raise refusal from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"the connection was lost: {error}", "retrying") from error


def _refused(error: aiosmtplib.SMTPResponseException) -> DeliveryError:
    """The verdict of a reply code: 4yz is for now, 5yz for good (RFC 5321, section 4.2.1)."""
    reason = f"{error.code} {error.message}"
    if 400 <= error.code < 500:
        # 421 is the server going away, not a word about this message.
        pause = None if error.code == 421 else _FIRST_PAUSE
        return DeliveryError(reason, "retrying", retry_after=pause)
    return DeliveryError(reason, "failed")


def open_channel(name: str, settings: Settings) -> EmailChannel:
    """The channel of this name."""
    channel = settings.channels[name]
    assert isinstance(channel, EmailSettings)
    assert settings.smtp is not None
    return EmailChannel(name, channel, settings.smtp)
