"""Rules as people write them: words, phrases, `/regex/` and prefixes, with `and`, `or`, `not`.

A rule that begins with `about:` is a topic, in words, and nothing else.

As a grammar: `rule` is `both {or both}`, `both` is `single {[and] single}`, `single` is
`{not} (term | "(" rule ")")`, and `term` is `[prefix:] (word {word} | "phrase" | /regex/)`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from digest.config.rules import (
    All,
    Field,
    Not,
    Phrase,
    Regex,
    Rule,
    Some,
    Topic,
    compiled,
    folded,
)
from digest.config.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config.rules import Test

_LONGEST = 1_000
_DEEPEST = 20
# Of RE2's instructions: its time is at most in proportion to these and to the text.
_LARGEST = 5_000
_ABOUT = "about:"
_LONGEST_TOPIC = 200
_PREFIXES = tuple(name for name in get_args(Field) if name != "any")
_TOKEN = re.compile(
    r"(?P<open>\()|(?P<close>\))"
    rf"|(?P<prefix>(?:{'|'.join(_PREFIXES)}):)"
    r'|(?P<phrase>"[^"]*+")'
    r"|(?P<regex>/(?:\\.|[^/\\])*+/)"
    r'|(?P<unclosed>["/]).*'
    r'|(?P<word>[^\s()"]+)',
    re.IGNORECASE,
)
_LIKE_A_PREFIX = re.compile(r"[A-Za-z]+(?=:)")
_OPERATORS = {"and", "or", "not"}
_STARTS = {"open", "prefix", "phrase", "regex", "word", "not"}
_SECOND = {
    '"': "a phrase ends with one",
    "/": r"a regex ends with one (\/ is a / inside); put a word that begins with it in quotes",
}
_WANTED = "a word, a phrase in quotes or a /regex/"


def parse_rule(text: str) -> Rule:
    """Read a rule.

    Raises:
        ValueError: it is none; the message tells where, by characters, and how to mend it.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"a rule has at most {_LONGEST:,} characters; make it several")
    for at, character in enumerate(text, 1):
        if unicodedata.category(character) in {"Cc", "Cs"}:
            raise ValueError(f"at character {at}: a control character; a rule is one line of text")
    if text.strip().lower().startswith(_ABOUT):
        return Rule(text.strip(), _topic(text.strip()[len(_ABOUT) :]))
    return Rule(text.strip(), _Parser(text).rule())


def _topic(text: str) -> Topic:
    topic = " ".join(text.split())
    if not topic:
        raise ValueError(f"{_ABOUT} says nothing; write a topic in words behind it")
    if len(topic) > _LONGEST_TOPIC:
        raise ValueError(f"a topic has at most {_LONGEST_TOPIC} characters; make it several")
    return Topic(topic)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def _tokens(text: str) -> Iterator[_Token]:
    after_prefix = False
    at = 0
    while match := _TOKEN.search(text, at):
        kind, token, at = str(match.lastgroup), match[0], match.end()
        if kind == "unclosed":
            raise _error(match.start(), f"this {token[0]} has no second one; {_SECOND[token[0]]}")
        if kind == "word" and not after_prefix:
            _refuse_odd(token, match.start())
            kind = token.lower() if token.lower() in _OPERATORS else kind
        yield _Token(kind, token, match.start())
        after_prefix = kind == "prefix"
    yield _Token("end", "", len(text))


def _refuse_odd(word: str, at: int) -> None:
    """Refuse what looks like something that the language does not have."""
    if word.lower().startswith(_ABOUT):
        raise _error(at, f"{_ABOUT} stands at the beginning of a rule, and takes all of it")
    if like := _LIKE_A_PREFIX.match(word):
        hint = nearest(like[0], _PREFIXES) or f"; put {word} in quotes if it is text"
        raise _error(at, f"there is no prefix {like[0]}:{hint}")
    if len(word) > 1 and word.startswith("-") and word[1].isalnum():
        raise _error(at, f"write not {word[1:]}; or put {word} in quotes if it is text")


def _error(at: int, message: str) -> ValueError:
    return ValueError(f"at character {at + 1}: {message}")


class _Parser:
    """Goes through the tokens once, a method for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = next(self._tokens)
        self._depth = 0

    def rule(self) -> Test:
        test = self._either()
        if self._next.kind == "close":
            raise _error(self._next.at, "this ) has no (")
        return test

    def _take(self) -> _Token:
        token = self._next
        self._next = next(self._tokens, token)
        return token

    def _either(self) -> Test:
        parts = [self._both()]
        while self._next.kind == "or":
            self._take()
            parts.append(self._both())
        return _joined(Some, parts)

    def _both(self) -> Test:
        parts = [self._single()]
        while self._next.kind in _STARTS | {"and"}:
            if self._next.kind == "and":
                self._take()
            parts.append(self._single())
        return _joined(All, parts)

    def _single(self) -> Test:
        negated = False
        while self._next.kind == "not":
            self._take()
            negated = not negated
        test = self._group() if self._next.kind == "open" else self._term()
        if not negated:
            return test
        return test.part if isinstance(test, Not) else Not(test)

    def _group(self) -> Test:
        opening = self._take()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _error(opening.at, "too many ( in one another; make it several rules")
        test = self._either()
        if self._next.kind != "close":
            raise _error(opening.at, "this ( has no )")
        self._take()
        self._depth -= 1
        return test

    def _term(self) -> Test:
        field: Field = "any"
        after = ""
        if self._next.kind == "prefix":
            after = f" after {self._next.text}"
            field = cast("Field", self._take().text[:-1].lower())
        match self._next.kind:
            case "word":
                return self._words(field)
            case "phrase":
                return self._phrase(field)
            case "regex":
                return self._regex(field)
        token = self._next
        instead = f", not {token.text}" if token.text else ""
        hint = "; in quotes it is a word" if token.kind in _OPERATORS else ""
        raise _error(token.at, f"here goes {_WANTED}{after}{instead}{hint}")

    def _words(self, field: Field) -> Phrase:
        first = last = self._take()
        while self._next.kind == "word":
            last = self._take()
        return _phrase(field, self._text[first.at : last.at + len(last.text)], first.at)

    def _phrase(self, field: Field) -> Phrase:
        token = self._take()
        return _phrase(field, token.text[1:-1], token.at)

    def _regex(self, field: Field) -> Regex:
        token = self._take()
        end = token.at + len(token.text)
        if self._text[end : end + 1].strip() not in {"", ")"}:
            raise _error(end, r"the regex ends before this; write \/ for a / inside it")
        expression = token.text[1:-1]
        if not expression:
            raise _error(token.at, "// says nothing; write a regex in between")
        try:
            size = compiled(expression).programsize
        except ValueError as error:
            raise _error(token.at, str(error)) from None
        if size > _LARGEST:
            raise _error(token.at, "this regex is too large; repeat less, or make it several rules")
        return Regex(field, expression)


def _phrase(field: Field, text: str, at: int) -> Phrase:
    words = tuple(folded(text).split())
    if not words or any(not word.strip("*") for word in words):
        raise _error(at, f"{text.strip() or 'nothing'} says nothing; write a word to look for")
    return Phrase(field, words)


def _joined(kind: type[All | Some], parts: list[Test]) -> Test:
    """The parts as one, those that are of the same kind unpacked."""
    if len(parts) == 1:
        return parts[0]
    unpacked: list[Test] = []
    for part in parts:
        unpacked += part.parts if isinstance(part, kind) else [part]
    return kind(tuple(unpacked))
