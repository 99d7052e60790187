"""What Slack takes, as far as documentation and experience say.

https://docs.slack.dev/reference/block-kit/blocks, and what Slack refuses without saying why.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS, JSON = 50, 12_000
HEADER, SECTION, CONTEXT_ELEMENTS, PICTURE, ALTERNATIVE = 150, 3_000, 10, 3_000, 2_000
LINK = 3_000
# No list of a list of a list: nobody reads it.
DEEPEST = 1

Node = dict[str, Any]


def assert_acceptable(message: Node) -> None:
    """Slack would take the message, and show it without a link preview."""
    assert set(message) == {"text", "blocks", "unfurl_links", "unfurl_media"}
    assert len(json.dumps(message)) < JSON
    json.dumps(message, ensure_ascii=False).encode("utf-8")
    assert message["text"].strip()
    assert message["unfurl_links"] is False
    assert message["unfurl_media"] is False
    assert 1 <= len(message["blocks"]) <= BLOCKS
    for block in message["blocks"]:
        _CHECKS[block["type"]](block)


def _header(block: Node) -> None:
    _plain(block["text"], HEADER)


def _context(block: Node) -> None:
    assert 1 <= len(block["elements"]) <= CONTEXT_ELEMENTS
    for element in block["elements"]:
        _plain(element, SECTION)


def _section(block: Node) -> None:
    assert "fields" not in block
    _plain(block["text"], SECTION)
    if "accessory" in block:
        picture = block["accessory"]
        assert set(picture) == {"type", "image_url", "alt_text"}
        assert picture["type"] == "image"
        assert 1 <= len(picture["image_url"]) <= PICTURE
        assert 1 <= units(picture["alt_text"]) <= ALTERNATIVE
        # Long ones are not folded.
        assert block["expand"] is True


def _rich_text(block: Node) -> None:
    assert block["elements"]
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            assert element["style"] == "bullet"
            assert 0 <= element.get("indent", 0) <= DEEPEST
            assert element["elements"]
            for item in element["elements"]:
                _line(item)
        else:
            _line(element)


def _line(line: Node) -> None:
    assert line["type"] == "rich_text_section"
    assert line["elements"]
    for element in line["elements"]:
        assert element["type"] in {"text", "link"}
        assert 1 <= units(element["text"]) <= SECTION
        if element["type"] == "link":
            assert 1 <= len(element["url"]) <= LINK


def _plain(text: Node, most: int) -> None:
    assert text["type"] == "plain_text"
    assert text["emoji"] is False
    assert text["text"].strip()
    assert units(text["text"]) <= most


def _divider(block: Node) -> None:
    assert set(block) == {"type"}


# No image: one that Slack cannot fetch has the whole message refused.
_CHECKS = {
    "header": _header,
    "context": _context,
    "section": _section,
    "rich_text": _rich_text,
    "divider": _divider,
}


def units(text: str) -> int:
    """How long Slack takes a text to be: in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def lines(message: Node) -> Iterator[list[Node]]:
    """The elements of each line and each item of a list, in order."""
    for block in message["blocks"]:
        for element in block["elements"] if block["type"] == "rich_text" else ():
            items = element["elements"] if element["type"] == "rich_text_list" else [element]
            yield from (item["elements"] for item in items)


def titles(messages: list[Node], sign: str) -> list[str]:
    """What begins a line with this sign, in order: a story's title."""
    return [
        line[0]["text"]
        for message in messages
        for line in lines(message)
        if line[0]["text"].startswith(sign)
    ]


def texts(part: Any) -> Iterator[str]:
    """Every text of a message's blocks, in order."""
    if isinstance(part, list):
        for each in part:
            yield from texts(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for value in part.values():
            yield from texts(value)
