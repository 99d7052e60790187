"""What a channel asks by HTTP: nothing is endless, and nothing unasked is in doubt."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels.http import ask
from digest.errors import ChannelError, DeliveryError
from digest.http_client import MOST_BYTES
from tests import limits
from tests.channels.scripted import serving
from tests.servers import HttpServer, Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.channels.http_answer import Answer

OK = b"HTTP/1.1 200 OK\r\n"
# What the buffers of both sides of a connection take without anybody reading it, and more.
_MOST_SENT = 16_000_000


async def post(port: int, scheme: str = "http", seconds: float = 5.0) -> Answer:
    return await ask("POST", f"{scheme}://127.0.0.1:{port}/", data=b"{}", seconds=seconds)


async def trouble(port: int, scheme: str = "http", seconds: float = 5.0) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await post(port, scheme, seconds)
    return caught.value


def was_asked(error: DeliveryError) -> bool:
    """Whether it is in doubt; else nothing was asked, and the channel rests."""
    assert isinstance(error, ChannelError) == (error.verdict == "retrying")
    return error.verdict == "unknown"


def heard(connection: socket.socket) -> bytes:
    """A request with a body of two bytes."""
    request = b""
    while not request.endswith(b"\r\n\r\n{}"):
        received = connection.recv(65_536)
        assert received
        request += received
    return request


def pouring(head: bytes, piece: bytes, sent: list[int]) -> Callable[[socket.socket], None]:
    """An answer without an end; `sent` has how much of it was taken."""

    def talk(connection: socket.socket) -> None:
        heard(connection)
        with suppress(OSError):
            connection.sendall(head)
            while sum(sent) < 10 * _MOST_SENT:
                sent.append(connection.send(piece))

    return talk


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize(
    "coding", [b"", b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n"]
)
async def test_no_more_than_the_beginning_of_a_body_is_read(status: int, coding: bytes) -> None:
    sent: list[int] = []
    piece = bytes(100_000)
    if b"gzip" in coding:
        piece = gzip.compress(bytes(100_000_000))
    if b"chunked" in coding:
        piece = b"%x\r\n%b\r\n" % (len(piece), piece)
    head = b"HTTP/1.1 %d So\r\n%b\r\n" % (status, coding)

    with serving(pouring(head, piece, sent)) as port:
        answer = await post(port)

    assert answer.status == status
    assert len(answer.body) == MOST_BYTES
    assert sum(sent) < _MOST_SENT


@pytest.mark.parametrize(
    "piece",
    [b"X: y\r\n" * 20_000, b"x" * 100_000, b"X: " + b"y" * 100_000, b"HTTP/1.1 100 Go\r\n\r\n"],
)
async def test_a_head_has_an_end_too(piece: bytes) -> None:
    sent: list[int] = []
    with serving(pouring(b"" if piece.startswith(b"HTTP") else OK, piece, sent)) as port:
        error = await trouble(port, seconds=1.0)

    assert was_asked(error)
    assert len(error.reason) < 300


async def test_drops_are_no_answer() -> None:
    def drip(connection: socket.socket) -> None:
        heard(connection)
        with suppress(OSError):
            for byte in OK + b"\r\n" + b"ok" * 1_000:
                connection.sendall(bytes([byte]))
                time.sleep(0.02)

    started = time.monotonic()
    with serving(drip) as port:
        error = await trouble(port, seconds=0.3)

    assert was_asked(error)
    assert time.monotonic() - started < limits.seconds(5)


@pytest.mark.parametrize(
    ("user", "headers", "words"),
    [
        ("ada:s3cr3t@", {"authorization": "Bearer s3cr3t"}, "a login in the address and another"),
        ("", {"Authorization": "Bearer s3cr3t\r\nX: y"}, "a token or a header has a line break"),
        ("", {"X-Key": "s3cr3t\udcff"}, "a token or a header has a line break or the like"),
    ],
)
async def test_what_cannot_be_asked_is_in_no_doubt(
    slack_server: HttpServer, user: str, headers: dict[str, str], words: str
) -> None:
    url = slack_server.url.replace("://", f"://{user}")

    with pytest.raises(ChannelError, match=words) as caught:
        await ask("POST", url, headers=headers, data=b"{}")

    assert caught.value.lasting
    assert "s3cr3t" not in caught.value.reason
    assert slack_server.seen == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (OK + b"Content-Length: 50\r\n\r\nhalf", "the answer broke off"),
        (b"SSH-2.0-OpenSSH\r\n", "the answer is no proper HTTP"),
        (b"", "the server closed the connection"),
    ],
)
async def test_what_became_of_an_answer_is_said_in_words(answer: bytes, words: str) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(answer)

    with serving(talk) as port:
        error = await trouble(port)

    assert was_asked(error)
    assert error.reason == f"no answer after the message was posted: {words}"


async def test_answers_are_asked_for_as_they_are(slack_server: HttpServer) -> None:
    packed = gzip.compress(b"ok")
    slack_server.replies["/"] = Reply(packed, headers={"Content-Encoding": "gzip"})

    answer = await ask("POST", f"{slack_server.url}/", data=b"{}")

    [seen] = slack_server.seen
    assert seen.headers["Accept-Encoding"] == "identity"
    assert seen.headers["User-Agent"].startswith("digest/")
    assert answer.body == packed


async def test_a_refusal_whose_body_is_cut_off_is_a_refusal() -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\nno_ser")

    with serving(talk) as port:
        answer = await post(port)

    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("end", ["reset", "closed", "silent", "cut off", "no HTTP"])
async def test_what_was_written_is_in_doubt_without_an_answer(end: str) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        if end == "reset":
            # What lingers no time is reset by its closing.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if end == "silent":
            connection.recv(1)
        if end == "cut off":
            connection.sendall(OK + b"Content-Length: 2\r\n\r\no")
        if end == "no HTTP":
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")

    with serving(talk) as port:
        assert was_asked(await trouble(port, seconds=0.5))


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("closed", "the server closed the connection"),
        ("silent", "timed out"),
        ("no TLS", "it cannot be encrypted: wrong version number"),
        ("not trusted", "the certificate is not valid: self-signed certificate"),
    ],
)
async def test_nothing_is_in_doubt_before_a_connection_is_encrypted(
    end: str, said: str, certificate: Any
) -> None:
    def talk(connection: socket.socket) -> None:
        if end == "not trusted":
            certificate.context.wrap_socket(connection, server_side=True)
        connection.recv(65_536)
        if end == "silent":
            connection.recv(65_536)
        if end == "no TLS":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(talk) as port:
        error = await trouble(port, "https", seconds=0.5)

    assert not was_asked(error)
    assert error.reason == f"cannot connect: {said}"


async def test_nothing_is_in_doubt_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = await trouble(port)

    assert not was_asked(error)
    assert error.reason == "cannot connect: connection refused"


@pytest.mark.parametrize("url", ["http://hooks.invalid/", "http://" + "a" * 70 + ".example/"])
async def test_nothing_is_in_doubt_where_a_name_leads_nowhere(url: str) -> None:
    with pytest.raises(ChannelError, match="cannot connect: the host name does not resolve"):
        await ask("POST", url, data=b"{}")


async def test_a_deadline_before_the_first_byte_leaves_nothing_in_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        error = await trouble(port, seconds=0.3)
        for each in waiting:
            each.close()

    assert not was_asked(error)
    assert error.reason == "cannot connect: timed out"


async def test_a_port_of_another_protocol_is_not_asked() -> None:
    with pytest.raises(ChannelError, match="port 25 is for another protocol") as caught:
        await ask("POST", "http://127.0.0.1:25/", data=b"{}")

    assert caught.value.lasting


class Proxy:
    """A proxy that answers what it is asked for with `answer`, and keeps it."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer = answer
        self.asked: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65_536)
        self.asked.append(request)
        if self.answer is None:
            connection.recv(65_536)
        else:
            connection.sendall(self.answer)


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def set_proxy(url: str) -> None:
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.setenv("http_proxy", url)

    return set_proxy  # type: ignore[return-value]


async def test_a_proxy_without_a_scheme_is_asked_by_http(through: Callable[[str], None]) -> None:
    with serving(Proxy(b"HTTP/1.1 204 Yes\r\n\r\n")) as port:
        through(f"user:secret@127.0.0.1:{port}")
        assert (await ask("POST", "http://hooks.example/", data=b"{}")).status == 204


@pytest.mark.parametrize("proxy", ["socks5://proxy:1", "http://", "proxy:x", "http://[::1", "p:0"])
async def test_a_proxy_that_is_none_is_named_by_its_variable(
    through: Callable[[str], None], proxy: str
) -> None:
    through(proxy)
    for url, name in (("https://a.example/", "HTTPS_PROXY"), ("http://a.example/", "http_proxy")):
        with pytest.raises(ChannelError, match=f"^cannot connect: {name} names no proxy;"):
            await ask("POST", url, data=b"{}")


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_wants_a_login_says_so(
    through: Callable[[str], None], scheme: str
) -> None:
    with serving(Proxy(b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n")) as port:
        through(f"http://127.0.0.1:{port}")
        if scheme == "http":
            answer = await ask("POST", "http://hooks.example/", data=b"{}")
            assert answer.status == 407
            return
        with pytest.raises(ChannelError) as caught:
            await ask("POST", "https://hooks.example/", data=b"{}")

    assert caught.value.lasting
    assert caught.value.reason.startswith("the proxy wants a login (407); write its user")


@pytest.mark.parametrize(
    ("answer", "lasting"),
    [
        (b"HTTP/1.1 403 No\r\n\r\n", True),
        (b"HTTP/1.1 502 Bad\r\n\r\n", False),
        (b"HTTP/1.1 503 Busy\r\n\r\n", False),
        (b"", False),
        (b"HTTP/1.1 200 ", False),
        (b"SSH-2.0\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\n\r\nno TLS at all, but a good deal of something else", False),
        (None, False),
    ],
)
async def test_nothing_is_in_doubt_where_a_proxy_lets_nothing_through(
    through: Callable[[str], None], answer: bytes | None, *, lasting: bool
) -> None:
    proxy = Proxy(answer)
    with serving(proxy) as port:
        through(f"http://127.0.0.1:{port}")
        with pytest.raises(ChannelError) as caught:
            await ask("POST", "https://hooks.example/", data=b"{}", seconds=0.5)

    assert caught.value.lasting == lasting
    assert proxy.asked[0].startswith(b"CONNECT hooks.example:443 ")


@pytest.mark.parametrize("url", ["nonsense", "socks5://127.0.0.1:9", "http://", "http://[::1"])
async def test_nothing_is_in_doubt_where_the_proxy_is_no_address(
    through: Callable[[str], None], url: str
) -> None:
    through(url)

    with pytest.raises(ChannelError, match="cannot connect"):
        await ask("POST", "https://hooks.example/", data=b"{}")


async def test_a_proxy_gets_its_login(through: Callable[[str], None]) -> None:
    proxy = Proxy(OK + b"Content-Length: 2\r\n\r\nok")
    with serving(proxy) as port:
        through(f"http://ada:s%40crt@127.0.0.1:{port}")
        answer = await ask("POST", "http://hooks.example/x", data=b"{}")

    assert answer.body == b"ok"
    assert b"\r\nProxy-Authorization: Basic YWRhOnNAY3J0\r\n" in proxy.asked[0]


@pytest.mark.parametrize("listed", ["{host}", "{host}:{port}", "a.example, {host}", "*"])
async def test_no_proxy_is_minded(
    through: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    slack_server: HttpServer,
    listed: str,
) -> None:
    slack_server.replies["/"] = Reply("ok")
    through("http://127.0.0.1:9")
    host, _, port = slack_server.url.removeprefix("http://").partition(":")
    monkeypatch.setenv("NO_PROXY", listed.format(host=host, port=port))

    assert (await ask("POST", f"{slack_server.url}/", data=b"{}")).body == b"ok"


async def test_logins_of_other_programs_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slack_server: HttpServer
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password s3cr3t\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    def as_it_came(seen: Seen) -> Reply:
        return Reply(seen.headers.get("Authorization", "none"))

    slack_server.replies["/"] = as_it_came

    answer = await ask(
        "POST", f"{slack_server.url}/", headers={"Authorization": "Bearer x"}, data=b"{}"
    )

    assert answer.body == b"Bearer x"
