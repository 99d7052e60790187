"""What Google Chat makes of a text, by the table of its page on formatting messages."""

from __future__ import annotations

import re

from digest.rendering.dialects import JOINER

# https://developers.google.com/workspace/chat/format-messages
MARKUP = {
    "emphasis": re.compile(r"[*~`]|(?<![^\W_])_+[^_]|[^_]_+(?![^\W_])"),
    "a link or a mention": re.compile(r"[<>]"),
    "an address": re.compile(r"(?i)[a-z]://\S|\w\.[a-z]{2}"),
    "a list": re.compile(r"^[-*] "),
}
_LOOKS = str.maketrans("∗‵∼‹›∣＿", "*`~<>|_", JOINER)


def shown(line: str) -> str:
    """What a reader takes a line for."""
    return line.translate(_LOOKS)
