"""What the pages say, and what their buttons do."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.store import build
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.store import Store
    from digest.store.deliveries import Record

pytestmark = pytest.mark.asyncio(loop_scope="module")

FEEDS = ("few", "none")
DIGESTS = {
    name: {
        "title": name.title(),
        "schedule": "every monday at 09:00",
        "first_edition": "3650d",
        "feeds": [feed],
        "send_to": "inbox",
    }
    for name, feed in {"sent": "few", "never": "none"}.items()
}
HOSTILE = '<script>alert("1")</script>&{{ 7*7 }}'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site where much has gone wrong."""
    folder = tmp_path_factory.mktemp("busy")
    servers.feeds.replies["/hostile"] = Reply(rss(item(1, title=HOSTILE), title=HOSTILE))
    servers.feeds.replies["/flood"] = Reply(rss(item(1000), title="Flooding"))
    servers.mail.refuse_recipient = lambda to: "550 <b>No</b> such user" if "grace" in to else None
    feeds: list[Any] = [f"{servers.feeds.url}/{name}" for name in ("feed", "hostile", "flood")]
    settings = settings_for(folder, servers, feeds=feeds)
    async with serve(settings, folder) as site:
        await site.send()
        many = (item(number, link=f"https://flood.example/{number}") for number in range(200))
        servers.feeds.replies["/flood"] = Reply(rss(*many, title="Flooding"))
        servers.feeds.replies["/feed"] = Reply(rss(*(item(n) for n in range(1, 6))))
        await site.daemon.carry_out(lambda runtime: runtime.poll([]))
        await site.log_in()
        yield site


async def test_nothing_of_a_feed_is_markup(busy: Site) -> None:
    for path in ("/", "/feeds", "/feeds/3", "/digests/weekly", "/editions/1", "/editions", "/held"):
        text = await busy.page(path)
        assert "<script" not in text
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&amp;{{ 7*7 }}" in await busy.page(
        "/feeds/3"
    )


async def test_a_feed_has_its_history(busy: Site) -> None:
    text = await busy.page("/feeds/1")
    assert "Story 5" in text
    assert "last 30 days" not in text


async def test_a_digest_tells_its_next_edition_and_why(busy: Site) -> None:
    text = await busy.page("/digests/weekly")
    assert "every monday at 09:00" in text
    assert "team (slack; the best 20)" in text
    assert "Story 4" in text
    assert 'class="state taken"' in text
    assert ".atom" in text


@pytest.mark.parametrize("form", ["email", "slack", "slack?to=team"])
async def test_a_preview_is_a_document_apart(busy: Site, form: str) -> None:
    answer, text = await busy.answer(f"/digests/weekly/preview/{form}")
    assert "Story 4" in text
    assert '<base target="_blank">' in text
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox;" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_look_changes_nothing(busy: Site) -> None:
    before = await busy.daemon.read(lambda store: store.health.read())
    for path in ("/", "/digests/weekly", "/digests/weekly/preview/email", "/feeds/1"):
        await busy.page(path)
    assert await busy.daemon.read(lambda store: store.health.read()) == before


async def test_deliveries_by_state_and_digest(busy: Site) -> None:
    assert "grace@two.example" in await busy.page("/deliveries?state=failed&digest=weekly")
    assert "ada@one.example" not in await busy.page("/deliveries?state=failed")
    assert "No deliveries." in await busy.page("/deliveries?digest=none")


async def test_a_test_goes_to_one_and_into_no_ledger(busy: Site, servers: Servers) -> None:
    before = await busy.daemon.read(lambda store: store.health.read())
    sent = len(servers.mail.mails)
    _, text = await busy.press("/digests/weekly/test", "/digests/weekly", to="0")
    assert "The test was sent." in text
    (mail,) = servers.mail.mails[sent:]
    assert mail.recipient == "ada@one.example"
    assert b"Subject: [Test] Weekly reading: Story" in mail.raw
    _, text = await busy.press("/digests/weekly/test", "/digests/weekly", to="2")
    assert "The test was sent." in text
    assert "[Test]" in json.dumps(servers.slack.seen[-1].json)
    assert await busy.daemon.read(lambda store: store.health.read()) == before
    assert len(await busy.daemon.read(lambda store: store.archive.editions((), 9))) == 1


async def test_a_test_with_nothing_new_is_the_last_edition_or_made_up(
    servers: Servers, tmp_path: Path
) -> None:
    servers.feeds.replies["/none"] = Reply(rss(title="Nothing"))
    servers.feeds.replies["/few"] = Reply(rss(item(1), title="Few"))
    feeds: list[Any] = [{"url": f"{servers.feeds.url}/{name}", "name": name} for name in FEEDS]
    settings = settings_for(tmp_path, servers, feeds=feeds, digests=DIGESTS)
    async with serve(settings, tmp_path) as site:
        await site.log_in()
        await site.send("sent")
        before = await site.daemon.read(build.dump)
        for digest, told, subject in (
            ("sent", "it is the last edition once more", "[Test: the last edition] Sent: Story 1"),
            ("never", "its stories are made up", "[Test: a sample] Never: a title, and 5 more"),
        ):
            _, text = await site.press(f"/digests/{digest}/test", f"/digests/{digest}", to="0")
            assert told in text
            mail = message_from_bytes(servers.mail.mails[-1].raw, policy=default)
            assert mail["Subject"] == subject
            body = mail.get_body(("html",))
            assert body is not None
            assert "example.com/a.jpg" not in body.get_content()
        assert await site.daemon.read(build.dump) == before


async def test_a_test_that_cannot_be_sent_says_why(busy: Site) -> None:
    answer, text = await busy.press("/digests/weekly/test", "/digests/weekly", to="1")
    assert answer.status == 503
    assert "the test was not sent: 550" in text


@pytest.mark.parametrize("to", ["", "3", "-1", "x", "9" * 30, "inbox"])
async def test_a_test_to_nobody(busy: Site, to: str) -> None:
    assert (await busy.press("/digests/weekly/test", "/digests/weekly", to=to))[0].status == 400


def refused(store: Store) -> Record:
    """The delivery that the mail server refuses."""
    found = store.deliveries.find(None, None, 9)
    return next(one for one in found if one.recipient == "grace@two.example")


async def test_drop_then_retry(busy: Site) -> None:
    before = await busy.daemon.read(refused)
    assert "550 &lt;b&gt;No&lt;/b&gt; such user" in await busy.page("/")
    drop, retry = (f"/deliveries/{before.id}/{do}" for do in ("drop", "retry"))
    answer, text = await busy.press(drop, "/deliveries", back="/editions/1")
    assert answer.url.path == "/editions/1"
    assert "Dropped." in text
    assert (await busy.daemon.read(refused)).dropped
    assert "550 &lt;b" not in await busy.page("/")
    back = "/deliveries?state=failed&digest="
    answer, text = await busy.press(retry, "/deliveries", back=back)
    assert str(answer.url).endswith(f"{back}&done=retry")
    assert "Tried again" in text
    after = await busy.daemon.read(refused)
    assert (after.attempts, after.dropped) == (before.attempts + 1, False)


async def test_a_form_leads_nowhere_else(busy: Site) -> None:
    delivery = (await busy.daemon.read(refused)).id
    text = await busy.page("/held")
    token = text.partition('name="token" value="')[2].partition('"')[0]
    for back in (
        *("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"),
        *("/deliveries\r\nSet-Cookie: a=b", "/deliveries?x=\n", "/editions/1/../..", ""),
    ):
        data = {"token": token, "back": back}
        answer, _ = await busy.answer(f"/deliveries/{delivery}/drop", "POST", data=data)
        assert answer.headers["Location"] == "/deliveries?done=drop"
        assert "Set-Cookie" not in answer.headers
    await busy.press(f"/deliveries/{delivery}/retry")


async def test_what_was_sent_is_not_dropped(busy: Site) -> None:
    (sent,) = await busy.daemon.read(lambda store: store.deliveries.find("sent", None, 1))
    answer, text = await busy.press(f"/deliveries/{sent.id}/drop")
    assert answer.status == 409
    assert f"delivery {sent.id} is sent" in text


async def test_what_cannot_be_done_says_why(busy: Site) -> None:
    answer, text = await busy.press("/deliveries/4711/retry")
    assert answer.status == 409
    assert "there is no delivery 4711" in text


async def test_what_is_held_is_released(busy: Site) -> None:
    assert "200 entries came at once" in await busy.page("/")
    assert "<td>held</td>" in await busy.page("/feeds/2")
    assert 'class="number">200</td>' in await busy.page("/held")
    answer, text = await busy.press("/held/2/release", "/held")
    assert answer.status == 200
    assert "Nothing is held." in text
    assert "Flooding" in await busy.page("/incidents")
    assert (await busy.press("/held/99/release"))[0].status == 404


async def test_editions_by_page(busy: Site) -> None:
    records = await busy.daemon.read(lambda store: store.archive.editions(("weekly",), 2))
    assert [record.id for record in records] == [1]
    assert "No editions." in await busy.page("/editions?before=1")
    assert "No editions." in await busy.page("/editions?digest=none")


async def test_a_feed_that_waits_for_its_host_says_so(servers: Servers, tmp_path: Path) -> None:
    servers.feeds.replies["/limited"] = Reply(status=429, headers={"Retry-After": "7200"})
    feeds = [f"{servers.feeds.url}/limited"]
    async with serve(settings_for(tmp_path, servers, feeds=feeds), tmp_path) as site:
        await site.daemon.carry_out(lambda runtime: runtime.poll([]))
        await site.log_in()
        page = await site.page("/feeds/1")
        host = servers.feeds.url.removeprefix("http://")
        assert f", since {host} allows no more requests until then" in page
