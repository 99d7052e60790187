"""What an operator finds: what to do and where, each time by one clock, and tables as cards."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from lxml import html

from digest.cli.status_report import _MENDS
from digest.store.archive import FeedHistory
from digest.web.feeds import _by_day
from digest.web.overview import MENDS
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.store.deliveries import Record

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLACK = "/services/T0/B0/s3cretpath"
PAGES = (
    *("/", "/feeds", "/feeds/1", "/feeds/2", "/feeds/3", "/digests", "/digests/weekly"),
    *("/editions", "/editions/1", "/deliveries", "/incidents", "/held"),
)
DIGEST = {"schedule": "every monday at 09:00", "first_edition": "3650d"}


@asynccontextmanager
async def troubled(servers: Servers, folder: Path) -> AsyncIterator[Site]:
    """A site in Berlin where an edition was sent by hand, and Slack takes nothing."""
    for path in ("/dead", "/gone"):  # without a name or a title, they are called alike
        servers.feeds.replies[path] = Reply("gone away", 500)
    servers.feeds.replies["/flood"] = Reply(rss(item(1000), title="Flooding"))
    servers.slack.replies[SLACK] = Reply("no_service", 404)
    servers.mail.refuse_recipient = lambda to: "554 5.7.1 not from you" if "grace" in to else None
    feeds: list[Any] = [f"{servers.feeds.url}/{name}" for name in ("feed", "dead", "gone", "flood")]
    digests = {
        "weekly": DIGEST | {"title": "Weekly reading", "send_to": ["inbox", "team", "vault"]},
        "daily": DIGEST | {"timezone": "America/New_York", "send_to": ["inbox"]},
    }
    settings = settings_for(folder, servers, feeds=feeds, digests=digests, timezone="Europe/Berlin")
    async with serve(settings, folder) as site:
        await site.send()
        many = (item(number, link=f"https://flood.example/{number}") for number in range(200))
        servers.feeds.replies["/flood"] = Reply(rss(*many, title="Flooding"))
        await site.daemon.carry_out(lambda runtime: runtime.poll([]))
        await site.log_in()
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ours(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with troubled(servers, tmp_path_factory.mktemp("ours")) as site:
        yield site


def parsed(text: str) -> Any:
    """A page as elements; what XPath finds in them has no one type."""
    return html.fromstring(text)


@dataclass
class Found:
    """An entry under what needs attention: what it says, and the page it leads to."""

    text: str
    page: str | None


def needs(text: str) -> Iterator[Found]:
    for one in parsed(text).find_class("attention")[0]:
        links = [link.get("href") for link in one.iter("a")]
        yield Found(" ".join(one.text_content().split()), links[0] if links else None)


def links(text: str, words: str) -> list[str]:
    """Where the links lead that read like this."""
    found = parsed(text).iter("a")
    return [one.get("href") or "" for one in found if words in one.text_content()]


async def test_every_need_has_what_mends_it_and_a_page(ours: Site) -> None:
    found = [(one.text.split()[0], one) for one in needs(await ours.page("/"))]
    health = await ours.daemon.read(lambda store: store.health.read())
    ids = {url.rpartition("/")[2]: row["id"] for url, row in health.feeds.items()}
    assert sorted((kind, one.page) for kind, one in found) == [
        ("channel", "/deliveries?state=pending"),
        ("delivery", "/deliveries?state=failed"),
        *(("feed", f"/feeds/{number}") for number in sorted((ids["dead"], ids["gone"]))),
        ("flood", "/held"),
    ]
    for kind, one in found:
        assert MENDS[kind][0] in one.text
        assert one.page
        await ours.page(one.page)


async def test_whatever_the_command_mends_the_page_does() -> None:
    assert set(MENDS) == set(_MENDS)


async def test_the_overview_says_what_takes_room(ours: Site) -> None:
    said = parsed(await ours.page("/")).text_content()
    assert re.search(r"\d\.\d MB, of which \d\.\d MB are free", said)
    assert re.search(r"Most text is of .*A feed \(0\.0 MB\)", said)


async def test_counts_lead_to_what_they_count(ours: Site) -> None:
    overview = await ours.page("/")
    assert links(overview, "2 failing") == ["/feeds?health=failing"]
    assert "Flooding" not in await ours.page("/feeds?health=failing")
    assert "Flooding" in await ours.page("/feeds?health=ok")
    assert "No feeds." in await ours.page("/feeds?health=none")


async def test_nought_is_no_alarm(ours: Site) -> None:
    counts = parsed(await ours.page("/")).find_class("counts")[1]
    marked = {link.text_content(): bool(link.find_class("state")) for link in counts}
    assert marked["0 unknown"] is False
    assert marked == {text: not text.startswith("0 ") for text in marked}


async def test_an_edition_that_was_sent_by_hand_is_the_last(ours: Site) -> None:
    for page in ("/", "/digests"):
        rows = parsed(await ours.page(page)).xpath("//tbody/tr")
        cell = "td[@data-label='last edition']"
        last = {row[0].text_content(): row.xpath(cell)[0] for row in rows}
        assert [link.get("href") for link in last["Weekly reading"]] == ["/editions/1"]
        assert last["daily"].text_content() == "none yet"
    assert "not due yet" in await ours.page("/digests/weekly")


async def test_each_time_is_by_the_operators_clock(ours: Site) -> None:
    record = await ours.daemon.read(lambda store: store.deliveries.edition(1))
    local = f"{record.scheduled_for.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}"
    for page in ("/", "/editions", "/editions/1", "/digests/weekly"):
        assert local in await ours.page(page)
    for page in PAGES:
        text = parsed(await ours.page(page)).text_content()
        assert not re.search(r"\b(UTC|GMT|E[DS]T)\b", text), page
        assert "Times are in Europe/Berlin" in text
    overview = await ours.page("/")
    # Its own clock decides when it is due, and that is said.
    assert "every monday at 09:00, America/New_York" in overview
    assert re.search(r"Mon [\d-]+ 1[45]:00 ", parsed(overview).text_content())


async def test_a_day_is_one_by_the_operators_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    late = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    brought = ((late.replace(day=16, hour=9), 2), (late, 3), (late.replace(hour=22), 4))
    days = _by_day(FeedHistory(9, brought, ()), lambda at: at.astimezone(berlin))
    assert list(days.items()) == [("2026-11-16", 5), ("2026-11-15", 4)]


async def test_who_is_not_logged_in_is_told_of_no_times(site: Site) -> None:
    site.client.cookie_jar.clear()
    for page in ("/login", "/nothing"):
        _, text = await site.answer(page)
        assert "Times" not in text
        assert "Overview" not in text


async def test_what_is_decided_about_deliveries(servers: Servers, tmp_path: Path) -> None:
    async with troubled(servers, tmp_path) as site:
        (waiting,) = await deliveries(site, "pending")
        retry = f"/deliveries/{waiting.id}/retry"
        page = parsed(await site.page("/deliveries?state=pending"))
        assert retry in [form.get("action") for form in page.iter("form")]
        servers.slack.replies[SLACK] = Reply("ok")
        _, text = await site.press(retry, "/deliveries")
        assert "Tried again" in text
        assert waiting.id in [one.id for one in await deliveries(site, "sent")]

        (failed,) = await deliveries(site, "failed")
        await site.press(f"/deliveries/{failed.id}/drop", "/deliveries")
        assert "0 failed" in parsed(await site.page("/")).text_content()
        assert "No deliveries." in await site.page("/deliveries?state=failed")
        dropped = await site.page("/deliveries?state=dropped")
        assert f"/deliveries/{failed.id}/retry" in dropped
        assert f"/deliveries/{failed.id}/drop" not in dropped


async def deliveries(site: Site, state: str) -> list[Record]:
    return await site.daemon.read(lambda store: store.deliveries.find(state, None, 9))


async def test_what_cannot_be_done_leads_back(ours: Site) -> None:
    page = parsed(await ours.page("/deliveries"))
    form = {"token": page.xpath("//input[@name='token']")[0].get("value")}

    async def back(referer: str) -> list[str]:
        said = {"data": form, "headers": {"Referer": referer}}
        answer, text = await ours.answer("/deliveries/4711/retry", "POST", **said)
        assert answer.status == 409
        return links(text, "Back to where you were")

    assert await back(f"{ours.url}/deliveries?state=failed&done=drop") == [
        "/deliveries?state=failed"
    ]
    for other in ("https://evil.example/x", f"{ours.url}//evil.example", "http://[", ""):
        assert await back(other) == []


async def test_every_cell_of_a_card_says_what_it_is(ours: Site) -> None:
    tables = 0
    for page in PAGES:
        for table in parsed(await ours.page(page)).iter("table"):
            heads = [cell.text_content() for cell in table.xpath("thead/tr/th")]
            for row in table.xpath("tbody/tr"):
                cells = list(row)
                assert len(cells) == len(heads), page
                labels = [cell.get("data-label", "") for cell in cells]
                wanted = [
                    head if cell.tag == "td" else label
                    for cell, head, label in zip(cells, heads, labels, strict=True)
                ]
                assert labels == wanted, page
            tables += 1
    assert tables >= 10
