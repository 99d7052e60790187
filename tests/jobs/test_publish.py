from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from digest.channels import open_channels
from digest.channels.pace import Pace
from digest.errors import TemplateError
from digest.model import NO_PICTURES
from tests import limits
from tests.databases import file_of
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from digest.channels import Channel, Session
    from digest.config import Settings
    from digest.jobs.pictures import PictureFetcher
    from digest.jobs.publish import Published, PublishJob
    from digest.model import Delivery, Edition, Pictures, Rendition
    from digest.rendering.renderer import Renderer
    from digest.workers.pool import WorkerPool

URL = "https://site.example/feed.xml"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
CHANNELS = {
    "inbox": {"kind": "email", "to": ["ada@example.com", "grace@example.com"]},
    "team": {"kind": "slack", "webhook_url": "https://hooks.slack.example/T/B/s3cret"},
    "vault": {"kind": "file", "path": "{digest}-{date}.md"},
}
EVERYWHERE = {"schedule": "every monday at 09:00", "send_to": ["inbox", "team", "vault"]}
DAILY = {"schedule": "daily at 08:00", "send_to": ["vault"]}


def settings(folder: Path, **digests: Any) -> Settings:
    return settings_of(
        folder,
        [URL],
        channels=CHANNELS,
        smtp={"host": "127.0.0.1", "from": "Reading <digest@example.com>"},
        digests=digests or {"weekly": EVERYWHERE},
    )


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """One digest of everything to everywhere, planned on a Monday at nine."""
    async with open_bench(settings(tmp_path), tmp_path) as bench:
        yield bench


def publishing(
    bench: Bench,
    illustrating: PictureFetcher | None = None,
    workers: WorkerPool | None = None,
) -> PublishJob:
    return bench.publishing(open_channels(bench.settings), illustrating, workers=workers)


async def learn(bench: Bench, *titles: str) -> None:
    windows = {name: digest.reach for name, digest in bench.settings.digests.items()}
    entries = [build.entry(title) for title in titles]
    await bench.store.transact(lambda store: build.learn(store, *entries, windows=windows))


async def deliveries(bench: Bench, edition: Published) -> list[Delivery]:
    return await bench.store.transact(lambda store: store.ledger.of_edition(edition.edition_id))


async def table(bench: Bench, name: str) -> list[tuple[Any, ...]]:
    return (await bench.store.transact(build.dump))[name]


async def incidents(bench: Bench) -> list[tuple[str, str, str]]:
    found = await bench.store.transact(lambda store: store.incidents.open_ones())
    return [(one.kind, one.subject, one.message) for one in found]


async def payloads(bench: Bench, edition: Published) -> dict[str, bytes]:
    """What goes out of an edition, by channel."""
    rows = await table(bench, "renditions")
    return {row[1]: row[4] for row in rows if row[0] == edition.edition_id}


def parts(message: bytes) -> dict[str, str]:
    """The texts of an email by their subtype."""
    walked = message_from_bytes(message, policy=policy.default).walk()
    texts = [one for one in walked if not one.is_multipart()]
    return {one.get_content_subtype(): one.get_content() for one in texts}


async def test_nothing_is_published_before_its_time(bench: Bench) -> None:
    await learn(bench, "a")
    bench.clock.now = NOW + WEEK - timedelta(microseconds=1)
    assert await publishing(bench).publish_due() == []
    assert [entry.title for entry in await bench.pending()] == ["a"]


async def test_an_edition_goes_to_every_recipient_of_every_channel(bench: Bench) -> None:
    await learn(bench, "a", "b")
    bench.clock.now = NOW + WEEK
    (published,) = await publishing(bench).publish_due()
    assert (published.digest, published.entries) == ("weekly", 2)
    planned = await deliveries(bench, published)
    assert [(one.channel, one.recipient, one.state) for one in planned] == [
        ("inbox", "ada@example.com", "pending"),
        ("inbox", "grace@example.com", "pending"),
        ("team", "webhook", "pending"),
        ("vault", str(file_of(bench.settings).parents[1] / "weekly-2026-11-23.md"), "pending"),
    ]
    assert len({one.message_id for one in planned}) == 4
    assert planned[0].message_id.endswith("@example.com>")
    assert await bench.pending() == []
    assert (await bench.digest())["next_edition_at"] == NOW + 2 * WEEK


class SlowPictures:
    """Has the pictures of one digest only when it is told to."""

    def __init__(self) -> None:
        self.come = asyncio.Event()

    async def illustrate(self, edition: Edition) -> tuple[Edition, Pictures]:
        if edition.digest == "pictures":
            await self.come.wait()
        return edition, NO_PICTURES


async def test_pictures_that_take_long_hold_up_no_other_digest(tmp_path: Path) -> None:
    config = settings(tmp_path, pictures=DAILY, words=DAILY)
    async with open_bench(config, tmp_path) as bench:
        await learn(bench, "a")
        bench.clock.now = NOW + DAY
        slow, done = SlowPictures(), asyncio.Queue[str]()
        publisher = publishing(bench, cast("PictureFetcher", slow))
        round_ = asyncio.create_task(
            publisher.publish_due(report=lambda one: done.put_nowait(one.digest))
        )
        assert await done.get() == "words"
        slow.come.set()
        assert [one.digest for one in await round_] == ["words", "pictures"]


async def test_an_edition_missed_while_down_comes_once(bench: Bench) -> None:
    await learn(bench, "a")
    bench.clock.now = NOW + 3 * WEEK + DAY
    assert len(await publishing(bench).publish_due()) == 1
    assert await publishing(bench).publish_due() == []
    digest = await bench.digest()
    assert (digest["last_due_at"], digest["next_edition_at"]) == (NOW + 3 * WEEK, NOW + 4 * WEEK)


async def test_the_next_period_starts_where_the_last_ended(bench: Bench) -> None:
    for week in (1, 2):
        await learn(bench, f"in week {week}")
        bench.clock.now = NOW + week * WEEK + timedelta(minutes=week)
        assert len(await publishing(bench).publish_due()) == 1
    with_periods = [json.loads(str(row[-1])) for row in await table(bench, "editions")]
    first, second = with_periods
    assert second["period_from"] == first["period_to"]
    assert second["period_to"] == bench.clock.now.isoformat()


async def test_nothing_new_is_skipped(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "digest")
    bench.clock.now = NOW + WEEK
    assert await publishing(bench).publish_due() == []
    digest = await bench.digest()
    assert (digest["next_edition_at"], digest["last_result"]) == (
        NOW + 2 * WEEK,
        "skipped, nothing new",
    )
    assert await table(bench, "editions") == []
    assert [record.getMessage() for record in caplog.records] == ["skipped"]


async def test_nothing_new_is_sent_where_that_is_wanted(tmp_path: Path) -> None:
    wanted = settings(tmp_path, weekly={**EVERYWHERE, "when_empty": "send"})
    async with open_bench(wanted, tmp_path) as bench:
        bench.clock.now = NOW + WEEK
        (published,) = await publishing(bench).publish_due()
        assert published.entries == 0
        assert len(await deliveries(bench, published)) == 4


async def test_an_edition_is_in_the_language_of_its_digest(tmp_path: Path) -> None:
    german = settings(tmp_path, weekly={**EVERYWHERE, "when_empty": "send", "language": "de"})
    async with open_bench(german, tmp_path) as bench:
        bench.clock.now = NOW + WEEK
        await publishing(bench).publish_due()
        ((*_, snapshot),) = await table(bench, "editions")
        edition = json.loads(str(snapshot))
        assert (edition["language"], edition["subject"]) == ("de", "weekly: nichts Neues")


@pytest.mark.parametrize(
    ("content", "shown", "hidden"),
    [
        ("full", ["The beginning.", "And <b>the end</b>."], []),
        ("excerpt", ["The beginning. And"], ["the end"]),
        ("none", [], ["The beginning", "the end"]),
    ],
)
async def test_as_much_of_an_entry_is_shown_as_its_digest_says(
    tmp_path: Path, content: str, shown: list[str], hidden: list[str]
) -> None:
    channels = {"page": {"kind": "file", "path": "{digest}.html", "format": "html"}}
    weekly = {**EVERYWHERE, "send_to": ["page"], "content": content}
    wanted = settings_of(tmp_path, [URL], channels=channels, digests={"weekly": weekly})
    html = "<p>The beginning.</p><p>And <b>the end</b>.</p>"
    whole = replace(build.entry("a"), html=html, excerpt="The beginning. And")
    async with open_bench(wanted, tmp_path) as bench:
        window = {"weekly": timedelta(days=7)}
        await bench.store.transact(lambda store: build.learn(store, whole, windows=window))
        bench.clock.now = NOW + WEEK
        await publishing(bench).publish_due()
        [(*_, payload)] = await table(bench, "renditions")
    page = re.sub(r' style="[^"]*"', "", payload.decode())
    assert "site.example/a" in page
    assert [text for text in shown if text not in page] == []
    assert [text for text in hidden if text in page] == []


@pytest.mark.parametrize(
    ("overflow", "sizes", "held_back", "shown_as"),
    [
        ("list", [5], [0], "story line counted counted counted"),
        ("next", [2, 2, 1], [3, 1, 0], "story line story line story"),
        ("drop", [2], [0], "story line"),
    ],
)
async def test_what_one_edition_cannot_hold(
    tmp_path: Path, overflow: str, sizes: list[int], held_back: list[int], shown_as: str
) -> None:
    small = settings(tmp_path, daily={**DAILY, "max_entries": 2, "fold": 1, "overflow": overflow})
    async with open_bench(small, tmp_path) as bench:
        await learn(bench, *"abcde")
        published = []
        for day in (1, 2, 3, 4):
            bench.clock.now = NOW + day * DAY
            published += await publishing(bench).publish_due()
        taken = sorted(row[1:] for row in await table(bench, "edition_entries"))
        snapshots = [json.loads(str(row[-1])) for row in await table(bench, "editions")]
        left_out = await table(bench, "passed_over")
        assert await bench.pending() == []
    assert [one.entries for one in published] == sizes
    assert [snapshot["held_back"] for snapshot in snapshots] == held_back
    assert Counter(form for *_, form, _more, _less in taken) == Counter(shown_as.split())
    assert [row[2] for row in left_out] == ["overflow: drop"] * (5 - len(taken))


async def test_digests_of_one_feed_do_not_take_from_each_other(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, one=DAILY, two=DAILY), tmp_path) as bench:
        await learn(bench, "a")
        bench.clock.now = NOW + DAY
        published = await publishing(bench).publish_due()
        # Several are made at a time, and whichever is done first comes first.
        assert sorted((one.digest, one.entries) for one in published) == [("one", 1), ("two", 1)]


async def test_a_digest_nobody_configured_any_more_is_left_alone(tmp_path: Path) -> None:
    for name in ("old", "new"):
        async with open_bench(settings(tmp_path, **{name: DAILY}), tmp_path) as bench:
            await learn(bench, name)
            bench.clock.now = NOW + DAY
            if name == "new":
                published = await publishing(bench).publish_due()
                assert [one.digest for one in published] == ["new"]


def own_templates(folder: Path, **files: str) -> str:
    """A folder of templates; `md` is edition.md."""
    own = folder / "templates"
    own.mkdir(exist_ok=True)
    for suffix, text in files.items():
        (own / f"edition.{suffix}").write_text(text)
    return str(own)


# The sample that templates are tried on has two stories, an edition here has three.
FAILS = "Mine {{ 1 / (3 - edition.stories|length) }}"


async def test_where_a_template_fails_on_real_entries_the_themes_own_stands_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = own_templates(tmp_path, md=FAILS)
    digests = {"own": {**DAILY, "title": "T", "template": own}, "works": {**DAILY, "title": "T"}}
    async with open_bench(settings(tmp_path, **digests), tmp_path) as bench:
        await learn(bench, *"abc")
        bench.clock.now = NOW + DAY
        published = await publishing(bench).publish_due()
        assert {one.digest for one in published} == {"own", "works"}
        first, second = [await payloads(bench, one) for one in published]
        assert first == second
        assert first["vault"].startswith(b"# ")
        (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert (line.getMessage(), line.exc_info) == ("template failed", None)
        reason = f"{own}/edition.md:1: division by zero"
        assert line.__dict__["fields"] == {"digest": "own", "error": reason}
        assert await incidents(bench) == [("template", "own", reason)]

        # The cause is mended: from the next edition on it is over.
        own_templates(tmp_path, md="Mine")
        await learn(bench, "d")
        bench.clock.now = NOW + 2 * DAY
        (mended,) = [one for one in await publishing(bench).publish_due() if one.digest == "own"]
        assert await payloads(bench, mended) == {"vault": b"Mine"}
        assert await incidents(bench) == []


async def test_only_the_part_that_fails_is_replaced(tmp_path: Path) -> None:
    own = own_templates(tmp_path, txt="My text", html=FAILS, md="My Markdown")
    titled = {**EVERYWHERE, "title": "T"}
    digests = {"own": {**titled, "template": own}, "works": titled}
    async with open_bench(settings(tmp_path, **digests), tmp_path) as bench:
        await learn(bench, *"abc")
        bench.clock.now = NOW + WEEK
        published = await publishing(bench).publish_due()
        made = {one.digest: await payloads(bench, one) for one in published}
        mine, theirs = made["own"], made["works"]
        mail, other = parts(mine["inbox"]), parts(theirs["inbox"])
        assert mail["html"] == other["html"]
        assert mail["plain"].strip() == "My text"
        assert mine["vault"] == b"My Markdown"
        # Posts have no template.
        assert mine["team"] == theirs["team"]


ENDLESS = """\
{% if edition.stories | length == 3 %}
{% for _ in range(99999) %}{% for _ in range(99999) %}{% endfor %}{% endfor %}
{% endif %}"""


async def test_a_template_that_takes_all_time_holds_up_nothing_else(tmp_path: Path) -> None:
    own, loop = own_templates(tmp_path, md=ENDLESS), asyncio.get_running_loop()
    async with open_bench(settings(tmp_path, own={**DAILY, "template": own}), tmp_path) as bench:
        await learn(bench, *"abc")
        bench.clock.now = NOW + DAY
        begun = loop.time()
        publishes, longest = asyncio.create_task(publishing(bench).publish_due()), 0.0
        while not publishes.done():
            before = loop.time()
            await asyncio.wait([publishes], timeout=0.01)
            longest = max(longest, loop.time() - before)
        assert loop.time() - begun < limits.seconds(10)
        assert longest < limits.seconds(1)
        (published,) = publishes.result()
        assert (await payloads(bench, published))["vault"].startswith(b"# ")
        reason = f"{own}/edition.md:2: takes longer than 4.5 s"
        assert await incidents(bench) == [("template", "own", reason)]


class BrokenChannel:
    """A channel with a bug."""

    name = "vault"
    kind = "file"
    patience: timedelta | None = None
    pace = Pace()
    remedy = ""
    error: Exception = ZeroDivisionError()

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        del edition, templates, pictures, url
        raise self.error

    def plainer(self, payload: bytes) -> bytes | None:
        raise NotImplementedError

    def greeting(self, line: str) -> bytes | None:
        raise NotImplementedError

    def session(self) -> AbstractAsyncContextManager[Session]:
        raise NotImplementedError

    async def check(self) -> str:
        raise NotImplementedError


async def test_what_cannot_be_rendered_is_one_line_and_stays_due(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(settings(tmp_path, broken=DAILY), tmp_path) as bench:
        await learn(bench, "a")
        bench.clock.now = NOW + DAY
        channel = BrokenChannel()
        channel.error = TemplateError("it is broken")
        failed: dict[str, str] = {}
        assert await bench.publishing({"vault": channel}).publish_due(failed.__setitem__) == []
        assert failed == {"broken": "it is broken"}
        result = (await bench.digest("broken"))["last_result"]
        assert str(result) == "not published: it is broken"
        (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert (line.getMessage(), line.exc_info) == ("not published", None)
        assert [one.digest for one in await publishing(bench).publish_due()] == ["broken"]


async def test_a_bug_in_one_channel_disturbs_no_other_digest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    digests = {"broken": {**EVERYWHERE}, "works": {**EVERYWHERE, "send_to": ["inbox"]}}
    async with open_bench(settings(tmp_path, **digests), tmp_path) as bench:
        await learn(bench, "a")
        bench.clock.now = NOW + WEEK
        channels: dict[str, Channel] = {**open_channels(bench.settings), "vault": BrokenChannel()}
        published = await bench.publishing(channels).publish_due()
        assert [one.digest for one in published] == ["works"]
        (bug,) = [record for record in caplog.records if record.exc_info]
        assert bug.__dict__["fields"] == {"digest": "broken"}
        # Not even the channels that do work have half an edition.
        assert {row[1] for row in await table(bench, "editions")} == {"works"}
        assert len(await bench.pending("broken")) == 1
        assert [one.digest for one in await publishing(bench).publish_due()] == ["broken"]


async def test_publishing_now_leaves_the_schedule(bench: Bench) -> None:
    await learn(bench, "a")
    before = await bench.digest()
    published = await publishing(bench).publish_now("weekly")
    assert published
    assert published.entries == 1
    assert await bench.digest() == before
    assert await publishing(bench).publish_now("weekly") is None


async def test_publishing_now_to_some_channels(bench: Bench) -> None:
    await learn(bench, "a")
    published = await publishing(bench).publish_now("weekly", ["team"])
    assert published
    assert {one.channel for one in await deliveries(bench, published)} == {"team"}


async def test_two_editions_at_once_do_not_take_the_same_entries(bench: Bench) -> None:
    await learn(bench, "a", "b")
    job = publishing(bench)
    both = await asyncio.gather(job.publish_now("weekly"), job.publish_now("weekly"))
    assert [one.entries for one in both if one] == [2]
    assert len(await table(bench, "edition_entries")) == 2


async def test_an_edition_is_one_line_of_the_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    await learn(bench, "a")
    bench.clock.now = NOW + WEEK + timedelta(seconds=5)
    (published,) = await publishing(bench).publish_due()
    assert [(one.getMessage(), one.__dict__["fields"]) for one in caplog.records] == [
        (
            "published",
            {
                "digest": "weekly",
                "edition": published.edition_id,
                "scheduled_for": (NOW + WEEK).isoformat(),
                "stories": 1,
            },
        )
    ]


async def test_two_wake_ups_at_once_make_one_edition(tmp_path: Path) -> None:
    wanted = settings(tmp_path, weekly={**EVERYWHERE, "when_empty": "send"})
    async with open_bench(wanted, tmp_path) as bench:
        await learn(bench, "a")
        bench.clock.now = NOW + WEEK
        both = publishing(bench)
        first, second = await asyncio.gather(both.publish_due(), both.publish_due())
        assert [len(first), len(second)] == [1, 0]
        assert str((await bench.digest())["last_result"]).startswith("published")


async def test_a_clock_set_back_does_not_bring_the_same_edition_again(bench: Bench) -> None:
    await learn(bench, "a")
    bench.clock.now = NOW + WEEK
    assert len(await publishing(bench).publish_due()) == 1
    await learn(bench, "b")

    bench.clock.now -= timedelta(seconds=5)
    await bench.plan()
    assert (await bench.digest())["next_edition_at"] == NOW + WEEK
    bench.clock.now += timedelta(seconds=5)
    assert await publishing(bench).publish_due() == []
    assert (await bench.digest())["next_edition_at"] == NOW + 2 * WEEK
    assert len(await bench.pending("weekly")) == 1

    bench.clock.now += WEEK
    assert len(await publishing(bench).publish_due()) == 1
