"""A text as YAML writes it."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ./?&=%+~@_-]|:(?=\S))*(?<![ :])")
# Neither the settings nor editors that check them take these for text.
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def scalar(text: str) -> str:
    """A text as YAML writes it, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    # A JSON string is a double-quoted scalar (YAML 1.2, section 7.3.1).
    return json.dumps(text, ensure_ascii=False)
