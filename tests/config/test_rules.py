"""Rules are read, or refused with the place and the remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.rule_parser import parse_rule
from digest.config.rules import All, Field, Not, Phrase, Regex, Some, Test, Topic, folded
from tests.config.files import CHANNELS, FEEDS, load, refusal

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = (Phrase("any", (name,)) for name in "abc")


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("Kubernetes", Phrase("any", ("kubernetes",))),
        ("python 3.*", Phrase("any", ("python", "3.*"))),
        ('"a and b"', Phrase("any", ("a", "and", "b"))),
        ("title:Café  crème", Phrase("title", ("cafe", "creme"))),
        ("Tag: x", Phrase("tag", ("x",))),
        ("tag:and", Phrase("tag", ("and",))),
        ("feed:https://a.example/f", Phrase("feed", ("https://a.example/f",))),
        (r"/a\/b\\/", Regex("any", r"a\/b\\")),
        ("author:/^Ada/", Regex("author", "^Ada")),
        ("a and b", All((A, B))),
        ("a OR b", Some((A, B))),
        ("a and b or c", Some((All((A, B)), C))),
        ("a and (b or c)", All((A, Some((B, C))))),
        ("a not b", All((A, Not(B)))),
        ("not a and b", All((Not(A), B))),
        ('a "b" c', All((A, B, C))),
        ("(a or b)(c)", All((Some((A, B)), C))),
        ("c++ .net 50%", Phrase("any", ("c++", ".net", "50%"))),
    ],
)
def test_a_rule_is_read(text: str, test: Test) -> None:
    assert parse_rule(text).test == test


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at character 1: here goes a word, a phrase in quotes or a /regex/"),
        (
            "title:",
            "at character 7: here goes a word, a phrase in quotes or a /regex/ after title:",
        ),
        ("title:(a)", "at character 7: here goes a word, a phrase in quotes or a /regex/ after"),
        ("a or", "at character 5: here goes a word"),
        ("a or and b", "or a /regex/, not and; in quotes it is a word"),
        ("(a", "at character 1: this ( has no )"),
        ("a)", "at character 2: this ) has no ("),
        ("(" * 21 + "a" + ")" * 21, "at character 21: too many ( in one another"),
        ('a "b', 'at character 3: this " has no second one'),
        (r"/a\/", "at character 1: this / has no second one"),
        ("/a/i", r"at character 4: the regex ends before this; write \/ for a / inside it"),
        ("a /(/", "at character 3: RE2, which has no lookarounds, cannot read it: missing ): ("),
        ("/(?=a)/", "invalid perl operator: (?="),
        (r"/\pL{50}/", "this regex is too large"),
        ("//", "// says nothing"),
        ("titel:a", "there is no prefix titel:; did you mean 'title'?"),
        ("aws re:invent", "at character 5: there is no prefix re:; put re:invent in quotes"),
        ("a -b", "at character 3: write not b; or put -b in quotes"),
        ("a* *", "a* * says nothing"),
        ('""', "nothing says nothing"),
        ("\u0301", "says nothing"),
        ("a\nb", "at character 2: a control character"),
        ("a" * 1001, "a rule has at most 1,000 characters"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        parse_rule(text)
    assert str(caught.value).isprintable()


PIECES = st.sampled_from(
    [
        *'()"/*:-\\ a',
        "and ",
        "or ",
        "not ",
        "title:",
        "feed:",
        "x:",
        "/a/",
        '"a b"',
        "é",
        "日",
        "\u0301",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_a_text_is_a_rule_or_refused(text: str) -> None:
    try:
        parse_rule(text)
    except ValueError as error:
        # No kind of ValueError that a codec, or anything else that fails, may raise.
        assert type(error) is ValueError  # noqa: PT017


FIELDS = st.sampled_from(get_args(Field))
WORDS = st.lists(
    st.sampled_from(["a", "and", "3.*", "title:", "(x)", "/y/"]), min_size=1, max_size=3
)
TERMS: st.SearchStrategy[Test] = st.one_of(
    st.builds(Phrase, FIELDS, WORDS.map(tuple)),
    st.builds(Regex, FIELDS, st.sampled_from(["a", r"a\/b", r"\)", '"'])),
)


def joined(parts: st.SearchStrategy[Test]) -> st.SearchStrategy[Test]:
    """Tests of others, as the parser makes them: none directly in one of the same kind."""
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        parts.filter(lambda part: not isinstance(part, Not)).map(Not),
        several.map(lambda some: All(tuple(one for one in some if not isinstance(one, All)))),
        several.map(lambda some: Some(tuple(one for one in some if not isinstance(one, Some)))),
    ).filter(lambda test: isinstance(test, Not) or len(test.parts) > 1)


def written(test: Test) -> str:
    """A test as a rule, with brackets around everything that is joined."""
    match test:
        case Phrase():
            return f'{_prefix(test.field)}"{" ".join(test.words)}"'
        case Regex():
            return f"{_prefix(test.field)}/{test.expression}/"
        case Topic():
            raise AssertionError("a topic is a rule by itself")
        case Not():
            return f"not ({written(test.part)})"
        case All() | Some():
            joint = " and " if isinstance(test, All) else " or "
            return joint.join(f"({written(part)})" for part in test.parts)


def _prefix(field: str) -> str:
    return "" if field == "any" else f"{field}:"


@given(st.recursive(TERMS, joined, max_leaves=8))
def test_what_is_written_is_read_as_it_was_meant(test: Test) -> None:
    assert parse_rule(written(test)).test == test
    assert parse_rule(f"not (not ({written(test)}))").test == test
    assert parse_rule(f"not not ({written(test)})").test == test


@given(st.text())
def test_a_folded_text_is_one_line_and_stays_as_it_is_in_capitals(text: str) -> None:
    assert folded(text) == " ".join(folded(text).split())
    assert folded(text.upper()) == folded(text.upper().casefold())


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Straße", "STRASSE"),
        ("naïve", "NAI\u0308VE"),
        ("ＡＢＣ", "abc"),
        ("don’t", "don't"),
        ("real‑time", "real-time"),
        ("soft\xadhyphen", "softhyphen"),
        ("İstanbul", "istanbul"),
        ("한국", "\u1112\u1161\u11ab국"),
        ("  a \xa0 b\u3000c ", "a b c"),
    ],
)
def test_texts_that_read_the_same_are_folded_to_the_same(text: str, same: str) -> None:
    assert folded(text) == folded(same)


@pytest.mark.parametrize(("text", "other"), [("か", "が"), ("की", "का"), ("a", "b")])
def test_others_are_not(text: str, other: str) -> None:
    assert folded(text) != folded(other)


def digest(rules: str) -> str:
    weekly = f"  weekly:\n    schedule: daily at 07:00\n    send_to: out\n{rules}"
    return f"{FEEDS}{CHANNELS}digests:\n{weekly}"


def test_a_file_has_rules(tmp_path: Path) -> None:
    rules = '    include: news\n    watch: [kubernetes, "python 3.*", 2027]\n'
    weekly = load(tmp_path, digest(rules)).digests["weekly"]
    assert [rule.text for rule in weekly.watch] == ["kubernetes", "python 3.*", "2027"]
    assert (weekly.include, weekly.exclude) == ((parse_rule("news"),), ())


def test_each_wrong_rule_is_named_with_its_line(tmp_path: Path) -> None:
    rules = (
        "    include:\n      - fine\n      - a or\n      - title: b\n      - [c]\n    exclude: (d\n"
    )
    problems = refusal(tmp_path, digest(rules)).problems
    assert [(problem.line, problem.key) for problem in problems] == [
        (9, "digests.weekly.include[1]"),
        (10, "digests.weekly.include[2]"),
        (11, "digests.weekly.include[3]"),
        (12, "digests.weekly.exclude"),
    ]
    assert problems[0].message.startswith("at character 5: here goes a word")
    assert problems[1].message == "is a map to YAML; put the rule in quotes, like 'title: news'"
    assert problems[3].message == "at character 1: this ( has no )"
