"""An SMTP server that only counts: as cheap as it can be, in a process of its own.

    python -m tests.benchmarks.smtp_sink

Prints its port. At QUIT it prints, as one line of JSON, what it took over that connection:
`messages`, `recipients` and `message_ids` that differ, and `bytes`.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

_ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
_MESSAGE_ID = re.compile(rb"^Message-ID: (.*)\r$", re.MULTILINE | re.IGNORECASE)
_HEAD_BYTES = 1_000


class Sink(asyncio.Protocol):
    """One connection: commands one at a time, messages told from their last five bytes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._in_message = False
        self._head = self._tail = b""
        self._messages = self._bytes = 0
        self._recipients: set[bytes] = set()
        self._message_ids: set[bytes] = set()
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        if self._in_message:
            self._take(data)
        else:
            self._answer(data)

    def _answer(self, command: bytes) -> None:
        verb = command[:4].upper()
        if verb == b"RCPT":
            self._recipients.add(command[8:])
        self._in_message = verb == b"DATA"
        self._transport.write(_ANSWERS.get(verb, b"250 OK\r\n"))
        if verb == b"QUIT":
            self._tell()

    def _take(self, data: bytes) -> None:
        self._bytes += len(data)
        if len(self._head) < _HEAD_BYTES:
            self._head += data[:_HEAD_BYTES]
        self._tail = (self._tail + data)[-5:]
        if self._tail != b"\r\n.\r\n":
            return
        if found := _MESSAGE_ID.search(self._head):
            self._message_ids.add(found[1])
        self._messages += 1
        self._in_message = False
        self._head = self._tail = b""
        self._transport.write(b"250 OK: queued\r\n")

    def _tell(self) -> None:
        taken = {
            "messages": self._messages,
            "recipients": len(self._recipients),
            "message_ids": len(self._message_ids),
            "bytes": self._bytes,
        }
        print(json.dumps(taken), flush=True)
        self._transport.close()


async def main() -> None:
    """Listen until the standard input is closed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
