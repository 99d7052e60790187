"""Changes to the list `feeds` in the text of a configuration file: what is not named stays.

Each takes the text and answers the new one. Items go by their place in the list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.config.sources import DEFAULT_KIND, long_form
from digest.config.yaml.nodes import Node, compose
from digest.config.yaml.scalar import scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMENT = re.compile(r"([ \t]*)#[^\n]*(?:\n|$)")
_DASH = re.compile(r"^ *(?=-\s)", re.MULTILINE)
_REST_OF_LINE = re.compile(r"[ \t]*(?:,[ \t]*)?(?:#[^\n]*)?\r?(?:\n|$)")
_COMMA = re.compile(r"\s*,")
_COMMA_AND_BLANKS = re.compile(r"\s*,[ \t]*")
_PAUSED = "paused"


class HardToEditError(ValueError):
    """What stands there is for a person to change."""


def source_settings(text: str, address: str) -> list[str]:
    """The settings that a text in the list stands for; `address`: how a feed's is written.

    Raises:
        ValueError: its kind does not understand it.
    """
    settings = long_form(text)
    if settings["kind"] == DEFAULT_KIND:
        return [f"url: {address}"]
    return [f"{key}: {_written(value)}" for key, value in settings.items()]


def _written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return scalar(str(value))


def with_feeds(text: str, items: Sequence[Sequence[str]]) -> str:
    """More feeds at the end, each as the lines of an item in a list with a line for each."""
    feeds = _feeds(text)
    if feeds.flow:
        for item in items:
            text = _with_element(text, _feeds(text), _as_flow(item))
        return text
    indent, newline = " " * _column(text, _dash(text, feeds, 0)), _newline(text)
    added = "".join(f"{indent}{line}{newline}" for item in items for line in item)
    end = _end_of_comments(text, _end_of_line(text, feeds.end), 1)
    head = text[:end]
    return head + ("" if head.endswith("\n") else newline) + added + text[end:]


def without_feed(text: str, number: int) -> str:
    """All but one; with it go the comments inside it and on its lines."""
    feeds = _feeds(text)
    if feeds.flow:
        return _without_element(text, feeds.children, number, 1)
    dash = _dash(text, feeds, number)
    column = _column(text, dash)
    end = _end_of_line(text, feeds.children[number].end)
    end = _end_of_comments(text, end, column + 1)
    return text[: dash - column] + text[end:]


def with_paused(text: str, number: int) -> str:
    """With `paused: true` at one feed."""
    item = _feeds(text).children[number]
    if item.kind == "scalar":
        return _long_form(text, _feeds(text), item)
    if item.kind != "map":
        raise HardToEditError
    if given := item.get(_PAUSED):
        space = " " if text[given.start - 1] == ":" else ""
        return f"{text[: given.start]}{space}true{text[given.end :]}"
    if item.flow:
        return _with_element(text, item, f"{_PAUSED}: true")
    return _with_line(text, item, _column(text, item.children[0].start))


def without_paused(text: str, number: int) -> str:
    """Without `paused` at one feed."""
    item = _feeds(text).children[number]
    if item.kind != "map" or item.get(_PAUSED) is None:
        raise HardToEditError
    at = next(n for n, (name, _) in enumerate(item.pairs()) if name.value == _PAUSED)
    if item.flow:
        return _without_element(text, item.children, 2 * at, 2)
    name, value = item.children[2 * at : 2 * at + 2]
    if at == 0:
        # It shares its line with the dash, which the next key takes over.
        return text[: name.start] + text[item.children[2].start :]
    start = name.start - _column(text, name.start)
    return text[:start] + text[_end_of_line(text, value.end) :]


def _feeds(text: str) -> Node:
    root = compose(text)
    feeds = root.get("feeds") if root else None
    if feeds is None or feeds.kind != "list":
        raise HardToEditError
    return feeds


def _long_form(text: str, feeds: Node, item: Node) -> str:
    """An item that is one text, as a map that is paused."""
    start, end = item.start, item.end
    try:
        pairs = source_settings(item.value, text[start:end])
    except ValueError:
        raise HardToEditError from None
    if feeds.flow:
        return f"{text[:start]}{{{', '.join(pairs)}, {_PAUSED}: true}}{text[end:]}"
    column = _column(text, start)
    written = f"{_newline(text)}{' ' * column}".join(pairs)
    shift = len(written) - (end - start)
    return _with_line(text[:start] + written + text[end:], item, column, shift)


def _with_line(text: str, item: Node, column: int, shift: int = 0) -> str:
    end = _end_of_line(text, item.end + shift)
    newline = _newline(text)
    before = "" if text[:end].endswith("\n") else newline
    return f"{text[:end]}{before}{' ' * column}{_PAUSED}: true{newline}{text[end:]}"


def _with_element(text: str, around: Node, element: str) -> str:
    """One more at the end of what is in brackets or braces; on a line of its own like the last."""
    last = around.children[-1].end
    start = around.children[-1 if around.kind == "list" else -2].start
    comma = _COMMA.match(text, last)
    behind = comma.end() if comma else last
    # A comma behind the last stays behind the last.
    head, again = (text[:behind], ",") if comma else (f"{text[:last]},", "")
    line = _REST_OF_LINE.match(text, behind)
    if not line or not _begins_line(text, start):
        return f"{head} {element}{again}{text[behind:]}"
    indent = " " * _column(text, start)
    added = f"{indent}{element}{again}{_newline(text)}"
    return f"{head}{text[behind : line.end()]}{added}{text[line.end() :]}"


def _without_element(text: str, children: Sequence[Node], at: int, size: int) -> str:
    """All but `size` of the children in brackets or braces, with their comma."""
    start, end = children[at].start, children[at + size - 1].end
    rest = _REST_OF_LINE.match(text, end)
    if rest and _begins_line(text, start):
        return text[: start - _column(text, start)] + text[rest.end() :]
    if comma := _COMMA_AND_BLANKS.match(text, end):
        return text[:start] + text[comma.end() :]
    before = children[at - 1].end if at else start
    return text[: start if "\n" in text[before:start] else before] + text[end:]


def _as_flow(item: Sequence[str]) -> str:
    """An item's lines as they are written in brackets."""
    first, *others = (line[2:] for line in item)
    pairs = ", ".join((first, *others))
    return f"{{{pairs}}}" if first.startswith("url: ") else pairs


def _dash(text: str, feeds: Node, number: int) -> int:
    """Where the dash of an item is, in a list with a line for each; no comment begins with one."""
    begin = feeds.children[number - 1].end if number else feeds.start
    line = text.rfind("\n", 0, begin) + 1
    found = _DASH.search(text, line if not number else begin, feeds.children[number].start)
    if found is None:
        raise HardToEditError
    return found.end()


def _column(text: str, at: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    return at - start - text.startswith("\ufeff", start)


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _end_of_line(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)


def _end_of_comments(text: str, at: int, column: int) -> int:
    """Behind the lines that are comments and begin at a column or further in."""
    while (comment := _COMMENT.match(text, at)) and len(comment[1]) >= column:
        at = comment.end()
    return at


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
