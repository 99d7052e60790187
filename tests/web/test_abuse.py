"""What is done to a server that others can reach: refused, bounded, logged."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import re
from typing import TYPE_CHECKING

import pytest

from tests import limits

if TYPE_CHECKING:
    from tests.web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADERS = {
    "Server": "digest",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
}


async def raw(site: Site, request: bytes) -> bytes:
    """What the server answers to bytes, until it closes or the answer is whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.serving.port)
    writer.write(request)
    async with asyncio.timeout(limits.seconds(10)):
        answer = await reader.read(65536)
    writer.close()
    return answer


def status(answer: bytes) -> int:
    return int(answer.split()[1])


@pytest.fixture(autouse=True)
def _all_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Have each refusal be told, and not only counted."""
    caplog.set_level(logging.DEBUG, "digest")


def refusals(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [record.fields for record in caplog.records if record.message == "refused"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../login.py",
        "/static/%2e%2e/site.py",
        "/static/..%2f..%2fsite.py",
        "/static/style.css/../../site.py",
        "/static//etc/passwd",
        "//evil.example/static/style.css",
        "/static/style.css%00.py",
        "/static/",
        "/e/",
        "/e/weekly",
        "/e/weekly/20261116T090000Z",
        "/e/weekly/20261116T090000Z/",
        "/e/weekly/20261116T090000Z/AAAAAAAAAAAAAAAAAAAAAA/",
        "/digests/weekly/.atom",
        "/.git/config",
        "/%",
        "/%0d%0aSet-Cookie:a=b",
    ],
)
async def test_paths_that_are_none_of_ours(
    site: Site, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    host = f"Host: 127.0.0.1:{site.serving.port}"
    answer = await raw(site, f"GET {path} HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) in {400, 404}
    assert b"Set-Cookie" not in answer
    assert b"import" not in answer
    assert len(refusals(caplog)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/0",
        "/feeds/-1",
        "/feeds/1e3",
        "/feeds/99999999999999999999",
        "/feeds/%D9%A1",
        "/editions/4711",
        "/editions/99999999999999999999",
        "/digests/none",
        "/digests/weekly/preview/evil",
    ],
)
async def test_numbers_and_names_of_nothing(site: Site, path: str) -> None:
    await site.log_in()
    assert (await site.answer(path))[0].status == 404


@pytest.mark.parametrize(
    "query", ["?state=evil", "?state=%00", "?state=sent'--", "?state=sent&state=evil'"]
)
async def test_questions_that_make_no_sense(site: Site, query: str) -> None:
    await site.log_in()
    answer, text = await site.answer(f"/deliveries{query}")
    assert answer.status in {200, 400}
    assert "evil'" not in text


@pytest.mark.parametrize("before", ["-1", "x", "9" * 400, "%00", "1 OR 1=1"])
async def test_pages_that_are_none_are_the_first(site: Site, before: str) -> None:
    await site.log_in()
    assert (await site.answer(f"/editions?before={before}"))[0].status == 200


async def test_what_comes_with_a_request_is_not_markup(site: Site) -> None:
    await site.log_in()
    for path in ("/deliveries?digest=", "/editions?digest=", "/digests/weekly?done="):
        text = await site.page(f"{path}%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        assert "<script" not in text


@pytest.mark.parametrize("path", ["/", "/login", "/nothing", "/healthz", "/static/style.css"])
async def test_every_answer_has_the_headers(site: Site, path: str) -> None:
    answer, _ = await site.answer(path)
    found = {name: answer.headers.get(name) for name in HEADERS}
    if path.startswith("/static"):
        found["Cache-Control"] = "no-store"
    assert found == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("method", "expected"),
    [("HEAD", 200), ("OPTIONS", 405), ("PUT", 405), ("DELETE", 405), ("TRACE", 405)],
)
async def test_methods(site: Site, method: str, expected: int) -> None:
    answer, text = await site.answer("/healthz", method)
    assert answer.status == expected
    if method == "HEAD":
        assert text == ""
    else:
        assert answer.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", 200),
        ("localhost:80", 200),
        ("[::1]:9", 200),
        ("127.0.0.1.", 200),
        ("DIGEST.example.com", 421),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("0x7f.1", 421),
        ("", 400),
        ("a b", 400),
        ("[", 400),
        ("[::1", 400),
        ("127.0.0.1:65536", 400),
        ("127.0.0.1:99999999", 400),
        ("evil.example@127.0.0.1", 400),
    ],
)
async def test_a_name_that_somebody_else_leads_here(
    site: Site, caplog: pytest.LogCaptureFixture, host: str, expected: int
) -> None:
    request = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    answer = await raw(site, request.encode())
    assert status(answer) == expected
    assert len(refusals(caplog)) == (expected != 200)


async def test_a_request_that_names_two_hosts(site: Site) -> None:
    request = b"GET http://evil.example/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert status(await raw(site, request)) == 400


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_bodies_that_are_too_large(site: Site, kind: str) -> None:
    body = b"a=" + b"b" * 100_000
    if kind.startswith("multipart"):
        head = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
        body = head + b"b" * 100_000 + b"\r\n--x--\r\n"
    answer, _ = await site.answer("/login", "POST", data=body, headers={"Content-Type": kind})
    assert answer.status == 413


async def test_a_body_that_is_announced_larger_than_it_may_be(site: Site) -> None:
    head = (
        f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {10**12}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    assert status(await raw(site, head.encode() + b"a" * 40_000)) == 413


@pytest.mark.parametrize(
    "body",
    [b"%", b"\xff\xfe", b"&&&&", b"a" * 16_000, b"=&=" * 4_000, b"token=%00&token=%ff"],
)
async def test_forms_that_are_none(site: Site, body: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    answer, _ = await site.answer("/login", "POST", data=body, headers=kind)
    assert answer.status in {400, 401, 429}


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\rb\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 10_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    ],
    ids=range(9),
)
async def test_what_is_no_http(
    site: Site, caplog: pytest.LogCaptureFixture, request_: bytes
) -> None:
    answer = await raw(site, request_)
    assert status(answer) == 400
    assert not any(record.exc_info for record in caplog.records)
    assert not any(record.levelno >= logging.ERROR for record in caplog.records)


async def test_a_refusal_is_one_line_without_what_was_said(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    await site.answer("/nothing?password=s3cret", "POST", data={"password": "s3cret"})
    (told,) = refusals(caplog)
    assert told == {
        "status": 404,
        "method": "POST",
        "path": "/nothing",
        "peer": "127.0.0.1",
        "reason": "Not Found",
    }


async def test_a_body_that_drips_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.web.site._BODY_SECONDS", 0.1)
    head = (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\npass"
    )
    assert status(await raw(site, head)) == 408


async def test_the_site_waits_for_no_client(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.serving._connections, "_patience", 0.1)
    for said in (
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: 127",
        b"GET /healthz HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", site.serving.port)
        writer.write(said)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(limits.seconds(5)):
                assert (b" 200 OK" in await reader.read()) is said.endswith(b"\r\n\r\n")
        writer.close()


async def gone(site: Site, name: object) -> None:
    """Wait until the connection of that client is over."""
    assert site.serving._connections is not None
    opened = site.serving._connections._open
    async with asyncio.timeout(limits.seconds(5)):
        while name in {one.get_extra_info("peername") for one in opened}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


HEAD = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
PACKED = gzip.compress(b"password=" + b"a" * 10_000_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity", "zstd", "x"])
@pytest.mark.parametrize("body", [b"no gzip at all", PACKED[:9_000]], ids=["malformed", "bomb"])
async def test_what_is_packed_is_not_unpacked(
    site: Site, caplog: pytest.LogCaptureFixture, coding: str, body: bytes
) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": coding}
    answer, _ = await site.answer("/login", "POST", data=body, headers=kind)
    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")
    assert not any(record.exc_info for record in caplog.records)


async def test_parts_of_a_form_are_not_unpacked_either(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Encoding: deflate\r\n\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    body = part + b"no deflate\r\n--x--\r\n"
    assert (await site.answer("/login", "POST", data=body, headers=kind))[0].status == 415
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 1000\r\n\r\ndo=",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\ndo=",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\ndo=un\r\nzzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffffffffffff\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 20_000,
        b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\ndo=un\r\n0\r\n\r\n",
        b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n",
        b"Expect: nonsense\r\nContent-Length: 4\r\n\r\na=bc",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"
        + b"\x81" * 100_000,
        b"Content-Length: 3\r\n\r\na=b" + HEAD * 500,
    ],
    ids=range(10),
)
async def test_who_breaks_off_in_the_middle_is_no_bug(
    site: Site, caplog: pytest.LogCaptureFixture, rest: bytes
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", site.serving.port)
    writer.write(HEAD + FORM + rest)
    await writer.drain()
    writer.write_eof()
    with contextlib.suppress(ConnectionError):
        await writer.drain()
    name = writer.get_extra_info("sockname")
    writer.transport.abort()
    await gone(site, name)
    assert (await site.answer("/healthz"))[0].status == 200
    assert not any(record.exc_info for record in caplog.records)
    assert not any(record.levelno >= logging.ERROR for record in caplog.records)


@pytest.mark.parametrize("sent", [b"", b"G", HEAD, HEAD + b"Content-Length: 9\r\n\r\na"])
async def test_health_answers_while_others_hold_connections(site: Site, sent: bytes) -> None:
    writers = []
    for number in range(300):
        peer = "127.0.0.1" if number % 2 else f"127.0.{number % 3 + 1}.{number // 3 + 1}"
        _, writer = await asyncio.open_connection(
            "127.0.0.1", site.serving.port, local_addr=(peer, 0)
        )
        writer.write(sent)
        writers.append(writer)
        for path in ("/healthz", "/readyz", "/metrics") if number % 50 == 49 else ():
            async with asyncio.timeout(limits.seconds(2)):
                request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                assert status(await raw(site, request.encode())) == 200
    assert len(site.serving._connections or ()) <= 200
    for writer in writers:
        name = writer.get_extra_info("sockname")
        writer.transport.abort()
        await gone(site, name)
    # What became of their requests is told by now.
    await site.answer("/healthz")


async def test_who_takes_no_answers_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.serving._connections, "_patience", 0.2)
    _, writer = await asyncio.open_connection("127.0.0.1", site.serving.port, limit=1)
    request = b"GET /static/style.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(request * 3_000)
    await gone(site, writer.get_extra_info("sockname"))
    writer.transport.abort()


async def test_refusals_are_counted_and_a_line_or_two_tell_of_them(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    assert site.serving._connections is not None
    refusals = site.serving._connections._refusals
    refusals.tell()
    caplog.set_level(logging.INFO, "digest")
    caplog.clear()
    before = await site.page("/metrics")
    host = b"Host: 127.0.0.1\r\n\r\n"
    for _ in range(20):
        await site.answer("/nothing")
        await site.answer("/healthz", "PUT")
        await site.answer("/login", "POST", headers={"Content-Encoding": "gzip"})
        assert status(await raw(site, b"GET / HTTP/9.9\r\n" + host)) == 400
        assert status(await raw(site, b"\x16\x03\x01\x02\r\n\r\n")) == 400
        await site.answer("/u/made-up")
    refusals.tell()
    after = await site.page("/metrics")
    assert [(one.message, one.__dict__["fields"].get("count")) for one in caplog.records] == [
        ("refused", None),
        ("readers' links refused", 20),
        ("refusals", 100),
    ]
    told = caplog.records[-1].__dict__["fields"]["kinds"]
    assert told == "400: 40, 404: 20, 405: 20, 415: 20"
    for kind, count in {"400": 40, "404": 20, "405": 20, "415": 20, "bad link": 20}.items():
        line = re.compile(rf'^digest_refusals_total{{kind="{kind}"}} (\S+)$', re.MULTILINE)
        (was,), (now,) = line.findall(before) or ["0"], line.findall(after)
        assert float(now) - float(was) == count


async def test_who_waits_for_us_is_not_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.serving._connections, "_patience", 0.1)
    monkeypatch.setattr("digest.web.probes._TIMER_SECONDS", 0.3)
    request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert status(await raw(site, request)) == 200


async def test_an_expectation_that_nobody_meets(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await raw(site, HEAD + b"Expect: nonsense\r\nContent-Length: 0\r\n\r\n")
    assert status(answer) == 417
    assert b"Content-Security-Policy" in answer
    assert [one["status"] for one in refusals(caplog)] == [417]
