"""The readers' pages: what they show, what they do, and to whom they do not."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import time, timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest

from digest.errors import DeliveryError
from digest.model import Recipient, Rendition
from digest.signing.tokens import Confirmation, Tokens
from digest.web.public_page import masked
from digest.web.refusals import LinkRefused, Refusals
from tests.feed_xml import NOW
from tests.store import build
from tests.web.readers import ADA, TOKENS, Desk, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.web.readers import Answer

PAGES = [f"/u/{ADA}", f"/p/{ADA}", "/subscribe/inbox"]
ONE_CLICK = b"List-Unsubscribe=One-Click"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with serving(tmp_path) as desk:
        yield desk


def said(answer: Answer) -> str:
    """The paragraphs of a page."""
    return " ".join(re.findall(r"<p>([^<]*)</p>", answer.text))


def buttons(answer: Answer) -> list[str]:
    return re.findall(r'<button name="do" value="(\w+)">', answer.text)


async def test_reading_changes_nothing(desk: Desk) -> None:
    before = await desk.store.transact(build.dump)
    for path in (*PAGES, f"/confirm/{confirmation()}"):
        assert (await desk.get(path)).status == 200
        assert (await desk._ask("HEAD", path)).status == 200
    assert await desk.store.transact(build.dump) == before
    assert desk.channel.sent == []


async def test_a_post_is_enough(desk: Desk) -> None:
    shown = await desk.get(f"/u/{ADA}")
    assert said(shown) == "Stop sending Weekly reading to a***@example.com?"
    assert "ada@example.com" not in shown.text
    answer = await desk.send(f"/u/{ADA}", ONE_CLICK, URLENCODED)
    assert answer.status == 200
    assert said(answer) == "a***@example.com does not get Weekly reading."
    ada = await desk.find()
    assert ada is not None
    assert (ada.state, ada.listed, ada.changed_at) == ("unsubscribed", False, NOW)
    desk.clock.turn(days=1)
    assert (await desk.send(f"/u/{ADA}", ONE_CLICK, URLENCODED)).text == answer.text
    assert await desk.find() == ada


FORM_DATA = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)
BODIES = [
    (b"", URLENCODED),
    (b"do=unsubscribe", URLENCODED),
    (FORM_DATA, "multipart/form-data; boundary=x"),
    (b"\xff\xfe" * 9000, "text/plain"),
    (b"a=1&" * 900, URLENCODED),
    *((FORM_DATA, kind) for kind in ("multipart/form-data", "multipart/form-data; boundary=")),
    (FORM_DATA, "multipart/form-data; boundary=other"),
    (FORM_DATA, f"multipart/form-data; boundary={'x' * 200}"),
    (FORM_DATA.replace(b'name="List-Unsubscribe"', b""), "multipart/form-data; boundary=x"),
    (FORM_DATA[:40], "multipart/form-data; boundary=x"),
    *((ONE_CLICK, f"{URLENCODED}; charset={name}") for name in ("none", "utf-16", "hex", '"')),
    (b"\xff\xfe" + ONE_CLICK, URLENCODED),
    (ONE_CLICK + b"&x=" + b"x" * 20_000, URLENCODED),
    (b"&".join(b"%d=" % n for n in range(5_000)), URLENCODED),
    *((ONE_CLICK, kind) for kind in ("application/json", "text/html", ";;;", "x", "a/b/c")),
    # Of what cannot be read nothing is taken.
    (b"do=resubscribe", "application/json"),
]


@pytest.mark.parametrize(("body", "content_type"), BODIES, ids=range(len(BODIES)))
async def test_whatever_a_mail_program_posts(desk: Desk, body: bytes, content_type: str) -> None:
    assert (await desk.send(f"/u/{ADA}", body, content_type)).status == 200
    assert [one.state for one in await desk.all()] == ["unsubscribed"]


async def test_the_next_edition_goes_to_the_others(desk: Desk) -> None:
    sent_as = Rendition(
        "inbox", "email", ("ada@example.com", "b@example.com"), (b"",), personal=True
    )
    await desk.post(f"/u/{ADA}")
    edition = await desk.store.transact(lambda store: build.publish(store, sent_as=(sent_as,)))
    deliveries = await desk.store.transact(lambda store: store.ledger.of_edition(edition))
    assert [one.recipient for one in deliveries] == ["b@example.com"]


async def test_it_can_be_taken_back(desk: Desk) -> None:
    answer = await desk.post(f"/u/{ADA}")
    assert buttons(answer) == ["resubscribe"]
    back = await desk.post(f"/u/{ADA}", do="resubscribe")
    assert buttons(back) == ["unsubscribe"]
    ada = await desk.find()
    assert ada is not None
    assert ada.state == "active"


async def test_no_cookie_no_redirect_nothing_kept_nothing_loaded(desk: Desk) -> None:
    answers = [await desk.get(path) for path in (*PAGES, "/u/forged", f"/confirm/{confirmation()}")]
    answers += [await desk.post(path) for path in (*PAGES, "/u/forged")]
    for answer in answers:
        assert answer.status in {200, 404, 422}
        assert "Set-Cookie" not in answer.headers
        assert "Location" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script" not in answer.text
        assert "http" not in answer.text.replace("http-equiv", "")
        assert len(answer.text) < 5_000


NOBODYS = [
    *("x", ADA[:-12], ADA[:-1] + ("A" if ADA[-1] != "A" else "B"), ADA + "A" * 12),
    Tokens(b"K" * 32).of_recipient("inbox", "ada@example.com"),
    TOKENS.of_confirmation(Confirmation("inbox", "ada@example.com", NOW + build.DAY)),
    *("%00", "..%2f..", "%0d%0aSet-Cookie:%20a=b", "' OR 1=1 --", "a" * 7000),
]


async def test_a_token_of_nobody_is_refused(desk: Desk) -> None:
    for token in NOBODYS:
        for path in (f"/u/{token}", f"/p/{token}"):
            for answer in (await desk.get(path), await desk.post(path, do="unsubscribe")):
                assert answer.status == 404, token
                assert "Set-Cookie" not in answer.headers
    assert await desk.all() == []


async def test_bad_tokens_cost_no_query_and_no_line_each(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for number in range(300):
        assert (await desk.get(f"/u/{number:048}")).status == 404
    assert desk.store.asked == 0
    assert caplog.records == []
    await desk.get(f"/u/{ADA}")
    assert desk.store.asked == 1


async def test_refusals_are_told_of_in_one_line_after_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("digest.web.refusals._QUIET_SECONDS", 0)
    refusals = Refusals()
    for _ in range(3):
        with pytest.raises(LinkRefused):
            refusals.refuse()
    assert caplog.records == []
    # A timer's turn comes after those who are ready.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    (line,) = caplog.records
    assert line.__dict__["fields"] == {"count": 3}
    refusals.tell()
    assert caplog.records == [line]


async def test_preferences_say_how_it_is(desk: Desk) -> None:
    answer = await desk.get(f"/p/{ADA}")
    assert said(answer) == "a***@example.com gets Weekly reading."
    assert buttons(answer) == ["pause", "time", "unsubscribe"]
    assert 'value="Europe/Berlin"' in answer.text


@pytest.mark.parametrize(
    ("weeks", "until", "told"),
    [
        ("4", NOW + timedelta(weeks=4), "before Monday, 14 December."),
        ("9999999999", None, "until you say so."),
    ],
)
async def test_a_pause(desk: Desk, weeks: str, until: object, told: str) -> None:
    answer = await desk.post(f"/p/{ADA}", **{"do": "pause", "for": weeks})
    assert said(answer) == f"Saved. a***@example.com does not get Weekly reading {told}"
    assert buttons(answer) == ["resume", "time", "unsubscribe"]
    ada = await desk.find()
    assert ada is not None
    assert (ada.state, ada.paused_until) == ("paused", until)
    again = await desk.post(f"/p/{ADA}", do="resume")
    assert said(again) == "Saved. a***@example.com gets Weekly reading."


def loud(answer: Answer) -> list[str]:
    """What stands out of what can be done on a page."""
    forms = re.findall(r"<form method=\"post\">(.*?)</form>", answer.text, re.DOTALL)
    return re.findall(r'name="do" value="(\w+)"', "".join(forms))


async def test_the_main_action_of_a_page_stands_out(desk: Desk) -> None:
    for path, main in {
        f"/u/{ADA}": ["unsubscribe"],
        f"/p/{ADA}": ["time"],
        "/subscribe/inbox": ["subscribe"],
        f"/confirm/{confirmation()}": ["confirm"],
    }.items():
        assert loud(await desk.get(path)) == main
    assert loud(await desk.post(f"/p/{ADA}", do="pause")) == ["resume"]
    # Who has left is not asked to come back.
    assert loud(await desk.post(f"/u/{ADA}")) == []


async def test_everything_that_ends_is_named(tmp_path: Path) -> None:
    async with serving(tmp_path, also="Wochenblatt") as desk:
        both = "Weekly reading, Wochenblatt"
        assert said(await desk.get(f"/u/{ADA}")) == f"Stop sending {both} to a***@example.com?"
        assert said(await desk.post(f"/u/{ADA}")) == f"a***@example.com does not get {both}."
        assert said(await desk.post(f"/u/{ADA}", do="resubscribe")).startswith(
            f"Stop sending {both}"
        )
        assert said(await desk.get(f"/p/{ADA}")) == f"a***@example.com gets {both}."


async def test_a_pause_brings_nobody_back(desk: Desk) -> None:
    await desk.post(f"/p/{ADA}", do="unsubscribe")
    answer = await desk.post(f"/p/{ADA}", do="pause")
    assert buttons(answer) == ["resubscribe"]
    ada = await desk.find()
    assert ada is not None
    assert ada.state == "unsubscribed"


async def test_a_time_of_ones_own(desk: Desk) -> None:
    answer = await desk.post(f"/p/{ADA}", do="time", at="07:30", zone="America/New_York")
    assert 'value="07:30"' in answer.text
    assert 'value="America/New_York"' in answer.text
    ada = await desk.find()
    assert ada is not None
    assert (ada.send_at, ada.zone, ada.state) == (time(7, 30), "America/New_York", "active")
    await desk.post(f"/p/{ADA}", do="time", at="", zone="America/New_York")
    ada = await desk.find()
    assert ada is not None
    assert (ada.send_at, ada.zone) == (None, None)


async def end_week(desk: Desk) -> None:
    desk.clock.turn(days=7)
    await desk.store.transact(lambda store: store.weeks.end("weekly", lambda: None, ["inbox"]))


async def test_once_a_week(tmp_path: Path) -> None:
    async with serving(tmp_path, schedule="daily at 10:30") as desk:
        # It is Monday, 10:00 in Berlin.
        page, sent = f"/p/{ADA}", "a***@example.com gets Weekly reading."
        assert buttons(await desk.get(page)) == ["pause", "weekly", "time", "unsubscribe"]
        answer = await desk.post(page, do="weekly")
        told = "After Monday, 16 November it comes once a week."
        assert (said(answer), buttons(answer)[1]) == (f"Saved. {sent} {told}", "each")
        await end_week(desk)
        told = "It comes once a week, next on Monday, 23 November."
        assert said(await desk.get(page)) == f"{sent} {told}"
        answer = await desk.post(page, do="each")
        told = "After Monday, 23 November every edition comes."
        assert (said(answer), buttons(answer)[1]) == (f"Saved. {sent} {told}", "weekly")
        await end_week(desk)
        assert said(await desk.get(page)) == sent


async def test_what_is_weekly_offers_no_choice(desk: Desk) -> None:
    answer = await desk.post(f"/p/{ADA}", do="weekly")
    assert said(answer) == "Saved. a***@example.com gets Weekly reading."
    assert buttons(answer) == ["pause", "time", "unsubscribe"]


NO_PREFERENCES: list[dict[str, str]] = [
    {"do": "time", "at": "25:00"},
    {"do": "time", "at": "", "zone": "Mars/Olympus"},
    {"do": "time", "zone": "Mars/Olympus"},
    {"do": "time", "at": "07:30", "zone": "Mars/Olympus"},
    {"do": "time", "at": "07:30", "zone": "../../etc/passwd"},
    {"do": "time", "at": "07:30", "zone": "<script>alert(1)</script>"},
    {"do": "something else"},
    {},
]


async def test_what_is_no_preference_changes_nothing(desk: Desk) -> None:
    for form in NO_PREFERENCES:
        answer = await desk.post(f"/p/{ADA}", **form)
        assert answer.status == 422
        assert "script" not in answer.text
    assert await desk.all() == []


async def test_whom_the_operator_took_off_does_not_come_back(tmp_path: Path) -> None:
    eve = TOKENS.of_recipient("inbox", "eve@example.com")
    async with serving(tmp_path, subscribe="closed") as desk:
        assert buttons(await desk.get(f"/u/{eve}")) == []
        answer = await desk.post(f"/u/{eve}", do="resubscribe")
        assert said(answer) == "e***@example.com does not get Weekly reading."
        assert not any(one.listed for one in await desk.all())


def confirmation(address: str = "eve@example.com", channel: str = "inbox") -> str:
    return TOKENS.of_confirmation(Confirmation(channel, address, NOW + timedelta(days=3)))


async def test_subscribing_takes_a_mail_and_a_click(desk: Desk) -> None:
    asked = await desk.subscribe(" Eve@example.com ")
    assert said(asked).startswith("You get an email with a link now.")
    await desk.channel.done.wait()
    assert await desk.all() == []
    (delivery,) = desk.channel.sent
    assert delivery.recipient == "Eve@example.com"
    mail = message_from_bytes(delivery.payload, policy=SMTP)
    assert mail["Subject"] == "Confirm: Weekly reading"
    assert mail["Auto-Submitted"] == "auto-generated"
    (link,) = re.findall(r"https://digest\.example\.com(/confirm/\S+)", mail.get_content())
    assert said(await desk.get(link)) == "Send Weekly reading to E***@example.com?"
    assert await desk.all() == []
    done = await desk.post(link)
    assert said(done) == "E***@example.com gets Weekly reading."
    (eve,) = await desk.all()
    assert (eve.address, eve.state, eve.listed) == ("Eve@example.com", "active", True)
    assert (await desk.post(link)).text == done.text


async def test_who_had_left_comes_back_by_confirming(desk: Desk) -> None:
    eve = Recipient("inbox", "eve@example.com", state="bounced", reason="550")
    await desk.store.transact(lambda store: store.recipients.put([eve], NOW))
    await desk.post(f"/confirm/{confirmation()}")
    await desk.post(f"/u/{ADA}")
    await desk.post(f"/confirm/{confirmation('ada@example.com')}")
    states = {one.address: (one.state, one.listed) for one in await desk.all()}
    # Of one of the file, the file says whether it is on the list.
    assert states == {"ada@example.com": ("active", False), "eve@example.com": ("active", True)}


async def test_a_confirmation_gets_too_old(desk: Desk) -> None:
    desk.clock.turn(days=3, seconds=1)
    for answer in (
        await desk.get(f"/confirm/{confirmation()}"),
        await desk.post(f"/confirm/{confirmation()}"),
    ):
        assert (answer.status, said(answer)[:33]) == (410, "This link is older than three day")
    assert await desk.all() == []


async def test_everybody_is_told_the_same(desk: Desk) -> None:
    eve = Recipient("inbox", "eve@example.com", state="unsubscribed")
    await desk.store.transact(lambda store: store.recipients.put([eve], NOW))
    addresses = ("ada@example.com", "eve@example.com", "new@example.com", "new@example.com")
    answers = [await desk.subscribe(one) for one in addresses]
    assert len({(answer.status, answer.text) for answer in answers}) == 1


NO_ADDRESSES = [
    *("", "nobody", "a@b@example.com", "Eve <eve@example.com>", "a b@example.com"),
    *("eve@example.com\r\nBcc: all@example.com", "eve@example.com\nX: y", "eve@exa\0mple.com"),
    *("eve@example.com, ada@example.com", "<eve@example.com>", "a" * 250 + "@example.com"),
    "eve@example.com\u2028Bcc: x@example.com",
]


async def test_what_is_no_address_is_sent_nothing(desk: Desk) -> None:
    for address in NO_ADDRESSES:
        answer = await desk.subscribe(address)
        assert (answer.status, said(answer)) == (422, "This is not an email address."), address
    assert desk.channel.sent == []


async def test_a_mail_that_cannot_be_sent_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.channel.error = DeliveryError("550 no", "failed")
    assert (await desk.subscribe("eve@example.com")).status == 200
    await desk.channel.done.wait()
    await desk.confirming.finish()
    assert [record.getMessage() for record in caplog.records] == ["not asked to confirm"]


async def test_a_closed_list_has_no_pages(tmp_path: Path) -> None:
    async with serving(tmp_path, subscribe="closed") as desk:
        for path in ("/subscribe/inbox", "/subscribe/other", f"/confirm/{confirmation()}"):
            assert (await desk.get(path)).status == 404
            assert (await desk.post(path, address="eve@example.com")).status == 404
        assert desk.channel.sent == []
        assert await desk.all() == []


@pytest.mark.parametrize(
    ("language", "direction", "heading"),
    [("de", "ltr", "Abbestellen"), ("ar", "rtl", "إلغاء الاشتراك")],
)
async def test_pages_speak_the_digests_language(
    tmp_path: Path, language: str, direction: str, heading: str
) -> None:
    async with serving(tmp_path, language=language) as desk:
        answer = await desk.get(f"/u/{ADA}")
        assert f'<html lang="{language}" dir="{direction}">' in answer.text
        assert f"<h1>{heading}</h1>" in answer.text


def test_an_address_is_masked() -> None:
    assert masked("ada@example.com") == "a***@example.com"
    assert masked("a@b") == "a***@b"
