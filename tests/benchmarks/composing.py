"""What one edition costs on its way from the store's entries to a finished message.

    python -m tests.benchmarks.composing [--entries 50]

Milliseconds of CPU for each step, with templates compiled: the median of 21 rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from css_inline import CSSInliner

from digest.editions.compose import Frame, compose
from digest.editions.select import Room, select
from digest.editions.similarity.stories import group
from digest.model import Entry
from digest.rendering.email.fit import fit
from digest.rendering.email.message import build_email
from digest.rendering.renderer import HTML
from digest.rendering.templates import Templates
from tests.editions.labelled import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUNDS = 21
FEEDS = 10
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
# One of each pair, in the order of the file: headlines of many kinds, some alike.
TITLES = [pair[1] for pairs in json.loads(PAIRS.read_text("utf-8")).values() for pair in pairs]
EXCERPT = (
    "It took three weeks of work and one long night. Here is what they learned on the way, what"
    " went wrong twice, and which of it they would do again tomorrow."
)


def entries(count: int) -> list[Entry]:
    """As many from ten feeds, each over its own link, every seventh in two feeds."""
    return [
        Entry(
            id=number,
            feed_url=f"https://feeds.example/{number % FEEDS}",
            feed_title=f"Feed {number % FEEDS}",
            title=TITLES[number % len(TITLES)],
            link=f"https://site.example/2026/11/moving-{number - (number % 7 == 6)}.html",
            author="Ada Lovelace",
            published=NOW - timedelta(hours=number),
            first_seen_at=NOW - timedelta(minutes=number),
            excerpt=EXCERPT,
            words=900,
        )
        for number in range(count)
    ]


class Stopwatch:
    """Milliseconds of CPU by step, one of each for every round."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        began = time.process_time()
        yield
        self.steps[name].append((time.process_time() - began) * 1_000)


def compose_once(watch: Stopwatch, pending: Sequence[Entry], templates: Templates) -> bytes:
    """One edition, step by step; answers the message."""
    names: dict[str, str | None] = dict.fromkeys(entry.feed_url for entry in pending)
    frame = Frame(
        digest="weekly",
        title="Weekly reading",
        timezone="Europe/Berlin",
        period_from=NOW - timedelta(days=7),
        period_to=NOW,
        composed_at=NOW,
        names=names,
    )
    with watch.step("group into stories"):
        group(pending)
    with watch.step("select (groups too)"):
        selection = select(pending, Room(len(pending)))
    with watch.step("compose"):
        edition = compose(frame, selection)
    with watch.step("render HTML, inline styles, fit"):
        _, html = fit(edition, templates.html)
    with watch.step("render text"):
        text = templates.text(edition)
    with watch.step("build the message"):
        message = build_email(edition, html, text, "Weekly reading <digest@example.com>")
    # Parts of a step above, once more by themselves.
    with watch.step("  of it: render HTML"):
        source = templates._render(HTML, edition)
    with watch.step("  of it: inline styles"):
        CSSInliner(load_remote_stylesheets=False).inline(source)
    return message


def main() -> None:
    """Print a line for each step, and the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50)
    pending, templates, watch = entries(parser.parse_args().entries), Templates(), Stopwatch()
    message = compose_once(Stopwatch(), pending, templates)
    for _ in range(ROUNDS):
        compose_once(watch, pending, templates)
    medians = {name: statistics.median(times) for name, times in watch.steps.items()}
    for name, median in medians.items():
        print(f"{name:34} {median:7.2f} ms")
    counted = (m for name, m in medians.items() if name[0] != " " and name != "group into stories")
    print(f"{'from entries to a message':34} {sum(counted):7.2f} ms, {len(message):,} bytes")


if __name__ == "__main__":
    main()
