"""Servers that behave as a test writes it, for what well-behaved ones never do."""

from __future__ import annotations

import socket
import sys
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator


@contextmanager
def serving(talk: Callable[[socket.socket], None], host: str = "127.0.0.1") -> Iterator[int]:
    """The port of a server that lets `talk` have each connection, one after the other."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family)
    stopping = threading.Event()
    # Second handles, which can still hang up when TLS has taken over the first.
    handles: list[socket.socket] = []

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                if stopping.is_set():
                    return
                handles.append(connection.dup())
                talk(connection)
            _hang_up(handles[-1])

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        socket.create_connection(listener.getsockname()[:2]).close()
        for handle in handles:
            _hang_up(handle)
        thread.join()
        for handle in handles:
            handle.close()
        listener.close()


def _hang_up(handle: socket.socket) -> None:
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


@dataclass
class SmtpScript:
    """An SMTP server that answers each verb as `replies` says; None drops the connection.

    `connect` is the greeting, `.` the end of the message, `MAIL 2` the second MAIL of all. What is
    heard is kept, with whether it was encrypted.
    """

    replies: dict[str, str | None] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    tls_from_the_start: bool = False
    messages_per_connection: int = sys.maxsize
    connections: int = 0
    heard: list[tuple[bool, bytes]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def verbs(self) -> list[str]:
        return [line.split(b" ")[0].decode().upper() for _, line in self.heard]

    @property
    def in_clear(self) -> bytes:
        return b"\n".join(line for encrypted, line in self.heard if not encrypted)

    def talk(self, connection: socket.socket) -> None:
        self.connections += 1
        if self.tls and self.tls_from_the_start:
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection:
            if self._answer(connection, "connect", "220 ready"):
                self._listen(connection, encrypted=self.tls_from_the_start)

    def _listen(self, connection: socket.socket, *, encrypted: bool) -> None:
        last = len(self.messages) + self.messages_per_connection
        with connection, connection.makefile("rb") as lines:
            while line := lines.readline():
                self.heard.append((encrypted, line.rstrip()))
                verb = self.verbs[-1]
                if not self._answer(connection, verb, self._default(verb)):
                    return
                if verb == "STARTTLS" and self.tls:
                    self._listen(self.tls.wrap_socket(connection, server_side=True), encrypted=True)
                    return
                if verb == "DATA" and self._reply(verb, "354 go on") == "354 go on":
                    self.messages.append(_message(lines))
                    if not self._answer(connection, ".", "250 queued"):
                        return
                    if len(self.messages) == last:
                        return

    def _default(self, verb: str) -> str:
        match verb:
            case "EHLO":
                lines = ["localhost", *self.capabilities]
                return "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"])
            case "DATA":
                return "354 go on"
            case "AUTH":
                return "235 welcome"
            case "QUIT":
                return "221 bye"
            case "STARTTLS":
                return "220 go ahead"
            case _:
                return "250 OK"

    def _reply(self, verb: str, default: str) -> str | None:
        return self.replies.get(f"{verb} {self.asked[verb]}", self.replies.get(verb, default))

    def _answer(self, connection: socket.socket, verb: str, default: str) -> bool:
        self.asked[verb] += 1
        reply = self._reply(verb, default)
        if reply is None:
            return False
        connection.sendall(reply.encode() + b"\r\n")
        return not reply.startswith("421")


def _message(lines: Iterator[bytes]) -> bytes:
    """The lines up to the one with only a dot, as they came."""
    message = b""
    for line in lines:
        if line == b".\r\n":
            break
        message += line
    return message
