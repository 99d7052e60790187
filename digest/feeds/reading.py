"""A body to keyed entries, all of it in a worker process: long texts take time to hash, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.feeds.identity import IdentityChoice, identify

if TYPE_CHECKING:
    from digest.model import KeyedEntry, Wishes


@dataclass(frozen=True, slots=True)
class Reading:
    """What polling takes from a body."""

    title: str
    wishes: Wishes
    entries: tuple[KeyedEntry, ...]


def read_feed(body: bytes, url: str, charset: str | None, how: IdentityChoice) -> Reading:
    """Parse a whole body that came from `url`, in `charset` where it says no other; key entries.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    # Only worker processes need it; the daemon stays small.
    from digest.feeds.parse import parse_feed

    parsed = parse_feed(body, url, charset)
    return Reading(parsed.title, parsed.wishes, identify(parsed, how))
