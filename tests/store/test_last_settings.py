"""Since when the settings are as they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.feed_xml import NOW

if TYPE_CHECKING:
    from digest.store import Store


def test_they_keep_their_time_but_not_that_of_a_clock_that_ran_ahead(store: Store) -> None:
    since = []
    for now in (NOW, NOW + timedelta(hours=1), NOW - timedelta(days=365)):
        store.last_settings.keep("/etc/config.yaml", "{}", now)
        last = store.last_settings.read()
        assert last
        since.append(last.since)
    assert since == [NOW, NOW, NOW - timedelta(days=365)]
