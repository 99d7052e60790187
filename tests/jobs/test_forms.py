"""Channels of one digest that are each given another form of its editions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.channels import open_channels
from digest.editions.channel_view import ONLY_WATCHED
from digest.editions.select import NO_CHANNEL
from digest.errors import UsageError
from digest.jobs.delivery_actions import DeliveryActions
from digest.signing.web_links import EditionLinks
from tests.feed_xml import NOW
from tests.jobs.bench import LINKS_KEY, Bench, open_bench, open_deliver_job, settings_of
from tests.jobs.test_overflow import learn, publish, rows
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.model import NotGiven

URL = "https://site.example/feed.xml"
DAY = timedelta(days=1)
PHONE = {"channel": "phone", "only": "watched"}
TEAM = {"channel": "team", "max_entries": 2}


def settings(folder: Path, *send_to: object, **digest: Any) -> Any:
    files = {
        name: {"kind": "file", "path": f"{name}.json", "format": "json"}
        for name in ("phone", "team", "vault")
    }
    weekly = {"schedule": "daily at 09:00", "watch": ["owl"], "send_to": [*send_to], **digest}
    return settings_of(folder, [URL], channels=files, digests={"weekly": weekly})


async def day(bench: Bench, number: int, *titles: str) -> None:
    """Entries in the morning of a day, and the edition that has them."""
    bench.clock.now = NOW + number * DAY - timedelta(hours=1)
    await learn(bench, *titles)
    bench.clock.now = NOW + number * DAY
    await publish(bench)


async def learn_with_link(bench: Bench, title: str, other: str) -> None:
    """An entry that has the link of another."""
    entry = replace(build.entry(title), link=build.entry(other).link)
    await bench.store.transact(lambda store: build.learn(store, entry, now=bench.clock()))


async def not_given(bench: Bench, edition: int = 1) -> Mapping[str, NotGiven]:
    parts = await bench.store.transact(lambda store: store.editions.not_given(edition))
    return {part.channel: part for part in parts}


async def sent_as(bench: Bench, edition: int = 1) -> dict[str, str]:
    found = await rows(bench, f"SELECT channel, payload FROM renditions WHERE edition_id={edition}")
    return {channel: payload.decode() for channel, payload in found}


def stories_of(text: str) -> list[str]:
    sections = json.loads(text)["sections"]
    return [story["title"] for section in sections for story in section["stories"]]


def titles_of(text: str) -> set[str]:
    """The titles of all stories, those that it only counts too."""
    sections = json.loads(text)["sections"]
    listed = (item["title"] for s in sections for more in s["more"] for item in more["listed"])
    return {*stories_of(text), *listed}


async def test_each_is_given_its_own_and_what_it_is_not_given_is_kept(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, PHONE, TEAM, "vault"), tmp_path) as bench:
        await day(bench, 1, "An owl", "A hare", "A fox", "A wolf")
        texts, kept, pending = await sent_as(bench), await not_given(bench), await bench.pending()
    assert sorted(stories_of(texts["vault"])) == ["A fox", "A hare", "A wolf", "An owl"]
    assert stories_of(texts["phone"]) == ["An owl"]
    assert stories_of(texts["team"])[0] == "An owl"
    assert len(stories_of(texts["team"])) == 2
    # Beside its two it has the titles of the others.
    assert {"A fox", "A hare", "A wolf", "An owl"} == titles_of(texts["team"])
    assert {"An owl"} == titles_of(texts["phone"])
    subjects = {channel: json.loads(text)["subject"] for channel, text in texts.items()}
    assert subjects == {
        "phone": "weekly: An owl",
        "team": "weekly: An owl, and 1 more",
        "vault": "weekly: An owl, and 3 more",
    }
    assert (kept["phone"].reason, len(kept["phone"].entries)) == (ONLY_WATCHED, 3)
    assert (kept["team"].counted, len(kept["team"].entries)) == (True, 2)
    assert "vault" not in kept
    assert pending == []


@pytest.mark.parametrize(("when_empty", "given"), [("skip", False), ("send", True)])
async def test_where_nothing_is_watched_a_channel_is_sent_nothing_or_an_empty_edition(
    tmp_path: Path, when_empty: str, given: bool
) -> None:
    config = settings(tmp_path, PHONE, "vault", when_empty=when_empty)
    async with open_bench(config, tmp_path) as bench:
        await day(bench, 1, "A hare")
        texts, kept = await sent_as(bench), await not_given(bench)
    assert ("phone" in texts) == given
    assert "A hare" in texts["vault"]
    assert kept["phone"].reason == ONLY_WATCHED


async def test_a_link_that_a_channel_was_not_given_is_new_where_it_is_watched(
    tmp_path: Path,
) -> None:
    async with open_bench(settings(tmp_path, PHONE, "vault"), tmp_path) as bench:
        await day(bench, 1, "A hare")
        for number, title in enumerate(("The owl of the hare", "An owl, once more"), 2):
            bench.clock.now = NOW + number * DAY
            await learn_with_link(bench, title, "A hare")
            await publish(bench)
        texts = await sent_as(bench, 2)
        editions = await rows(bench, "SELECT subject FROM editions")
    assert stories_of(texts["phone"]) == stories_of(texts["vault"]) == ["The owl of the hare"]
    # From then on the phone had it too.
    assert editions == [("weekly: A hare",), ("weekly: The owl of the hare",)]


async def test_what_no_channel_takes_is_left_out_as_rules_leave_it_out(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, PHONE), tmp_path) as bench:
        await day(bench, 1, "A hare")
        nothing = await bench.digest()
        await day(bench, 2, "An owl", "A fox")
        editions = await rows(bench, "SELECT subject FROM editions")
        why = await rows(bench, "SELECT DISTINCT rule FROM passed_over")
        pending, kept = await bench.pending(), await not_given(bench)
    assert nothing["last_result"] == "skipped, rules left out all of 1"
    assert editions == [("weekly: An owl",)]
    assert (why, pending, kept) == ([(NO_CHANNEL,)], [], {})


async def test_what_one_channel_is_sent_by_hand_takes_nothing_from_the_others(
    tmp_path: Path,
) -> None:
    async with open_bench(settings(tmp_path, PHONE, "vault"), tmp_path) as bench:
        await learn(bench, "An owl", "A hare")
        bench.clock.turn(hours=1)
        publishing = bench.publishing(open_channels(bench.settings))
        by_hand = await publishing.publish_now("weekly", ["phone"])
        left = [entry.title for entry in await bench.pending()]
        nothing = await publishing.publish_now("weekly", ["phone"])
        await day(bench, 1)
        texts = await sent_as(bench, 2)
    assert by_hand is not None
    assert by_hand.entries == 1
    assert left == ["A hare"]
    assert nothing is None
    assert "A hare" in texts["vault"]
    assert "phone" not in texts


async def test_an_edition_is_resent_to_a_channel_that_it_was_not_for(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, "vault"), tmp_path) as bench:
        await day(bench, 1, "An owl", "A hare")
        await day(bench, 2, "A fox")
    config = settings(tmp_path, PHONE, "vault")
    async with open_bench(config, tmp_path) as bench:
        context = bench.context(open_channels(config))
        links = EditionLinks(LINKS_KEY, None)
        actions = DeliveryActions(context, links, open_deliver_job(context))
        await actions.resend(1, "phone")
        with pytest.raises(UsageError, match=f"edition 2 has nothing for phone: {ONLY_WATCHED}"):
            await actions.resend(2, "phone")
        kept = await not_given(bench)
    text = (tmp_path / "phone.json").read_text("utf-8")
    assert "An owl" in text
    assert "A hare" not in text
    assert len(kept["phone"].entries) == 1
