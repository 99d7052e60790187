"""Readers' pages where they are served: by the daemon, beside everything else."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from digest.config.web import WebSettings
from digest.signing.tokens import Tokens
from tests import limits
from tests.web.site import PASSWORD, Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def leaving(servers: Servers, tmp_path: Path) -> AsyncIterator[Site]:
    async with serve(settings_for(tmp_path, servers), tmp_path) as site:
        yield site


HEAD = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
URLENCODED = b"Content-Type: application/x-www-form-urlencoded\r\n"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM_DATA = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (FORM_DATA, "multipart/form-data; boundary=x"),
    ],
)
async def test_one_click_and_the_next_edition_goes_to_the_others(
    servers: Servers, tmp_path: Path, body: bytes, kind: str
) -> None:
    servers.mail.mails.clear()
    async with serve(settings_for(tmp_path, servers), tmp_path) as site:
        key = await site.daemon.read(lambda store: store.keys.key("links"))
        path = f"/u/{Tokens(key).of_recipient('inbox', 'ada@one.example')}"
        shown, _ = await site.answer(path)
        left, text = await site.answer(path, "POST", data=body, headers={"Content-Type": kind})
        assert (shown.status, left.status) == (200, 200)
        assert "resubscribe" in text
        assert "Set-Cookie" not in left.headers
        await site.send()
    assert [mail.recipient for mail in servers.mail.mails] == ["grace@two.example"]


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 0\r\n\r\n",
        b"\r\n",
        URLENCODED + b"Content-Length: 30000\r\n\r\n" + b"a" * 30_000,
        URLENCODED + b"Content-Length: 999999999999\r\n\r\n" + b"a" * 100_000,
        URLENCODED + b"Content-Length: 26\r\n\r\nList-",
        URLENCODED + b"Transfer-Encoding: chunked\r\n\r\n1a\r\n" + ONE_CLICK + b"\r\n0\r\n\r\n",
        URLENCODED + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\ngzip",
        URLENCODED + b"Expect: 100-continue\r\nContent-Length: 26\r\n\r\n" + ONE_CLICK,
        b"Content-Type: multipart/form-data\r\nContent-Length: 26\r\n\r\n" + ONE_CLICK,
        URLENCODED + b"Expect: the best\r\nContent-Length: 26\r\n\r\n" + ONE_CLICK,
        URLENCODED + b"Content-Length: 4\r\n\r\n" + ONE_CLICK,
        URLENCODED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + ONE_CLICK + b"\r\n0\r\n\r\n",
    ],
    ids=range(12),
)
async def test_a_body_that_cannot_be_read_is_no_body(
    leaving: Site, monkeypatch: pytest.MonkeyPatch, rest: bytes
) -> None:
    monkeypatch.setattr("digest.web.public._BODY_SECONDS", 0.2)
    tokens = Tokens(await leaving.daemon.read(lambda store: store.keys.key("links")))
    path = f"/u/{tokens.of_recipient('inbox', 'ada@one.example')}"
    await leaving.answer(path, "POST", data={"do": "resubscribe"})
    reader, writer = await asyncio.open_connection("127.0.0.1", leaving.serving.port)
    writer.write(HEAD % path.encode() + rest)
    async with asyncio.timeout(limits.seconds(10)):
        answer = await reader.readuntil(b"</html>")
    writer.close()
    assert b"HTTP/1.1 200 OK\r\n" in answer
    (ada,) = await leaving.daemon.read(lambda store: store.recipients.all())
    assert ada.state == "unsubscribed"


async def test_the_message_has_its_way_out(servers: Servers, tmp_path: Path) -> None:
    servers.mail.mails.clear()
    web = WebSettings(listen="127.0.0.1:0", public_url="https://digest.example.com")
    settings = settings_for(tmp_path, servers).model_copy(update={"web": web})
    async with serve(settings, tmp_path) as site:
        await site.send()
    first, second = (mail.raw.decode() for mail in servers.mail.mails)
    for raw in (first, second):
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
        assert "List-Unsubscribe: <https://digest.example.com/u/" in raw
    assert first.partition("/u/")[2][:40] != second.partition("/u/")[2][:40]


@pytest.mark.parametrize("public", ["https://bücher.example", "https://XN--BCHER-KVA.example/"])
async def test_a_host_of_other_letters(servers: Servers, tmp_path: Path, public: str) -> None:
    servers.mail.mails.clear()
    settings = settings_for(tmp_path, servers)
    assert settings.web
    web = WebSettings(listen="127.0.0.1:0", public_url=public, password=settings.web.password)
    async with serve(settings.model_copy(update={"web": web}), tmp_path) as site:
        await site.send()
        (link, *_) = re.findall(
            r"List-Unsubscribe: <https://xn--bcher-kva\.example(/u/\S+)>",
            servers.mail.mails[0].raw.decode(),
        )
        ours = {"Host": "xn--bcher-kva.example"}
        for path in ("/healthz", link, link.replace("/u/", "/p/"), "/login"):
            assert (await site.answer(path, headers=ours))[0].status == 200
            others = {"Host": "xn--bcher-kvb.example"}
            assert (await site.answer(path, headers=others))[0].status == 421
        left, _ = await site.answer(link, "POST", data=ONE_CLICK, headers=ours)
        assert left.status == 200
        (one,) = await site.daemon.read(lambda store: store.recipients.all())
        assert one.state == "unsubscribed"
        form = {"password": PASSWORD}
        sent = ours | {"Origin": "https://xn--bcher-kva.example"}
        entered, _ = await site.answer("/login", "POST", data=form, headers=sent)
        assert entered.status == 303
        assert "Secure" in entered.headers["Set-Cookie"]


async def test_a_path_that_a_proxy_takes_off(servers: Servers, tmp_path: Path) -> None:
    servers.mail.mails.clear()
    settings = settings_for(tmp_path, servers)
    assert settings.web
    public = "https://example.com/digest/"
    web = WebSettings(listen="127.0.0.1:0", public_url=public, password=settings.web.password)
    async with serve(settings.model_copy(update={"web": web}), tmp_path) as site:
        await site.send()
        assert b"<https://example.com/digest/u/" in servers.mail.mails[0].raw
        form = {"password": PASSWORD}
        headers = {"Host": "example.com", "Origin": "https://example.com"}
        assert (await site.answer("/login", "POST", data=form, headers=headers))[0].status == 303
