"""What rules match, and what they decide about entries."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.config.rule_parser import parse_rule
from digest.editions.compose import Frame, compose
from digest.editions.filter import NOT_INCLUDED, Rules, judge
from digest.editions.rules import Subject, matches
from digest.editions.select import Room, select
from tests import limits
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from digest.model import Entry

DOCUMENT = (Path(__file__).parents[2] / "docs/editing.md").read_text("utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| (\w+): (.+) \| (\w+): (.+) \|$", re.MULTILINE)
BARE = replace(entry(1, title=""), excerpt="", feed_url="")
HOSTILE = "a" * 256 * 1024


def subject(entry: Entry, *tags: str, name: str = "") -> Subject:
    return Subject(entry, (name,), tags, lambda html: html)


def with_field(field: str, text: str) -> Subject:
    """An entry that says this and nothing else."""
    match field:
        case "tag":
            return subject(replace(BARE, categories=("x", text)))
        case "feed":
            return subject(replace(BARE, feed_title=text))
        case "text":
            return subject(replace(BARE, html=text))
        case "author":
            return subject(replace(BARE, author=text))
    assert field == "title"
    return subject(replace(BARE, title=text))


@pytest.mark.parametrize("row", ROW.findall(DOCUMENT), ids=lambda row: row[0])
def test_the_documented_rules_do_what_is_said(row: tuple[str, str, str, str, str]) -> None:
    rule = parse_rule(row[0])
    assert matches(rule, with_field(*row[1:3]))
    assert not matches(rule, with_field(*row[3:]))


def test_every_construct_is_documented() -> None:
    rules = " ".join(row[0] for row in ROW.findall(DOCUMENT))
    words = ("title:", "text:", "author:", "tag:", "feed:", "and", "or", "not", "(", '"', "/", "*")
    assert [word for word in words if word not in rules] == []


@pytest.mark.parametrize(
    ("rule", "title", "does"),
    [
        ("c++", "Modern C++20", True),
        ("c", "Abc", False),
        ("c#", "A tour of C#", True),
        (".net", "ASP.NET Core", True),
        ("k8s", "Why k8s?", True),
        ("don't", "Don’t panic", True),
        ("foo", "foo_bar", False),
        ("*sql", "PostgreSQL", True),
        ("post*sql", "postgresql", True),
        ("post*sql", "posts about sql", False),
        ("3.*", "Python 3.14.2", True),
        ("3.*", "Python 3", False),
        ("kubernetes", "最新のKubernetes入門", True),
        ("쿠버네티스", "쿠버네티스를 배우자", True),
        ("入門", "Kubernetes入門", True),
        ("हिन्", "हिन्दी", False),
        ("हिन्दी", "आज हिन्दी में", True),
        ("élan", "ELAN vital", True),
        ("a b", "a – b", True),
        ("a b", "a, b", False),
        ("a.c", "abc", False),
        ("/^b$/", "b", True),
        ("/^b$/", "a b", False),
        ("/é/", "E", False),
        ("🚀", "We ship🚀now", True),
    ],
)
def test_whole_words_match(rule: str, title: str, does: bool) -> None:
    assert matches(parse_rule(rule), with_field("title", title)) is does


def test_a_feed_goes_by_its_name_and_address_and_by_the_tags_of_the_configuration() -> None:
    one = subject(replace(BARE, feed_url="https://blog.example.com/f"), "devops", name="Our blog")
    asked = ("feed:our blog", "feed:blog.example.com", "feed:https://blog.example.com/f")
    assert all(matches(parse_rule(rule), one) for rule in (*asked, "tag:devops"))
    assert not any(matches(parse_rule(rule), one) for rule in ("devops", "our blog", "title:blog"))


def test_an_entry_is_read_once_and_only_where_a_rule_asks() -> None:
    read = []

    def text_of(html: str) -> str:
        read.append(html)
        return "x"

    one = Subject(replace(BARE, html="<p>x</p>"), (), (), text_of)
    assert not matches(parse_rule("title:y or tag:y or author:y or feed:y"), one)
    assert read == []
    assert matches(parse_rule("x and text:x and /x/ and not y"), one)
    assert read == ["<p>x</p>"]


@pytest.mark.parametrize(
    "rule",
    [
        *(
            "/(a+)+$/",
            "/(a|a)*b/",
            "/(.*)*x/",
            "/(a|aa)+$/",
            "/(.*a){12}b/",
            "/^(([a-z])+.)+[A-Z]$/",
        ),
        *("a*a*a*a*a*b", "*a*a*a*a*a*a*a*a*b"),
    ],
)
def test_no_rule_hangs(rule: str) -> None:
    began = time.process_time()
    matches(parse_rule(rule), with_field("text", f"{HOSTILE}!"))
    assert time.process_time() - began < limits.seconds(1)


def judged(entries: list[Entry], **rules: list[str]) -> tuple[list[int], dict[int, str]]:
    found = judge(entries, rules_of(**rules), subject)
    return [one.id for one in found.kept], dict(found.left_out)


def rules_of(**rules: list[str]) -> Rules:
    return Rules(**{name: tuple(map(parse_rule, texts)) for name, texts in rules.items()})


ENTRIES = [entry(1, title="Rust news"), entry(2, title="Rust crypto"), entry(3, title="Go news")]


def test_without_rules_everything_is_kept() -> None:
    assert judged(ENTRIES) == ([1, 2, 3], {})


def test_rules_include_and_exclude() -> None:
    assert judged(ENTRIES, include=["rust", "zig"]) == ([1, 2], {3: NOT_INCLUDED})
    assert judged(ENTRIES, exclude=["zig", "crypto"]) == ([1, 3], {2: "exclude: crypto"})
    assert judged(ENTRIES, include=["rust"], exclude=["/crypto/"]) == (
        [1],
        {2: "exclude: /crypto/", 3: NOT_INCLUDED},
    )


def test_a_watch_rule_adds_nothing_and_drops_nothing() -> None:
    rules = rules_of(include=["rust"], watch=["go", "news", "title:rust"])
    found = judge(ENTRIES, rules, subject)
    assert [one.id for one in found.kept] == [1, 2]
    assert found.watched == {1: ("news", "title:rust"), 2: ("title:rust",)}


def test_a_story_has_the_rules_that_watch_for_any_of_its_entries() -> None:
    entries = [
        entry(1, link="https://x.example/1", hours_ago=2),
        entry(2, "b", link="https://x.example/1", hours_ago=1),
    ]
    frame = Frame(
        digest="d",
        title="D",
        timezone="UTC",
        period_from=None,
        period_to=NOW,
        composed_at=NOW,
        names={"https://a.example/": None, "https://b.example/": None},
        watched={1: ("one", "both"), 2: ("both", "two")},
    )
    (story,) = compose(frame, select(entries, Room(10))).stories
    assert story.watched == ("one", "both", "two")


@pytest.mark.parametrize(
    ("rules", "need"),
    [
        ({}, False),
        ({"exclude": ["title:a or author:b", "tag:/c/", "not feed:d"]}, False),
        ({"watch": ["title:a or (tag:b and not c)"]}, True),
        ({"include": ["text:/a/"]}, True),
    ],
)
def test_content_is_loaded_only_where_rules_read_it(
    rules: dict[str, list[str]], need: bool
) -> None:
    assert rules_of(**rules).need_text is need


RULES = st.lists(st.sampled_from(["rust", "not rust", "news or crypto", "title:go", "/./"]))


@given(RULES, RULES, RULES)
def test_what_is_excluded_never_goes_in_and_nothing_is_lost(
    include: list[str], exclude: list[str], watch: list[str]
) -> None:
    kept, left_out = judged(ENTRIES, include=include, exclude=exclude, watch=watch)
    assert sorted([*kept, *left_out]) == [1, 2, 3]
    for one in ENTRIES:
        excluded = any(matches(parse_rule(rule), subject(one)) for rule in exclude)
        included = any(matches(parse_rule(rule), subject(one)) for rule in include) or not include
        assert (one.id in kept) is (included and not excluded)
        assert left_out.get(one.id, "").startswith("exclude: ") is excluded
