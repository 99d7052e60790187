"""Readers' pages where they are served: by the daemon, beside everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.config.web import WebSettings
from digest.rendering.tokens import Tokens
from tests.web.site import Servers, serve, settings_for

if TYPE_CHECKING:
    from pathlib import Path

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
