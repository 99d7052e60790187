"""What is not right with a feed that can be read: for readers of the digests, then for polling."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.feeds.revisions import is_stamped
from digest.language import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.cli.feeds_probe import Examination
    from digest.model import ParsedFeed

_SLOW_SECONDS = 5.0


def feed_problems(
    seen: Examination, parsed: ParsedFeed, identity: Counter[str], *, automatic: bool
) -> Iterator[str]:
    """What readers of the digests would notice, then what polling would.

    `automatic` is that no setting says what tells entries apart.
    """
    yield from _problems_of_entries(parsed, identity)
    if automatic and (stamped := sum(map(is_stamped, parsed.entries))):
        yield (
            f"{counted(stamped, 'entry', 'entries')} with an id that probably changes with each"
            " edit; if entries come twice, `identity: link` tells them apart by their links"
        )
    if seen.moved_to:
        yield f"it moved for good to {seen.moved_to}"
    if not (seen.etag or seen.last_modified):
        yield "it sends no ETag or Last-Modified, so every poll takes all of it"
    if seen.seconds and seen.seconds > _SLOW_SECONDS:
        yield f"it took {seen.seconds:.0f} s"


def _problems_of_entries(parsed: ParsedFeed, identity: Counter[str]) -> Iterator[str]:
    entries = parsed.entries
    if not entries:
        yield "it has no entries"
    guids = Counter(entry.guid for entry in entries if entry.guid)
    counts = {
        "without a date; they count from when they are first seen": sum(
            entry.published is None for entry in entries
        ),
        "without an id": sum(not entry.guid for entry in entries),
        "with the id of another": sum(count for count in guids.values() if count > 1),
        "told apart by their text alone; an edited one may be new": identity["content"],
        "that copy others, or are older versions of them": len(entries) - identity.total(),
    }
    for problem, count in counts.items():
        if count:
            yield f"{counted(count, 'entry', 'entries')} {problem}"
