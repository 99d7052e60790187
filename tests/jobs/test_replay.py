"""Real feeds over months, as publishers served them: polled, with and without restarts."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from tests.jobs.bench import MONDAYS
from tests.jobs.poller import Poller
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from pathlib import Path

    from digest.model import PollResult
    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer

NAMES = ("cursor", "google_ai", "mistral", "ollama", "the_batch", "weaviate")
# A baseline of everything there is at first, so that what is pending is what came later.
ONLY_LATER = {"weekly": {"schedule": MONDAYS, "send_to": ["vault"], "first_edition": timedelta()}}


@dataclass(frozen=True)
class Version:
    at: datetime
    body: bytes


@dataclass(frozen=True)
class Recorded:
    """Successive versions of a feed, and how many entries are new after the first of them."""

    name: str
    versions: tuple[Version, ...]
    new: int


def recorded(shared: Path, name: str) -> Recorded:
    folder = shared / "corpora" / "timeseries"
    manifest = json.loads((folder / "manifest.json").read_text())
    (sequence,) = (one for one in manifest["sequences"] if one["feed"] == name)
    versions = tuple(
        Version(datetime.fromisoformat(one["committed_at"]), (folder / one["file"]).read_bytes())
        for one in sequence["sequence"]
    )
    return Recorded(name, versions, sequence["expected"]["new_notifications_with_url_alias"])


async def read(
    poller: Poller, answers: Iterable[tuple[datetime, Reply]], *, restarts: bool = False
) -> list[PollResult]:
    """How the polls of these answers go, each at its time."""
    results = []
    for at, reply in answers:
        if restarts:
            await poller.restart()
        poller.clock.now = at
        poller.answer(reply)
        results.append(await poller.poll())
    return results


async def pending_and_all(poller: Poller) -> tuple[int, int]:
    """How many entries are pending, and how many there are."""
    ((number,),) = await poller.query("SELECT count(*) FROM entries")
    return len(await poller.titles()), number


@pytest.fixture
async def poller(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> AsyncIterator[Poller]:
    async with Poller(feed_server, tmp_path, workers, digests=ONLY_LATER) as poller:
        yield poller


def served(sequence: Recorded) -> Iterator[tuple[datetime, Reply]]:
    return ((version.at, Reply(version.body)) for version in sequence.versions)


@pytest.mark.parametrize("restarts", [False, True], ids=["one-process", "restarts"])
@pytest.mark.parametrize("name", NAMES)
async def test_exactly_the_new_entries_are_new(
    shared: Path,
    poller: Poller,
    name: str,
    *,
    restarts: bool,
) -> None:
    sequence = recorded(shared, name)
    first, *later = await read(poller, served(sequence), restarts=restarts)
    assert {one.outcome for one in later} <= {"updated", "unchanged"}
    new = sum(one.new for one in later)
    assert new == sequence.new
    assert await pending_and_all(poller) == (new, first.new + new)


def test_the_sequences_are_all_there_are(shared: Path) -> None:
    folders = {path.name for path in (shared / "corpora" / "timeseries").iterdir() if path.is_dir()}
    assert folders == set(NAMES)
    assert sum(recorded(shared, name).new for name in NAMES) == 95


EMPTY = b"<rss version='2.0'><channel><title>A feed</title></channel></rss>"
PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>"


def nothing_learned(body: bytes) -> list[Reply]:
    """What a server may answer in the place of a feed, with validators of its own."""
    without_end = body[: body.rindex(b"</")]
    bodies = [EMPTY, body[: len(body) // 2], PAGE, b"", without_end]
    replies = [*map(Reply, bodies), Reply(body, 500)]
    return [Reply(one.body, one.status, {"ETag": '"wrong"'}) for one in replies]


def troubled(sequence: Recorded) -> Iterator[tuple[datetime, Reply]]:
    """Before each version something that teaches nothing."""
    for n, version in enumerate(sequence.versions):
        wrong = nothing_learned(version.body)
        yield version.at, wrong[n % len(wrong)]
        yield version.at, Reply(version.body)


@pytest.mark.parametrize("name", ["ollama", "mistral"])
async def test_answers_that_teach_nothing_change_nothing(
    shared: Path, poller: Poller, name: str
) -> None:
    sequence = recorded(shared, name)
    results = await read(poller, troubled(sequence))
    assert [one.new for one in results[::2]] == [0] * len(sequence.versions)
    assert {one.outcome for one in results[::2]} == {"failed", "unchanged"}
    # What came as the first thing, an empty feed, is no baseline: all that follows is new.
    _, first, *later = results
    assert sum(one.new for one in later) == sequence.new
    assert {one.outcome for one in later} <= {"updated", "unchanged", "failed"}
    assert (await pending_and_all(poller))[1] == first.new + sequence.new
    assert '"wrong"' not in {seen.headers.get("If-None-Match") for seen in poller.server.seen}


def re_dated(body: bytes, by: timedelta) -> bytes:
    def later(date: re.Match[bytes]) -> bytes:
        return format_datetime(parsedate_to_datetime(date[0].decode()) + by).encode()

    return re.sub(rb"(?<=<pubDate>)[^<]+", later, body)


@pytest.mark.parametrize("name", ["cursor", "google_ai", "weaviate"])
async def test_re_dated_entries_are_not_new(shared: Path, poller: Poller, name: str) -> None:
    last = recorded(shared, name).versions[-1]
    bodies = [last.body, *(re_dated(last.body, timedelta(days=days)) for days in (1, -30, 0))]
    assert len(set(bodies)) >= 3
    days = (last.at + timedelta(days=n) for n in itertools.count())
    first, *later = await read(poller, zip(days, map(Reply, bodies), strict=False))
    assert first.new > 0
    assert [(one.outcome, one.new, one.known) for one in later] == [("unchanged", 0, first.new)] * 3


@pytest.mark.parametrize("name", ["cursor", "ollama"])
async def test_what_is_gone_for_months_and_comes_back_is_not_new(
    shared: Path, poller: Poller, name: str
) -> None:
    oldest, *_, newest = recorded(shared, name).versions
    bodies = [oldest.body, newest.body] * 3
    months = (oldest.at + timedelta(days=30 * n) for n in itertools.count())
    results = await read(poller, zip(months, map(Reply, bodies), strict=False))
    assert [one.new for one in results[2:]] == [0] * 4
