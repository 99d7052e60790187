"""Whether a rule matches an entry."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from digest.config.rules import (
    All,
    Not,
    Phrase,
    Regex,
    Rule,
    Some,
    Test,
    Topic,
    compiled,
    folded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from digest.config.rules import Field
    from digest.model import Entry

# Scripts that are written without spaces, or with particles at the ends of words.
_UNSPACED = "".join(
    f"\\p{{{script}}}"
    for script in ("Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar")
)
_SIGN = r"\p{L}\p{N}\p{M}_"
# What may stand beside a word: no letter or digit, but for those of such scripts.
_BESIDE = rf"[^{_SIGN}]|[{_UNSPACED}\x{{30fc}}]"
# As `_SIGN`, but small, for there may be many: no sign of ASCII, and no space or dash.
_ANY_SIGNS = r"[^\x00-/:-@\[-^`{-\x7f\x{2000}-\x{206f}\x{3000}-\x{303f}]*"


class Subject:
    """An entry as rules see it, each of its texts made once, when it is first asked for.

    `names` are those of its feed, `tags` what the configuration files that under; `read` makes
    text of clean HTML; `topics` are those that a model found it to be about.
    """

    def __init__(
        self,
        entry: Entry,
        names: Iterable[str],
        tags: Iterable[str],
        read: Callable[[str], str],
        topics: Collection[str] = (),
    ) -> None:
        self.topics = topics
        self._entry = entry
        self._names = tuple(names)
        self._tags = tuple(tags)
        self._read = read
        self._said: dict[Field, tuple[str, ...]] = {}
        self._folded: dict[Field, tuple[str, ...]] = {}

    def said(self, field: Field) -> tuple[str, ...]:
        """The texts of a field, with single spaces."""
        if field not in self._said:
            self._said[field] = tuple(" ".join(text.split()) for text in self._texts(field))
        return self._said[field]

    def folded(self, field: Field) -> tuple[str, ...]:
        """The texts of a field as words are looked for in them."""
        if field not in self._folded:
            self._folded[field] = tuple(map(folded, self.said(field)))
        return self._folded[field]

    def _texts(self, field: Field) -> tuple[str, ...]:
        entry = self._entry
        match field:
            case "title":
                return (entry.title,)
            case "text":
                return (self._read(entry.html),)
            case "author":
                return (entry.author,)
            case "tag":
                return (*self._tags, *entry.categories)
            case "feed":
                return (*self._names, entry.feed_title, entry.feed_url)
            case "any":
                return (entry.title, *self.said("text"), *entry.categories)


def matches(rule: Rule, subject: Subject) -> bool:
    """Whether what a rule asks is so of an entry."""
    return _is_so(rule.test, subject)


def _is_so(test: Test, subject: Subject) -> bool:
    match test:
        case Phrase():
            pattern = _pattern(test.words)
            return any(pattern.search(text) for text in subject.folded(test.field))
        case Regex():
            pattern = compiled(test.expression)
            return any(pattern.search(text) for text in subject.said(test.field))
        case Topic():
            return test.text in subject.topics
        case Not():
            return not _is_so(test.part, subject)
        case All():
            return all(_is_so(part, subject) for part in test.parts)
        case Some():
            return any(_is_so(part, subject) for part in test.parts)


# Asked for again with every entry (docs/performance.md).
@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> Any:
    """What finds whole words in a folded text, with hyphens between them or spaces."""
    phrase = "[ -]+".join(_word(word) for word in words)
    first, last = words[0][0], words[-1][-1]
    before = "" if _stands_beside(first) else f"(?:^|{_BESIDE})"
    after = "" if _stands_beside(last) else f"(?:$|{_BESIDE})"
    return compiled(f"{before}{phrase}{after}")


def _word(word: str) -> str:
    return _ANY_SIGNS.join(re.escape(piece) for piece in word.split("*"))


def _stands_beside(sign: str) -> bool:
    """Whether it is a sign that no word goes on with, so that anything may stand beside it."""
    return bool(compiled(_BESIDE).search(sign))
