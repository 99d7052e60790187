"""Real servers on 127.0.0.1 for tests: HTTP for feeds and Slack, SMTP for mail."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from tests import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Reply:
    """What a server answers; `hold` is waited for before it does."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        reply = self.server.reply_to(Seen(self.command, self.path, dict(self.headers), body))
        if reply.hold:
            reply.hold.wait(limits.seconds(60))
        content = reply.body.encode() if isinstance(reply.body, str) else reply.body
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers and reply.status != 304:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # The default of 5 drops connections when many come at once.
    request_queue_size = 256

    def __init__(self, reply_to: Callable[[Seen], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply_to = reply_to
        self._stopping = False

    def serve(self) -> None:
        """Answer until `stop`; unlike `serve_forever` it notices that at once."""
        while not self._stopping:
            self.handle_request()

    def stop(self) -> None:
        self._stopping = True
        # It waits for a request, so it gets the last one.
        socket.create_connection(("127.0.0.1", self.server_port)).close()

    def handle_error(self, request: object, client_address: object) -> None:
        # A client may hang up; anything else is the test's own mistake, and shown.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class HttpServer:
    """Answers each path with what `replies` has for it: a reply, or a function of the request."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply | Callable[[Seen], Reply]] = {}
        # Answers what has no reply of its own.
        self.service: Callable[[Seen], Reply] | None = None
        self.seen: list[Seen] = []
        self.arrived = threading.Event()
        self._server = _Server(self._reply_to)
        self._thread = threading.Thread(target=self._server.serve)

    def _reply_to(self, request: Seen) -> Reply:
        self.seen.append(request)
        self.arrived.set()
        reply = self.reply_at(request.path)
        return reply(request) if callable(reply) else reply

    def reply_at(self, path: str) -> Reply | Callable[[Seen], Reply]:
        """What there is at a path, with its query."""
        return self.replies.get(path, self.service or Reply(b"nothing here", 404))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def requests_to(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.stop()
        self._thread.join()
        self._server.server_close()


@dataclass
class Mail:
    """A message as it arrived for one recipient."""

    recipient: str
    sender: str
    raw: bytes


class MailServer:
    """A real SMTP server that keeps messages.

    `refuse_recipient` and `refuse_data` are asked for a reply; None accepts. `hold` is waited
    for, in the background, before the answer to the final dot. `drop` closes the connection in
    place of that answer.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.refuse_recipient: Callable[[str], str | None] = lambda _: None
        self.refuse_data: Callable[[Mail], str | None] = lambda _: None
        self.hold: threading.Event | None = None
        self.drop: Callable[[Mail], bool] = lambda _: False
        self.arrived = threading.Event()
        self.smtp_options: dict[str, Any] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._ready = threading.Event()
        self.port = 0

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, session, options
        refusal = self.refuse_recipient(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del session
        raw = envelope.content
        mail = Mail(envelope.rcpt_tos[0], envelope.mail_from, raw)
        refusal = self.refuse_data(mail)
        if refusal:
            return refusal
        self.mails += [Mail(to, envelope.mail_from, raw) for to in envelope.rcpt_tos]
        self.arrived.set()
        if self.hold:
            await self._loop.run_in_executor(None, self.hold.wait, 60)
        if self.drop(mail):
            server.transport.abort()
        return "250 OK: queued"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def listen() -> asyncio.Server:
            return await self._loop.create_server(
                lambda: SMTP(self, hostname="localhost", loop=self._loop, **self.smtp_options),
                "127.0.0.1",
                0,
            )

        server = self._loop.run_until_complete(listen())
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def start(self) -> None:
        self._thread.start()
        self._ready.wait(limits.seconds(10))

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@contextmanager
def running(*servers: HttpServer | MailServer) -> Iterator[None]:
    """Start servers, and stop them at the end."""
    for server in servers:
        server.start()
    try:
        yield
    finally:
        for server in servers:
            server.stop()
