"""What Zulip makes of a text, by the patterns of its own Markdown."""

from __future__ import annotations

import re
from html import unescape

# zerver/lib/markdown/__init__.py, zerver/lib/mention.py
MARKUP = {
    "a mention": re.compile(r"@\*|@_\*"),
    "a channel or a linked issue": re.compile(r"(?<!&)#"),
    "an emoji": re.compile(r":[\w+-]+:"),
    "emphasis or code": re.compile(r"[*`~]"),
    "a formula": re.compile(r"\$\$"),
    "a time": re.compile(r"<time:"),
    "a link": re.compile(r"[\[\]]"),
    "an address": re.compile(r"(?i)[a-z]://\S|\w\.[a-z]{2}|\w@\w"),
    "a quote, a heading or a list": re.compile(r"^(?:>|#|[-*+] |\d+[.)] )"),
    "a table": re.compile(r"\|"),
}


def shown(line: str) -> str:
    """What a reader sees of a line: entities are what Zulip has for escapes."""
    return unescape(line)
