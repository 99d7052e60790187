"""What rules ask of entries, and how texts and expressions are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

Field = Literal["any", "title", "text", "author", "tag", "feed"]

# Marks of Latin, Greek and Cyrillic letters, and what parts words without being seen, go; of signs
# that look alike, one stays.
_ALIKE = dict.fromkeys("‘’‛ʼ", "'") | dict.fromkeys("‐‑‒–—−", "-")
_MARKS = re.compile(rf"[\u0300-\u036f\xad\u200b\ufeff{''.join(_ALIKE)}]")


class Phrase(Struct, frozen=True):
    """Whole words one after the other, as `folded` has them; `*` is any letters and digits."""

    field: Field
    words: tuple[str, ...]


class Regex(Struct, frozen=True):
    """A regular expression in the syntax of RE2."""

    field: Field
    expression: str


class Topic(Struct, frozen=True):
    """What an entry is to be about, in words; a model says whether it is."""

    text: str


class Not(Struct, frozen=True):
    """What must not be so."""

    part: Test


class All(Struct, frozen=True):
    """What must be so together."""

    parts: tuple[Test, ...]


class Some(Struct, frozen=True):
    """Of what one must be so."""

    parts: tuple[Test, ...]


Test = Phrase | Regex | Topic | Not | All | Some


class Rule(Struct, frozen=True):
    """A rule as it is written, and what it asks."""

    text: str
    test: Test

    @property
    def fields(self) -> frozenset[Field]:
        """What of an entry it asks about."""
        return frozenset(_fields(self.test))


def folded(text: str) -> str:
    """A text as words are compared: without case, accents and width, with single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = _MARKS.sub(lambda match: _ALIKE.get(match[0], ""), text)
        text = unicodedata.normalize("NFC", plain)
    return " ".join(text.lower().split())


# Asked for again with every entry (docs/performance.md).
@lru_cache(maxsize=1024)
def compiled(expression: str) -> Any:
    """A regular expression that takes time in proportion to the text, whatever it says (RE2).

    Raises:
        ValueError: RE2 does not take it.
    """
    # Only where there are rules.
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace")
        raise ValueError(f"RE2, which has no lookarounds, cannot read it: {reason}") from None


def _fields(test: Test) -> Iterator[Field]:
    match test:
        case Phrase() | Regex():
            yield test.field
        case Not():
            yield from _fields(test.part)
        case All() | Some():
            for part in test.parts:
                yield from _fields(part)
