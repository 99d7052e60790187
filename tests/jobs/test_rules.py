"""Rules decide what an edition takes; what they leave out does not pile up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from digest.channels import open_channels
from digest.jobs.drafts import Drafter
from tests.feed_xml import NOW
from tests.jobs.bench import MONDAYS, Bench, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings
    from digest.jobs.publish import Published

DAY, WEEK = timedelta(days=1), timedelta(days=7)
FEED = {"url": build.URL, "tags": ["devops"]}


def settings(folder: Path, **rules: Any) -> Settings:
    weekly = {"schedule": MONDAYS, "send_to": ["vault"], **rules}
    return settings_of(folder, [FEED], digests={"weekly": weekly})


async def learn(bench: Bench, *titles: str) -> None:
    entries = [build.entry(title) for title in titles]
    await bench.store.transact(lambda store: build.learn(store, *entries))


async def publish(bench: Bench, weeks: int = 1) -> list[Published]:
    bench.clock.now = NOW + weeks * WEEK
    return await bench.publishing(open_channels(bench.settings)).publish_due()


async def left_out(bench: Bench) -> dict[str, str]:
    """The rules that left entries out, by title."""
    tables = await bench.store.transact(build.dump)
    titles = {row[0]: next(text for text in row if text in TITLES) for row in tables["entries"]}
    return {titles[entry]: rule for _, entry, rule, _ in tables["passed_over"]}


TITLES = {"kubernetes", "rust", "sponsored"}


async def test_an_edition_takes_what_rules_keep_and_remembers_the_rest(tmp_path: Path) -> None:
    rules = {"include": ["tag:devops"], "exclude": ["/^SPONS/", "rust x"], "watch": ["kube*"]}
    async with open_bench(settings(tmp_path, **rules), tmp_path) as bench:
        await learn(bench, *sorted(TITLES))
        (published,) = await publish(bench)
        edition = await bench.store.transact(
            lambda store: store.editions.load(published.edition_id)
        )
        assert edition is not None
        watched = {story.title: story.watched for story in edition.stories}
        assert watched == {"kubernetes": ("kube*",), "rust": ()}
        assert await left_out(bench) == {"sponsored": "exclude: /^SPONS/"}
        assert await bench.pending() == []


async def test_where_rules_leave_nothing_the_turn_is_over_and_so_are_the_entries(
    tmp_path: Path,
) -> None:
    async with open_bench(settings(tmp_path, include=["zig"]), tmp_path) as bench:
        await learn(bench, "rust")
        assert await publish(bench) == []
        assert await left_out(bench) == {"rust": "no include rule matches"}
        assert (await bench.digest())["next_edition_at"] == NOW + 2 * WEEK
    async with open_bench(settings(tmp_path), tmp_path) as bench:
        # Without the rule it stays out; what comes now does not.
        await learn(bench, "kubernetes")
        (published,) = await publish(bench, weeks=2)
        assert published.entries == 1


async def test_rules_read_the_whole_text_where_they_ask_for_it(tmp_path: Path) -> None:
    # The text is that of the title.
    async with open_bench(settings(tmp_path, exclude=["text:/^rust$/"]), tmp_path) as bench:
        await learn(bench, "kubernetes", "rust")
        (published,) = await publish(bench)
        assert published.entries == 1
        assert await left_out(bench) == {"rust": "exclude: text:/^rust$/"}


async def test_what_is_sent_by_hand_leaves_out_for_good_too(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, exclude=["rust"]), tmp_path) as bench:
        await learn(bench, "rust")
        publishing = bench.publishing(open_channels(bench.settings))
        assert await publishing.publish_now("weekly") is None
        assert [entry.title for entry in await bench.pending()] == ["rust"]
        await learn(bench, "kubernetes")
        assert await publishing.publish_now("weekly")
        assert await bench.pending() == []


async def test_a_missed_edition_judges_only_what_was_there_then(tmp_path: Path) -> None:
    rules = {"exclude": ["rust", "sponsored"], "catch_up": "send"}
    async with open_bench(settings(tmp_path, **rules), tmp_path) as bench:
        drafter = Drafter(bench.context())
        draft = await drafter.edition("weekly", NOW, NOW)
        assert draft.pending == []
        await learn(bench, "rust")
        later = build.entry("sponsored", NOW + 10 * DAY)
        await bench.store.transact(lambda store: build.learn(store, later, now=NOW + 10 * DAY))
        now = NOW + 11 * DAY
        draft = await drafter.edition("weekly", now, NOW + WEEK)
        assert list(draft.judged.left_out.values()) == ["exclude: rust"]


async def test_composing_changes_nothing(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, exclude=["rust"]), tmp_path) as bench:
        await learn(bench, "rust", "kubernetes")
        before = await bench.store.transact(build.dump)
        await Drafter(bench.context()).edition("weekly", NOW)
        assert await bench.store.transact(build.dump) == before
