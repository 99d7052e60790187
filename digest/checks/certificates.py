"""How long the certificates of servers are good, noted as connections are made."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.checks import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOON_DAYS = 14


class Certificates:
    """Notes until when the certificate of each host is good that was connected to."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def noting(self, context: ssl.SSLContext) -> ssl.SSLContext:
        """The context, whose connections are noted from now on."""
        until = self._until

        class Noting(ssl.SSLObject):
            def do_handshake(self) -> None:
                super().do_handshake()
                certificate = self.getpeercert() or {}
                if self.server_hostname and "notAfter" in certificate:
                    seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
                    until[self.server_hostname] = datetime.fromtimestamp(seconds, UTC)

        context.sslobject_class = Noting
        return context

    def facts(self, host: str, now: datetime) -> Iterator[str]:
        """How long the host's is good, where it has shown one."""
        if host in self._until:
            yield f"certificate good for {(self._until[host] - now).days} days"

    def troubles(self, host: str, now: datetime) -> Iterator[Trouble]:
        """What is wrong with that."""
        if host in self._until and (self._until[host] - now).days < _SOON_DAYS:
            text = f"its certificate ends on {self._until[host]:%Y-%m-%d}"
            yield Trouble("warn", text, "have whoever runs the server renew it")
