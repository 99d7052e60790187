"""Which entries are about the topics that a digest watches for, as models have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.summaries.prompts import YES, topic_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model import Entry
    from digest.store.model_answers import KeptAnswer

# Of what is pending the newest are asked about.
_MOST = 200


def topic_keys(topics: Sequence[str], entries: Sequence[Entry]) -> list[str]:
    """What the answers for these entries are kept by."""
    return [topic_key(topic, entry) for entry in _newest(entries) for topic in topics]


def about(
    topics: Sequence[str], entries: Sequence[Entry], kept: Mapping[str, KeptAnswer]
) -> tuple[dict[int, tuple[str, ...]], dict[str, list[Entry]]]:
    """The topics of each entry, by number, and the entries nobody has rated, by topic."""
    found: dict[int, tuple[str, ...]] = {}
    unrated: dict[str, list[Entry]] = {}
    for entry in _newest(entries):
        for topic in topics:
            answer = kept.get(topic_key(topic, entry))
            if answer is None or not answer.settled:
                unrated.setdefault(topic, []).append(entry)
            elif answer.is_accepted and answer.text == YES:
                found[entry.id] = (*found.get(entry.id, ()), topic)
    return found, unrated


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.id, reverse=True)[:_MOST]
