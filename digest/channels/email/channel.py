"""Email through an SMTP server (RFC 5321), one transaction per recipient."""

from __future__ import annotations

import contextlib
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from digest.channels.base import BaseChannel
from digest.config.channels.email import EmailSettings
from digest.domains import with_port
from digest.editions.weekly import configured
from digest.errors import DeliveryError
from digest.model import NO_PICTURES, Rendition
from digest.rendering.email.headers import check_fields, mailbox
from digest.rendering.email.message import build_email, personal_headers, text_only
from digest.rendering.email.personal import Personal, links_of, mail_links, marker_of
from digest.rendering.full_list import linked_to_list
from digest.rendering.pictures import self_contained
from digest.rendering.preview import Preview

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from typing import Self

    from digest.channels.email.smtp import SmtpConnection
    from digest.channels.pace import Pace, Paces
    from digest.config import Settings, SmtpSettings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.email.dkim import Signer
    from digest.rendering.email.personal import Links
    from digest.rendering.renderer import Renderer


# The headers that stand before a message; none may be in it once more.
_OF_EVERYBODY = b"To: -\r\nMessage-ID: -\r\n"


class EmailChannel(BaseChannel[EmailSettings]):
    """Sends to the addresses of an email channel; each gets a message of their own."""

    kind = "email"
    # Whoever gets the same message twice gets it with the same Message-ID.
    patience: timedelta | None = timedelta(minutes=10)
    beside_text = "always"
    previews_pictures = True

    def __init__(
        self,
        name: str,
        settings: EmailSettings,
        smtp: SmtpSettings,
        pace: Pace,
        public_url: str | None = None,
        feedback: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(name, settings, pace)
        self._public_url = public_url
        self._feedback = feedback
        self._smtp = smtp
        encrypted = smtp.security != "none"
        self._tls = ssl.create_default_context(cafile=smtp.ca_file) if encrypted else None

    @classmethod
    def open(cls, name: str, settings: EmailSettings, whole: Settings, paces: Paces) -> Self:
        """The channel of this name; all that send through the server keep one pace."""
        smtp = whole.smtp
        assert smtp is not None
        seconds = 60 / smtp.max_per_minute if smtp.max_per_minute else 0
        pace = paces.of(settings.shares, seconds)
        return cls(name, settings, smtp, pace, whole.links_url, whole.feedback_digests)

    @classmethod
    def preview(
        cls,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures,
        settings: Sequence[EmailSettings],  # noqa: ARG003
    ) -> Preview:
        """The message as mail programs show it, without the links of a recipient."""
        page = self_contained(templates.fitted(edition), pictures)
        return Preview(page, page)

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        """One message; what is a recipient's own is filled in when it is sent."""
        links = self._links(edition, url)
        shown = linked_to_list(edition, url) if links and url else edition
        html, text = templates.fitted(shown, links), templates.text(shown, links)
        message = build_email(
            edition, html, text, self._smtp.sender, pictures, links, self._smtp.reply_to
        )
        return Rendition(self.name, self.kind, self.settings.to, (message,), personal=True)

    def _links(self, edition: Edition, url: str) -> Links | None:
        if self._public_url:
            wanted = configured(edition.digest) in self._feedback
            return links_of(edition, self._public_url, url, feedback=wanted)
        address = self._smtp.read_by
        return mail_links(edition, address) if address else None

    def plainer(self, payload: bytes) -> bytes | None:
        """The message with its text only, for a server that finds the whole too large."""
        return text_only(payload)

    def greeting(self, line: str) -> bytes:
        """A mail of one line."""
        # Hardly ever asked for.
        from digest.rendering.email.greeting import build_greeting

        return build_greeting(line, self._smtp.sender, datetime.now(UTC))

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[_Session]:
        """All messages go over one connection, as long as the server keeps it open."""
        async with self._connection() as connection:
            yield _Session(connection, self._signer())

    def _signer(self) -> Signer | None:
        dkim = self._smtp.dkim
        if dkim is None:
            return None
        # An extra, which few have.
        from digest.rendering.email.dkim import Signer

        return Signer(dkim.domain, dkim.selector, dkim.key.get_secret_value())

    async def check(self) -> str:
        """Connect, encrypt, log in."""
        async with self._connection() as connection:
            await connection.connect()
        smtp = self._smtp
        encryption = "without encryption" if smtp.security == "none" else smtp.security
        login = f"logged in as {smtp.username}" if smtp.username else "without a login"
        return f"{with_port(smtp.host, smtp.port)} answers, {encryption}, {login}"

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[SmtpConnection]:
        # What only sending needs is loaded when something is sent.
        from digest.channels.email.smtp import SmtpConnection

        connection = SmtpConnection(self._smtp, self._tls)
        try:
            yield connection
            await connection.say_goodbye()
        finally:
            connection.close()


class _Session:
    def __init__(self, connection: SmtpConnection, signer: Signer | None) -> None:
        self._connection = connection
        self._signer = signer
        self._payload = b""
        self._prepared = Personal(b"", b"")

    @property
    def begun(self) -> bool:
        """Whether a byte of the last message may have left."""
        return self._connection.begun

    async def send(self, delivery: Delivery) -> str:
        """Hand the message to the server; the receipt is its answer."""
        self._connection.begun = False
        try:
            recipient = mailbox(delivery.recipient)
            message = self._message(delivery)
        except ValueError as error:
            # An address of before there were checks, or a message that is not ours.
            raise DeliveryError(f"it cannot be sent by email: {error}", "failed") from error
        return await self._connection.send(recipient.addr_spec, message)

    def _message(self, delivery: Delivery) -> bytes:
        """The whole, as the wire has it."""
        headers = personal_headers(delivery.recipient, delivery.message_id)
        if self._signer:
            headers = self._signer.signature(headers, delivery.payload, delivery.token) + headers
        check_fields(headers.removesuffix(b"\r\n"))
        return headers + self._prepare(delivery.payload).with_token(delivery.token)

    def _prepare(self, payload: bytes) -> Personal:
        """The payload for the wire; one edition's is prepared once for all its recipients."""
        from digest.channels.email.wire_format import on_the_wire

        if payload != self._payload:
            check_fields(_OF_EVERYBODY + payload.partition(b"\r\n\r\n")[0])
            self._payload = payload
            self._prepared = Personal(on_the_wire(payload), marker_of(payload))
        return self._prepared
