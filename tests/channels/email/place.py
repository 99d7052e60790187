"""A mailbox behind a real mail server."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import Place
from tests.servers import MailServer

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Edition


class Mailbox(Place):
    kind = "email"
    example: ClassVar[dict[str, Any]] = {"kind": "email", "to": "ada@example.com"}
    patience = timedelta(minutes=10)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = MailServer()
        self.port = 0

    def start(self) -> None:
        self.server.start()
        self.port = self.server.port

    def stop(self) -> None:
        if self.port == self.server.port:
            self.go_down()

    def smtp(self) -> dict[str, Any]:
        smtp = {"host": "127.0.0.1", "port": self.port, "from": "digest@example.com"}
        # Only a server that cannot be reached sees a login, for no other takes it in clear.
        login = {"username": "digest", "password": "s3cr3t-p4ssw0rd"}
        return smtp | ({"security": "none"} if self.server.port else login)

    def arrived(self) -> list[bytes]:
        return [mail.raw for mail in self.server.mails]

    def shown(self) -> bytes:
        """The text; the HTML has no more stories than Gmail shows whole."""
        mails = [message_from_bytes(raw, policy=default) for raw in self.arrived()]
        texts = [mail.get_body(("plain",)) for mail in mails]
        return b"".join(text.get_content().encode() for text in texts if text)

    def go_down(self) -> None:
        self.server.stop()
        self.server.port = 0

    def refuse_for_good(self) -> None:
        self.server.refuse_recipient = lambda _: "550 no such user"

    @classmethod
    def golden(cls, edition: Edition) -> dict[str, str]:
        """Nothing beside the templates, which the golden tests have themselves."""
        del edition
        return {}
