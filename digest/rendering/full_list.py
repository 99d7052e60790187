"""The full list of an edition: the titles of what it only counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import Edition, More

# Where it begins on the page of an edition.
ANCHOR = "#everything-else"


def without_list(edition: Edition) -> Edition:
    """The edition with its counts alone, for a form that has no room for the list."""
    return _with_counts(edition, lambda more: replace(more, listed=()))


def linked_to_list(edition: Edition, page: str) -> Edition:
    """The edition with its counts leading to the list on its page, where they have titles there."""
    address = page + ANCHOR
    return _with_counts(edition, lambda more: replace(more, url=address) if more.listed else more)


def _with_counts(edition: Edition, change: Callable[[More], More]) -> Edition:
    sections = tuple(
        replace(section, more=tuple(map(change, section.more))) for section in edition.sections
    )
    return replace(edition, sections=sections)
