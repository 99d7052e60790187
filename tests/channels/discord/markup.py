"""What Discord makes of a text: its mentions, times, emoji, markup and links."""

from __future__ import annotations

import re
from html import unescape

from markdown_it import MarkdownIt

from digest.rendering.dialects import JOINER

# https://discord.com/developers/docs/reference#message-formatting
MARKUP = {
    "a mention": re.compile(r"@(?:everyone|here)\b|<[@#][!&]?\d+>|<id:\w+>"),
    "a time": re.compile(r"<t:\d+(?::\w)?>"),
    "an emoji": re.compile(r":[\w+-]+:"),
    "markup": re.compile(r"(?<!\\)(?:\\\\)*[*_~`|\[\]<>]"),
    "an address": re.compile(r"(?i)https?://"),
    "a heading, a small line or a list": re.compile(r"^(?:#{1,3} |-# |[-*+] |\d+[.)] )"),
}
_READER = MarkdownIt("commonmark")


def shown(line: str) -> str:
    """What a reader sees of a line; markup is not shown as it is written."""
    return unescape(_READER.renderInline(line)).replace(JOINER, "")
