"""A server of the corpus in a process of its own, so that its CPU is nobody else's.

Used by the benchmarks; by hand:

    python -m tests.benchmarks.feed_server [--feeds 1000] [--large 0] [--gzip]

It prints its address. Small feeds are at /0.xml, /1.xml and on, large ones at /large-0.xml and on;
/control?conditional=1&base=first&new=none chooses what they answer and tells what was asked since:
`base` is `first` or `restamped`, `new` says which have one new entry: `none`, `tenth` or `all`.
ETag and Last-Modified are sent in any case; where not `conditional`, nobody looks at them.
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
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from tests.benchmarks.corpus import BUILT, LARGE, SMALL, make_feed

if TYPE_CHECKING:
    from types import TracebackType

_AGES = {"first": 0, "restamped": 1, "one_new": 2}


@dataclass(frozen=True)
class Mode:
    """What the feeds answer."""

    conditional: bool = True
    base: str = "first"
    new: str = "none"


@dataclass(frozen=True)
class Asked:
    """How many answers there were since the last change of mode."""

    whole: int
    not_modified: int
    feeds: int


class _Answers:
    """One version of a feed, ready to be sent."""

    def __init__(self, body: bytes, version: str, *, zipped: bool) -> None:
        etag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'
        modified = format_datetime(BUILT + timedelta(hours=_AGES[version]), usegmt=True)
        validators = f"ETag: {etag}\r\nLast-Modified: {modified}\r\n"
        self.etag, self.modified = etag.encode(), modified.lower().encode()
        self.unchanged = f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode()
        self.whole = self._whole(validators, body)
        self.zipped = None
        if zipped:
            more = f"{validators}Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
            self.zipped = self._whole(more, gzip.compress(body, mtime=0))

    @staticmethod
    def _whole(headers: str, body: bytes) -> bytes:
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml; charset=utf-8\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def matches(self, request: bytes) -> bool:
        """Whether a request, in lower case, has the validators of this version."""
        asked = _header(request, b"if-none-match")
        if asked is not None:
            return self.etag in asked
        return _header(request, b"if-modified-since") == self.modified


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
                for version, body in asdict(make_feed(number, entries)).items()
            }
            for path, number, entries in feeds
        }
        self.switch(Mode())

    def switch(self, mode: Mode) -> None:
        self._mode = mode
        self._whole = self._not_modified = 0
        self._asked: set[bytes] = set()
        every = {"none": 0, "tenth": 10, "all": 1}[mode.new]
        self._now = {
            path: versions["one_new" if every and self._numbers[path] % every == 0 else mode.base]
            for path, versions in self._feeds.items()
        }

    def answer(self, request: bytes) -> bytes:
        target = request[4 : request.find(b" ", 4)]
        answers = self._now.get(target)
        if answers is None:
            return self._control(target)
        request = request.lower()
        self._asked.add(target)
        if self._mode.conditional and answers.matches(request):
            self._not_modified += 1
            return answers.unchanged
        self._whole += 1
        if answers.zipped and b"gzip" in (_header(request, b"accept-encoding") or b""):
            return answers.zipped
        return answers.whole

    def _control(self, target: bytes) -> bytes:
        path, _, query = target.decode().partition("?")
        if path != "/control":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        asked = Asked(self._whole, self._not_modified, len(self._asked))
        wanted = dict(parse_qsl(query))
        self.switch(Mode(wanted["conditional"] == "1", wanted["base"], wanted["new"]))
        body = json.dumps(asdict(asked))
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


class _Connection(asyncio.Protocol):
    def __init__(self, site: _Site) -> None:
        self._site = site
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            request, self._received = self._received[: end + 4], self._received[end + 4 :]
            self._transport.write(self._site.answer(request))
            if b"connection: close" in request.lower():
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
        query = urlencode(asdict(mode) | {"conditional": int(mode.conditional)})
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
