"""Ten thousand links that are made up, over real connections: refused, bounded, counted."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import resource
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from digest.signing.tokens import Confirmation, Tokens
from digest.signing.web_links import digest_feed_url, edition_url
from tests.feed_xml import NOW
from tests.store import build
from tests.web.site import serve, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.site import Servers, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST, MANY = 2_000, 10_000
CONNECTIONS, AT_ONCE = 20, 25
MOST_BYTES = 5_000_000
SHAPE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# An address that is much longer is no HTTP any more.
LONGEST = 7_000
FORM = b"do=unsubscribe"
STATUS = re.compile(rb"HTTP/1\.1 (\d+) ")


def paths(key: bytes, channel: str = "inbox", digest: str = "weekly") -> list[str]:
    """A path of each kind, as an installation with this key makes them."""
    tokens, until = Tokens(key), NOW + timedelta(days=3650)
    reader = tokens.of_recipient(channel, "ada@one.example")
    asked = tokens.of_confirmation(Confirmation(channel, "eve@one.example", until))
    edition, feed = edition_url("", key, digest, NOW), digest_feed_url("", key, digest)
    return [f"/u/{reader}", f"/p/{reader}", f"/confirm/{asked}", edition, feed]


def token_of(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".atom")


def spoiled(path: str, rng: random.Random) -> str:
    """The path with a token that is random, cut off, other by one bit, or far too long."""
    token = other = token_of(path)
    at = rng.randrange(1, len(token))
    match rng.randrange(4):
        case 0:
            other = "".join(rng.choices(SHAPE, k=len(token)))
        case 1:
            other = token[:at]
        case 2:
            other = f"{token[:at]}{chr(ord(token[at]) ^ 1 << rng.randrange(7))}{token[at + 1 :]}"
        case 3:
            other += "".join(rng.choices(SHAPE, k=rng.randrange(1, LONGEST)))
    return path.replace(token, quote(other, safe=""))


def bad_paths(key: bytes) -> Iterator[str]:
    """Paths that are near to good ones, for ever."""
    rng = random.Random(7)
    ours, others = paths(key), paths(key, "elsewhere", "other")
    unsubscribe, _, confirm, edition, feed = ours
    while True:
        yield from (spoiled(path, rng) for path in ours)
        # Signed by another installation.
        yield from paths(rng.randbytes(32))
        # Of another kind.
        yield f"/u/{token_of(confirm)}"
        yield f"/p/{token_of(edition)}"
        yield f"/confirm/{token_of(unsubscribe)}"
        # Of a list that is closed, and of another digest.
        yield from others[2:3]
        yield from (one.replace("other", "weekly") for one in others[3:])
        yield from (one.replace("weekly", "other") for one in (edition, feed))


def request(number: int, path: str) -> bytes:
    head = f"{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
    if number % 4 or path.startswith(("/e/", "/digests/")):
        return b"GET %s\r\n" % head
    kind = b"Content-Type: application/x-www-form-urlencoded"
    return b"POST %s%s\r\nContent-Length: %d\r\n\r\n%s" % (head, kind, len(FORM), FORM)


class Flood:
    """Sends requests over many connections, on each without waiting for the answers before."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.statuses: Counter[bytes] = Counter()
        self.half = asyncio.Event()

    async def send(self, requests: list[bytes]) -> None:
        shares = (requests[number::CONNECTIONS] for number in range(CONNECTIONS))
        await asyncio.gather(*map(self._send, shares))

    async def _send(self, requests: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        with closing(writer):
            for start in range(0, len(requests), AT_ONCE):
                some = requests[start : start + AT_ONCE]
                writer.write(b"".join(some))
                self.statuses.update(STATUS.findall(await _pages(reader, len(some))))
                if self.statuses.total() > MANY // 2:
                    self.half.set()


async def _pages(reader: asyncio.StreamReader, number: int) -> bytes:
    said = b""
    while said.count(b"</html>") < number:
        more = await reader.read(2**16)
        assert more, said
        said += more
    return said


def resident() -> int:
    """How many bytes of memory this process has."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


async def look(site: Site, path: str) -> float:
    """How long a good link takes, in seconds."""
    begin = time.perf_counter()
    assert (await site.answer(path))[0].status == 200
    return time.perf_counter() - begin


async def test_ten_thousand_links_that_are_made_up(
    tmp_path: Path, servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(settings_for(tmp_path, servers), tmp_path) as site:
        await site.send()
        key = await site.daemon.read(lambda store: store.keys.key("links"))
        (due,) = await site.daemon.read(lambda store: store.archive.editions(("weekly",), 1))
        good = [paths(key)[0], edition_url("", key, "weekly", due.scheduled_for)]
        before = await site.daemon.read(build.dump)
        requests = [request(*one) for one in enumerate(islice(bad_paths(key), MANY))]
        caplog.set_level(logging.INFO)
        caplog.clear()

        flood = Flood(site.serving.port)
        # What is kept for ever, like buffers and compiled templates, is there after some of them.
        await flood.send(requests[:FIRST])
        for path in good:
            await look(site, path)
        held = resident()
        rest = asyncio.create_task(flood.send(requests[FIRST:]))
        await flood.half.wait()
        seconds = [await look(site, path) for path in good]
        assert not rest.done()
        await rest

        assert flood.statuses == {b"404": MANY}
        assert max(seconds) < 1
        assert resident() - held < MOST_BYTES
        assert await site.daemon.read(build.dump) == before
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [(one.message, one.__dict__["fields"]) for one in told] == [
        ("readers' links refused", {"count": MANY})
    ]
