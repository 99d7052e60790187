"""Whoever has the link of a reader or an edition can use it: no line of the log has one."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp.http_exceptions import BadHttpMethod, InvalidURLError, LineTooLong

from digest.log import JsonFormatter, Redactor
from digest.web.refusals import Refusals, http_logger, tellable
from tests import limits
from tests.web.test_bad_links import paths, token_of

if TYPE_CHECKING:
    from aiohttp.http_exceptions import HttpProcessingError

    from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "Content-Type: application/x-www-form-urlencoded"
SHOWN = ["/u/…", "/p/…", "/confirm/…", "/e/…", "/digests/weekly/…"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def good(site: Site) -> list[str]:
    """A good path of each kind."""
    return paths(await site.daemon.read(lambda store: store.keys.key("links")))


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Everything that was logged, whole."""
    formatter = JsonFormatter(Redactor())
    return [formatter.format(record) for record in caplog.records]


async def ask(site: Site, first_line: str, *more: str, body: bytes = b"") -> bytes:
    """How the answer to a request begins; nothing where the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.serving.port)
    said = [first_line, *(more or ("Host: 127.0.0.1",)), "Connection: close", "", ""]
    writer.write("\r\n".join(said).encode() + body)
    try:
        async with asyncio.timeout(limits.seconds(10)):
            return await reader.readline()
    finally:
        writer.close()


def status(answer: bytes) -> int:
    return int(answer.split()[1]) if answer else 0


# A body that cannot be read is none where it is of no matter.
FORGIVEN = {"too large", "too slow", "no form"}


def requests(path: str) -> dict[str, tuple[int, tuple[str, ...], bytes]]:
    """Requests with the path that are refused: the answer's status, their lines and body."""
    host, post = "Host: 127.0.0.1", f"POST {path} HTTP/1.1"
    large = b"do=" + b"x" * 200_000
    at_length = f"Content-Length: {len(large)}"
    return {
        "too large": (413, (post, host, FORM, at_length), large),
        "too slow": (408, (post, host, FORM, "Content-Length: 99"), b"do="),
        "no form": (400, (post, host, FORM + "; charset=nonsense", "Content-Length: 1"), b"\xff"),
        "no method": (405, (f"PUT {path} HTTP/1.1", host), b""),
        "no name": (421, (f"GET {path} HTTP/1.1", "Host: evil.example"), b""),
        "no host": (400, (f"GET {path} HTTP/1.1", "Host: a b"), b""),
        "two hosts": (400, (f"GET http://evil.example{path} HTTP/1.1", host), b""),
        "no page": (404, (f"GET {path}/more HTTP/1.1", host), b""),
        "no folder": (404, (f"GET /{token_of(path)} HTTP/1.1", host), b""),
        "escaped": (404, (f"GET /{quote(path[1:], safe='')} HTTP/1.1", host), b""),
        "no HTTP": (400, (f"GET {path} HTTP/9.9", host), b""),
        "no words": (400, (f"{path} HTTP/1.1", host), b""),
        "no line": (400, (f"GET {path}?{'x' * 10_000} HTTP/1.1", host), b""),
        "no header": (400, (f"GET {path} HTTP/1.1", f"{path}\x00: x"), b""),
    }


async def test_no_refusal_tells_a_token(
    site: Site, good: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("digest.web.site._BODY_SECONDS", 0.05)
    caplog.set_level(logging.DEBUG)
    for path in good:
        for what, (expected, head, body) in requests(path).items():
            if path.startswith("/u/") and what in FORGIVEN:
                continue
            caplog.clear()
            assert status(await ask(site, *head, body=body)) == expected, (what, path)
            told = lines(caplog)
            assert sum('"event": "refused"' in line for line in told) == 1, (what, told)
            assert not [line for line in told if token_of(path) in line], what


async def test_a_form_of_another_site_tells_none(
    site: Site, good: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for path in good:
        head = (FORM, "Content-Length: 0", "Host: 127.0.0.1", "Sec-Fetch-Site: cross-site")
        referer = f"Referer: http://127.0.0.1{path}"
        assert status(await ask(site, "POST /login HTTP/1.1", *head, referer)) == 403
        assert not [line for line in lines(caplog) if token_of(path) in line]


async def test_neither_does_who_is_given_up(
    site: Site, good: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(site.serving._connections, "_patience", 0.05)
    caplog.set_level(logging.DEBUG)
    reader, writer = await asyncio.open_connection("127.0.0.1", site.serving.port)
    writer.write(f"GET {good[0]} HTTP/1.1\r\nHost: 127".encode())
    async with asyncio.timeout(limits.seconds(5)):
        assert await reader.read() == b""
    writer.close()
    told = lines(caplog)
    assert any('"reason": "too slow"' in line for line in told)
    assert not [line for line in told if token_of(good[0]) in line]


async def test_nor_a_bug(
    site: Site, good: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("digest.web.public.answer", None)
    assert status(await ask(site, f"GET {good[0]} HTTP/1.1")) == 500
    (line,) = lines(caplog)
    assert '"path": "/u/\\u2026"' in line
    assert token_of(good[0]) not in line


async def test_what_is_told_of_a_path(good: list[str]) -> None:
    assert [tellable(path) for path in good] == SHOWN
    # The page of a story has the tokens of a reader and of an edition.
    feedback = f"/f/{token_of(good[0])}{good[3].removeprefix('/e')}/12/more"
    assert tellable(feedback) == "/f/…"
    for path in (
        "/",
        "/deliveries/4711/retry",
        "/.git/config",
        "/wp-login.php",
        "/static/style.css",
    ):
        assert tellable(path) == path
    assert len(tellable("/a" * 5_000)) <= 200


# What aiohttp's parser in Python says, which stands in where the one in C was not built.
UNREADABLE = [
    BadHttpMethod("GET\x01/u/AAAAAAAAAAAAAAAAAAAAAAAAA HTTP/1.1"),
    InvalidURLError("/u/AAAAAAAAAAAAAAAAAAAAAAAAA\x01"),
    LineTooLong(b"GET /u/AAAAAAAAAAAAAAAAAAAAAAAAA..."),
]


@pytest.mark.parametrize("error", UNREADABLE, ids=lambda one: type(one).__name__)
async def test_what_is_no_http_is_not_quoted(
    error: HttpProcessingError, caplog: pytest.LogCaptureFixture
) -> None:
    http_logger(Refusals()).error("Error handling request from %s", "::1", exc_info=error)
    (line,) = lines(caplog)
    assert '"event": "refused"' in line
    assert "AAAA" not in line
