"""A server that writes bytes as a test wishes, for answers no well-behaved server gives."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class RawServer:
    """Reads a request's head, then lets `answer` write to the socket; `stopping` ends drips.

    `heads` are those of all requests, as they came.
    """

    def __init__(self, answer: Callable[[socket.socket], None], host: str, port: int) -> None:
        self.heads: list[bytes] = []
        self.stopping = threading.Event()
        self._answer = answer
        self._listener = socket.create_server((host, port))
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self._listener.getsockname()[:2])

    @property
    def requests(self) -> int:
        return len(self.heads)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            connection, _ = self._listener.accept()
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                received = connection.recv(65_536)
                if not received:
                    return
                head += received
            self.heads.append(head)
            self._answer(connection)

    def stop(self) -> None:
        self.stopping.set()
        # Wakes the thread that waits for a connection.
        socket.create_connection(self._listener.getsockname()).close()
        self._threads[0].join()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()


@contextmanager
def raw_server(
    answer: Callable[[socket.socket], None], host: str = "127.0.0.1", port: int = 0
) -> Iterator[RawServer]:
    """A running server; at port 0, on any that is free."""
    server = RawServer(answer, host, port)
    try:
        yield server
    finally:
        server.stop()
