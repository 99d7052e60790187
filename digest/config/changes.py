"""What differs between two configurations, by name: values may be secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.config.settings import Settings
    from digest.config.sources import SourceSettings

T = TypeVar("T")


def changes(old: Settings, new: Settings) -> list[str]:
    """Each feed, channel and digest that was added, removed or changed, and each other setting."""
    found = [
        *_changed("feed", _by_address(old), _by_address(new)),
        *_changed("channel", old.channels, new.channels),
        *_changed("digest", old.digests, new.digests),
    ]
    others = type(old).model_fields.keys() - {"feeds", "channels", "digests"}
    found += [
        f"{name} changed" for name in sorted(others) if getattr(old, name) != getattr(new, name)
    ]
    if not found and [*_by_address(old)] != [*_by_address(new)]:
        # The order of feeds is that of an edition's sections.
        found.append("order changed")
    return found


def _by_address(settings: Settings) -> dict[str, SourceSettings]:
    return {feed.address: feed for feed in settings.feeds}


def _changed(what: str, old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[str]:
    for name in new:
        if name not in old:
            yield f"{what} {name} added"
        elif old[name] != new[name]:
            yield f"{what} {name} changed"
    for name in old:
        if name not in new:
            yield f"{what} {name} removed"
