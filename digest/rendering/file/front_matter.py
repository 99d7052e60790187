"""Properties on top of a note, as Obsidian and Logseq read them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Literal

from digest.config.channels.file.front_matter import is_tag
from digest.config.path_template import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model import Edition

Value = str | bool | int | float | date | list[str]
_NOT_IN_TAGS = re.compile(r"[^\w/-]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE, _DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,14})"), re.compile(r"-?\d{1,15}\.\d{1,15}")
_LONGEST_LINE = 1_000_000


def with_front_matter(
    text: str,
    edition: Edition,
    properties: Mapping[str, str | tuple[str, ...]],
    values: Mapping[str, str],
    style: Literal["yaml", "logseq"],
) -> str:
    """A note with its properties on top: those of every edition, and those that were asked for.

    `values` are what their placeholders stand for.
    """
    own: dict[str, Value] = {
        "date": date.fromisoformat(values["date"]),
        "digest": edition.digest,
        "title": edition.title,
        "stories": len(edition.stories),
    }
    given = {name: _value(name, value, values) for name, value in properties.items()}
    top = _yaml(own | given) if style == "yaml" else _logseq(own, given)
    return f"{top}\n{text}"


def _yaml(properties: dict[str, Value]) -> str:
    # Few channels have notes.
    import yaml

    text = yaml.safe_dump(properties, allow_unicode=True, sort_keys=False, width=_LONGEST_LINE)
    return f"---\n{text}---\n"


def _logseq(own: dict[str, Value], given: dict[str, Value]) -> str:
    """The properties of a page, which are its first block.

    Logseq takes `title` for the name of the page, and two pages of one name for one.
    """
    properties = {name: value for name, value in own.items() if name != "title"} | given
    lines = (
        f"{name.lower().replace(' ', '-')}:: {_line(value)}\n" for name, value in properties.items()
    )
    return "".join(lines)


def _line(value: Value) -> str:
    match value:
        case list():
            return ", ".join(value)
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _value(name: str, given: str | tuple[str, ...], values: Mapping[str, str]) -> Value:
    if isinstance(given, str):
        return _typed(filled(given, values))
    texts = [filled(text, values) for text in given]
    return [_tag(text) for text in texts] if name == "tags" else texts


def _typed(text: str) -> str | bool | int | float | date:
    """What a note takes the text for, where it is no text."""
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return _date(text) if _DATE.fullmatch(text) else text


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _tag(text: str) -> str:
    tag = _NOT_IN_TAGS.sub("-", text).strip("-")
    return tag if is_tag(tag) else f"_{tag}"
