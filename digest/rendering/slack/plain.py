"""Text for mrkdwn, and a Slack message as one such text, for where its blocks were refused."""

from __future__ import annotations

import json
import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from digest.rendering.slack.blocks import MAX_JSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.rendering.slack.blocks import Block, Message

_MARGIN = 100
_BULLETS = ("•", "    ◦")
# What opens or closes formatting, or names an emoji; none of it can be escaped.
_FORMATTING = re.compile(r"(?<!\w)[*_~]|[*_~](?!\w)|`|:(?=[\w+'-]+:)")
_LOOKALIKES = str.maketrans("*_~`:", "∗ˍ∼ˋ∶")
_OPENERS = ("&", "-", "•", "◦")
# Not the space that keeps a number with its unit.
_SPACE = re.compile(r"[^\S\u00a0]+")
_IN_URL = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "&": "&amp;"})


def literal(text: str) -> str:
    """Text that mrkdwn shows as it is: escaped, and lookalikes for what cannot be.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    shown = _FORMATTING.sub(lambda found: found[0].translate(_LOOKALIKES), text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_message(message: Message) -> Message | None:
    """A message as one text without blocks; None if it has none.

    Each story is a line, with its excerpt where all of them fit.
    """
    if "blocks" not in message:
        return None
    text = "\n".join(_lines(message["blocks"], excerpts=True))
    if len(json.dumps(text)) > MAX_JSON - _MARGIN:
        text = "\n".join(_lines(message["blocks"], excerpts=False))
    return {"text": text, "mrkdwn": True, "unfurl_links": False, "unfurl_media": False}


def _lines(blocks: list[Block], *, excerpts: bool) -> Iterator[str]:
    for block in blocks:
        match block["type"]:
            case "header":
                yield f"*{_shown(block['text']['text'])}*"
            case "context":
                yield from (_shown(element["text"]) for element in block["elements"])
            case "rich_text":
                yield ""
                yield from _rich_text(block["elements"], excerpts=excerpts)
            case "section" if "accessory" not in block:
                yield _shown(block["text"]["text"])
            case "section" if excerpts:
                # What begins a line can be a quotation, or a list.
                yield f"— {_shown(block['text']['text'])}"


def _rich_text(elements: list[Block], *, excerpts: bool) -> Iterator[str]:
    for element in elements:
        if element["type"] == "rich_text_section":
            line = _line(element["elements"], excerpts=excerpts).strip()
            # In some languages it begins with the name of a feed: `>` would be a quotation.
            yield f"— {line}" if line[:1] in _OPENERS else line
        else:
            mark = _BULLETS[element.get("indent", 0)]
            for item in element["elements"]:
                yield f"{mark} {_line(item['elements'], excerpts=excerpts)}"


def _line(elements: list[Block], *, excerpts: bool) -> str:
    parts = []
    for element, after in zip_longest(elements, elements[1:]):
        if element["type"] == "link":
            words = _shown(element["text"]).replace("|", "¦")
            parts.append(f"<{element['url'].translate(_IN_URL)}|{words}>")
        elif "style" in element:
            parts.append(f"*{_shown(element['text'])}*")
        else:
            text = element["text"] if excerpts else _without_excerpt(element["text"], after)
            parts.append(_shown(text))
    return "".join(parts)


def _without_excerpt(text: str, after: Block | None) -> str:
    """The text without lines of its own, but for the one that leads to a link."""
    first, *others = text.split("\n")
    leads = others and after is not None and after["type"] == "link"
    return f"{first}\n{others[-1]}" if leads else first


def _shown(text: str) -> str:
    return literal(_SPACE.sub(" ", text.replace("\n", " — ")))
