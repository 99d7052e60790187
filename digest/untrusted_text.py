"""What others said, made fit to keep and to show: nothing in it acts on who reads it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from unicodedata import category

if TYPE_CHECKING:
    from collections.abc import Callable

# The longest answer of a server that is kept, in characters.
MOST_WORDS = 500

# C0 and C1 controls, what breaks a line, every bidirectional control (UAX 9), what has no shape
# or writes over others, tags, and the surrogates that no encoding takes. ZWJ, ZWNJ and the soft
# hyphen stay: emoji and whole scripts need them, and they move nothing.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# What stands over and under a letter, in any script; more of it at one letter covers the lines
# around. None of it is a sign of words.
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
_MAYBE_PILED = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_MARKS + 1},}}")


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        # How Python has a byte that is not UTF-8 (PEP 383).
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


def _unpiled(found: re.Match[str]) -> str:
    marks, shown = 0, []
    for character in found[0]:
        marks = marks + 1 if category(character) in _MARKS else 0
        shown.append(character if marks <= _MOST_MARKS else _escape(character))
    return "".join(shown)


def visible(text: str, keep: str = "") -> str:
    r"""The text with every control and bidi character but those to `keep` as `\x1b` or `\u202e`.

    So are the marks of a letter from the fifth on.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = _HIDDEN.sub(lambda found: found[0] if found[0] in keep else _escape(found[0]), text)
    return _MAYBE_PILED.sub(_unpiled, shown)


def clean_words(text: str, limit: int = MOST_WORDS) -> str:
    """What another program said, on one visible line of at most `limit` characters.

    Secrets are to be taken out before: what is cut through is not found any more.
    """
    return visible(" ".join(text.split()))[:limit]


def ascii_json(
    value: Any, *, indent: int | None = None, default: Callable[[Any], Any] | None = None
) -> str:
    """JSON of visible ASCII alone: what else strings hold is escaped."""
    # The only control that the encoder leaves as it is.
    return json.dumps(value, indent=indent, default=default).replace("\x7f", "\\u007f")
