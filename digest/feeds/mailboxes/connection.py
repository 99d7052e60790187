"""A connection to an IMAP server: guarded, verified, with a deadline and a bound on all it says."""

from __future__ import annotations

import imaplib
import socket
import ssl
from contextlib import suppress
from functools import cache
from threading import Timer
from typing import TYPE_CHECKING

from imap_tools import BaseMailBox
from msgspec import Struct

from digest.feeds.http.sockets import allowed_socket, public_socket
from digest.model import repr_without

if TYPE_CHECKING:
    from pathlib import Path
CONNECT_SECONDS = 10.0
# What a server says beside messages, and how many lines of it are kept.
_BESIDE_MESSAGES = 2_000_000
_MOST_LINES = 50_000
_CHUNK = 65_536


class Place(Struct, frozen=True):
    """A folder, and how to get at it; of `password` and `access_token` one is there."""

    host: str
    port: int
    tls: str
    username: str
    folder: str
    password: str | None = None
    access_token: str | None = None
    ca_file: Path | None = None

    __repr__ = repr_without("password", "access_token")


class TooMuchError(Exception):
    """A server says more than it was asked for."""


@cache
def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


class Deadline:
    """Ends a connection when its seconds are over, whatever waits for the server then."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sock: socket.socket | None = None
        self._timer = Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._sock:
            self._sock.close()

    def watch(self, sock: socket.socket) -> None:
        """Have this one ended then, and closed at the end."""
        self._sock = sock
        if self.is_over:
            self._expire()

    def _expire(self) -> None:
        self.is_over = True
        if self._sock:
            with suppress(OSError):
                # Past the encryption, which is for one thread alone.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class Client(imaplib.IMAP4):
    """An IMAP client that reads no more than it may, over one socket that has a deadline."""

    def __init__(self, place: Place, size: int, deadline: Deadline, *, private: bool) -> None:
        self._place = place
        self._private = private
        self._deadline = deadline
        self._left = size + _BESIDE_MESSAGES
        self._lines = _MOST_LINES
        self._buffer = bytearray()
        super().__init__(place.host, place.port)
        if place.tls == "starttls":
            self._start_tls()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Connect, with encryption where that is implicit."""
        del timeout
        self.host, self.port = host, port
        self.sock = _connected(host, port, private=self._private)
        self._deadline.watch(self.sock)
        if self._place.tls == "implicit":
            self._encrypt()

    def _start_tls(self) -> None:
        status, data = self._simple_command("STARTTLS")
        if status != "OK":
            raise self.error(data)
        self._encrypt()

    def _encrypt(self) -> None:
        # What came in clear counts for nothing from here on: anybody may have written it.
        self._buffer.clear()
        self.sock = _trusted(self._place.ca_file).wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self._deadline.watch(self.sock)
        self.sock.do_handshake()

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end of the connection."""
        if size > self._left + len(self._buffer):
            raise TooMuchError
        while len(self._buffer) < size and self._fill():
            pass
        return self._taken(size)

    def readline(self) -> bytes:
        """A line, or what is left at the end of the connection."""
        self._lines -= 1
        if self._lines < 0:
            raise TooMuchError
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if not self._fill():
                return self._taken(searched)
        return self._taken(end + 1)

    def _fill(self) -> bool:
        received = self.sock.recv(min(_CHUNK, self._left + 1))
        self._left -= len(received)
        if self._left < 0:
            raise TooMuchError
        self._buffer += received
        return bool(received)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def shutdown(self) -> None:
        """Close the connection."""
        self.sock.close()


def _connected(host: str, port: int, *, private: bool) -> socket.socket:
    """A socket that is connected to the first address that takes it."""
    make = allowed_socket if private else public_socket
    failure: OSError | None = None
    for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            sock = make(info)
        except OSError as error:
            failure = failure or error
            continue
        try:
            sock.settimeout(CONNECT_SECONDS)
            sock.connect(info[4])
        except OSError as error:
            sock.close()
            failure = failure or error
        else:
            # From here on the deadline of the whole counts.
            sock.settimeout(None)
            return sock
    raise failure or OSError("the host has no address")


class MailBox(BaseMailBox):
    """A mailbox over such a connection."""

    def __init__(self, client: Client) -> None:
        self._client = client
        super().__init__()

    def _get_mailbox_client(self) -> Client:
        return self._client
