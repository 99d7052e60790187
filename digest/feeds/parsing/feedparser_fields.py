"""Fields of feedparser's by type: an element of any name can put anything into them."""

from __future__ import annotations

from typing import Any


def text_in(parsed: Any, name: str) -> str:
    """The text in a field, or nothing."""
    value = parsed.get(name)
    return value if isinstance(value, str) else ""


def detail_in(parsed: Any, name: str) -> dict[str, Any]:
    """The attributes in a field, or none."""
    value = parsed.get(name)
    return value if isinstance(value, dict) else {}


def details_in(parsed: Any, name: str) -> list[dict[str, Any]]:
    """The attributes of each of several elements in a field, or nothing."""
    values = parsed.get(name)
    return (
        [detail for detail in values if isinstance(detail, dict)]
        if isinstance(values, list)
        else []
    )
