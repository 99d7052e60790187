"""A server of the corpus in a process of its own, so that its CPU is nobody else's.

Used by the benchmarks; by hand:

    python -m tests.benchmarks.feed_server [--feeds 1000] [--large 0] [--gzip]

It prints its address. Small feeds are at /0.xml, /1.xml and on, large ones at /large-0.xml and on;
/control?conditional=1&restamped=0&new=none chooses what they answer and tells what was asked since;
`new` says which have one new entry: `none`, `tenth` or `all`.
Where not `conditional`, there is no ETag and no Last-Modified. Every answer closes its connection:
most feeds are alone on their host.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import subprocess
import sys
import urllib.request
from dataclasses import asdict, dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from tests.benchmarks.corpus import LARGE, SMALL, Version, make_feed, stamp_of

if TYPE_CHECKING:
    from types import TracebackType

_CLOSE = "Connection: close\r\n\r\n"
_PARTS = {"none": 0, "tenth": 10, "all": 1}


@dataclass(frozen=True)
class Mode:
    """What the feeds answer."""

    conditional: bool = True
    restamped: bool = False
    new: str = "none"


@dataclass(frozen=True)
class Asked:
    """How many answers there were since the last change of mode."""

    whole: int
    not_modified: int
    feeds: int


class _Answers:
    """One version of a feed, ready to be sent."""

    def __init__(self, body: bytes, version: Version, *, zipped: bool) -> None:
        etag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        modified = format_datetime(stamp_of(version), usegmt=True)
        validators = f"ETag: {etag}\r\nLast-Modified: {modified}\r\n"
        self._etag, self._modified = etag.encode(), modified.lower().encode()
        self._unchanged = f"HTTP/1.1 304 Not Modified\r\n{validators}{_CLOSE}".encode()
        self._validators = validators.encode()
        self._whole = self._ready(body)
        gzipped = "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
        self._zipped = self._ready(gzip.compress(body, mtime=0), gzipped) if zipped else None

    @staticmethod
    def _ready(body: bytes, headers: str = "") -> bytes:
        """What follows the validators."""
        head = (
            f"Content-Type: application/xml; charset=utf-8\r\n{headers}"
            f"Content-Length: {len(body)}\r\n{_CLOSE}"
        )
        return head.encode() + body

    def to(self, request: bytes, *, conditional: bool) -> tuple[int, bytes]:
        """The status, and the whole answer to a request in lower case."""
        if conditional and self._matches(request):
            return 304, self._unchanged
        ready = self._whole
        if self._zipped and b"gzip" in (_header(request, b"accept-encoding") or b""):
            ready = self._zipped
        validators = self._validators if conditional else b""
        return 200, b"HTTP/1.1 200 OK\r\n" + validators + ready

    def _matches(self, request: bytes) -> bool:
        asked = _header(request, b"if-none-match")
        if asked is not None:
            return self._etag in asked
        return _header(request, b"if-modified-since") == self._modified


def _header(request: bytes, name: bytes) -> bytes | None:
    start = request.find(b"\r\n" + name + b":")
    if start < 0:
        return None
    start += len(name) + 3
    return request[start : request.find(b"\r\n", start)].strip()


class _Site:
    """All feeds, and which of their versions they serve."""

    def __init__(self, small: int, large: int, *, zipped: bool) -> None:
        feeds = [(f"/{n}.xml", n, SMALL) for n in range(small)]
        feeds += [(f"/large-{n}.xml", n, LARGE) for n in range(large)]
        self._numbers = {path.encode(): number for path, number, _ in feeds}
        self._feeds = {
            path.encode(): {
                version: _Answers(body, version, zipped=zipped)
                for version, body in make_feed(number, entries).items()
            }
            for path, number, entries in feeds
        }
        self.switch(Mode())

    def switch(self, mode: Mode) -> None:
        self._mode = mode
        self._statuses = {200: 0, 304: 0}
        self._asked: set[bytes] = set()
        part = _PARTS[mode.new]
        self._now = {}
        for path, versions in self._feeds.items():
            is_new = part > 0 and self._numbers[path] % part == 0
            self._now[path] = versions[Version(is_new, mode.restamped)]

    def answer(self, request: bytes) -> bytes:
        target = request[4 : request.find(b" ", 4)]
        answers = self._now.get(target)
        if answers is None:
            return self._control(target)
        self._asked.add(target)
        status, answer = answers.to(request.lower(), conditional=self._mode.conditional)
        self._statuses[status] += 1
        return answer

    def _control(self, target: bytes) -> bytes:
        path, _, query = target.decode().partition("?")
        if path != "/control":
            return f"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n{_CLOSE}".encode()
        asked = Asked(self._statuses[200], self._statuses[304], len(self._asked))
        wanted = dict(parse_qsl(query))
        self.switch(Mode(wanted["conditional"] == "1", wanted["restamped"] == "1", wanted["new"]))
        body = json.dumps(asdict(asked))
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{_CLOSE}{body}".encode()


class _Connection(asyncio.Protocol):
    def __init__(self, site: _Site) -> None:
        self._site = site
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            self._transport.write(self._site.answer(self._received))
            self._transport.close()


class FeedServer:
    """The process, between `with` and its end."""

    def __init__(self, small: int, large: int, *, zipped: bool = False) -> None:
        command = [sys.executable, "-m", __name__, f"--feeds={small}", f"--large={large}"]
        self._command = [*command, *["--gzip"] * zipped]

    def __enter__(self) -> FeedServer:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def switch(self, mode: Mode) -> Asked:
        """Answer like this from now on; tells what was asked until now."""
        flags = {"conditional": int(mode.conditional), "restamped": int(mode.restamped)}
        query = urlencode({**flags, "new": mode.new})
        with urllib.request.urlopen(f"{self.url}/control?{query}") as reply:
            return Asked(**json.load(reply))


async def _serve(site: _Site) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(site), "127.0.0.1", 0, backlog=1000)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--gzip", action="store_true", help="to those that accept it")
    options = parser.parse_args()
    asyncio.run(_serve(_Site(options.feeds, options.large, zipped=options.gzip)))


if __name__ == "__main__":
    main()
