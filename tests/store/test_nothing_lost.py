"""The first promise: whatever happens, what is seen is in one edition or still pending."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from digest.errors import StoreError
from digest.feeds.diff import diff
from digest.model import KeyedEntry, ParsedEntry
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    INBOX,
    edition_of,
    entry,
    feed_id,
    name_message,
    plan_of,
    state_of,
    update_of,
    visit,
)

URLS = ("https://one.example/feed", "https://two.example/feed")
WINDOWS = {"weekly": 7 * DAY, "nothing old": timedelta()}
DIGESTS = st.sampled_from(sorted(WINDOWS))
NUMBERS = st.sets(st.integers(0, 11))
_DATES = (None, -30 * DAY, -DAY, DAY)


def published(number: int) -> datetime | None:
    offset = _DATES[number % len(_DATES)]
    return None if offset is None else NOW + offset


class Memory(RuleBasedStateMachine):
    """A store through any sequence of polls, editions, failures and restarts."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.now = NOW
        self.sent: Counter[tuple[str, str]] = Counter()
        self.wanted: set[tuple[str, str]] = set()
        self.seen: dict[str, set[str]] = {}
        self.open()

    def open(self) -> None:
        self.store = store_at(Path(self.folder.name) / "digest.db")
        plans = [plan_of(name, feeds=URLS, window=window) for name, window in WINDOWS.items()]
        self.store.schedules.plan(plans, self.now)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()

    @rule(url=st.sampled_from(URLS), numbers=NUMBERS, version=st.sampled_from("fg"))
    def poll(self, url: str, numbers: set[int], version: str) -> None:
        self.now += DAY
        titles = {f"{url}/{number}": published(number) for number in sorted(numbers)}
        said = [
            KeyedEntry(
                title,
                version,
                ParsedEntry(title, "", title, "", date, ""),
                names=(f"guid:{title}", f"whole:{title}"),
                telling=(f"guid:{title}",),
            )
            for title, date in titles.items()
        ]
        names = [name for one in said for name in one.names]
        changes = diff(said, self.store.feeds.known(feed_id(self.store, url), names))
        update = update_of(
            *(entry(one.key, one.entry.published, fingerprint=version) for one in changes.new),
            edited=[
                (one.known.id, entry(one.keyed.key, fingerprint=version))
                for one in changes.recognised
                if one.edited
            ],
            seen=[one.known.id for one in changes.recognised],
            windows=WINDOWS,
        )
        self.store.feeds.record_update(state_of(self.store, url), update, visit(self.now))
        first = url not in self.seen
        for digest, window in WINDOWS.items():
            for title in titles.keys() - self.seen.get(url, set()):
                date = titles[title]
                recent = bool(window and date and date >= self.now - window)
                if recent or not first:
                    self.wanted.add((digest, title))
        self.seen.setdefault(url, set()).update(titles)

    @rule(digest=DIGESTS, most=st.integers(0, 5), fails=st.booleans())
    def publish(self, digest: str, most: int, *, fails: bool) -> None:
        self.now += DAY
        taken = self.store.editions.pending(digest, URLS)[:most]
        edition = edition_of(*(one.id for one in taken), digest=digest, period_to=self.now)
        sent_as = (INBOX, INBOX) if fails else (INBOX,)
        try:
            self.store.editions.publish(edition, self.now, sent_as, name_message, self.now)
        except StoreError:
            assert fails
        else:
            assert not fails
            self.sent.update((digest, one.title) for one in taken)

    @invariant()
    def in_one_edition_or_pending(self) -> None:
        waiting = {
            (digest, one.title)
            for digest in WINDOWS
            for one in self.store.editions.pending(digest, URLS)
        }
        assert set(self.sent.values()) <= {1}
        assert waiting.isdisjoint(self.sent)
        assert waiting | set(self.sent) == self.wanted

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestNothingIsLost = Memory.TestCase
TestNothingIsLost.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
