"""What Rocket.Chat makes of a text, by the grammar of its message-parser."""

from __future__ import annotations

import re

from digest.rendering.dialects import JOINER

# packages/message-parser/src/grammar.pegjs
MARKUP = {
    "a mention": re.compile(r"@[\w.:-]+"),
    "a channel": re.compile(r"#[\w.-]+"),
    "an emoji": re.compile(r":[\w+-]+:"),
    "emphasis": re.compile(r"[*~`]|(?<![^\W_])_+[^_]|[^_]_+(?![^\W_])"),
    "an address": re.compile(r"(?i)[a-z]://\S|\w\.[a-z]{2}"),
    "a link": re.compile(r"\]\(|<[^|>]*\|"),
    "a spoiler": re.compile(r"\|\|"),
    "a quote, a heading or a list": re.compile(r"^(?:>|#{1,4}[ \t]|[-*+][ \t]|\d+\.[ \t])"),
    "a phone number": re.compile(r"\+\(?\d"),
    "a time or a colour": re.compile(r"<t:|color:#[0-9a-f]{3}"),
    "an escape or a formula": re.compile(r"\\[_#.(\[*~`]"),
}
_LOOKS = str.maketrans("∗‵∼‹›∣＿", "*`~<>|_", JOINER)


def shown(line: str) -> str:
    """What a reader takes a line for."""
    return line.translate(_LOOKS)
