"""The parts of an update of Telegram, whatever is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def part_of(update: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object under a key; an empty one where there is none."""
    part = update.get(key)
    return part if isinstance(part, dict) else {}
