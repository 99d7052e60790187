"""Articles of one feed on one subject stand under a heading, in order."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editions.similarity.stories import Cluster
from digest.editions.similarity.subjects import arrange
from tests.editions.entries import entry


def clusters(*titles: str, feed_title: str = "") -> list[Cluster]:
    """Stories of one feed, the newest first."""
    return [
        Cluster((entry(at, title=title, feed_title=feed_title),)) for at, title in enumerate(titles)
    ]


def headings(*titles: str, feed_title: str = "") -> dict[str, list[str]]:
    """The titles under each heading."""
    arranged = arrange(clusters(*titles, feed_title=feed_title))
    return {
        heading: [one.lead.title for one in members]
        for heading, members in groupby(arranged, key=lambda one: one.group)
        if heading
    }


@pytest.mark.parametrize(
    ("heading", "titles"),
    [
        (
            "Snowflake vs Databricks",
            [
                *("Snowflake vs Databricks: prices", "Databricks vs Snowflake: speed"),
                "Snowflake vs Databricks: people",
            ],
        ),
        ("Helm 4", ["Helm 4: what is new", "Helm 4: moving", "Helm 4 charts"]),
        ("The joy of testing", [f"The joy of testing, part {n}" for n in (1, 2, 3)]),
        (
            "Wahl in Sachsen",
            ["Wahl in Sachsen: wer", "Nach der Wahl in Sachsen", "Wahl in Sachsen"],
        ),
        ("OpenClaw", ["OpenClaw: a start", "OpenClaw, again", "OpenClaw for developers"]),
    ],
)
def test_three_on_one_subject_have_a_heading_in_their_own_words(
    heading: str, titles: list[str]
) -> None:
    found = headings("Before", *titles, "Behind")

    assert list(found) == [heading]
    assert sorted(found[heading]) == sorted(titles)
    assert headings(*titles[:2]) == {}


@pytest.mark.parametrize(
    "titles",
    [
        ["v2.4.1", "v2.4.2", "v2.4.3"],
        ["Weekly links", "Weekly links", "Weekly links"],
        ["The best phones", "The best laptops", "The best chairs"],
        ["How to cook rice", "How to cook beans", "How to bake bread"],
        ["Apple sues", "Apple pays and says nothing of it", "Nobody likes Apple pie any more"],
        ["", "", ""],
    ],
)
def test_what_only_looks_alike_has_none(titles: list[str]) -> None:
    assert headings(*titles) == {}


def test_the_name_of_the_feed_is_no_subject() -> None:
    titles = ["Acme Bolt prices", "Acme Bolt colours", "Acme Bolt sizes"]

    assert headings(*titles, feed_title="The Acme Bolt blog") == {}
    assert headings(*titles, feed_title="The Acme blog") != {}


def test_parts_come_in_their_order_and_others_the_oldest_first() -> None:
    parts = ["A tale of mice, part 2", "A tale of mice, part 10", "A tale of mice, part 1"]
    others = ["Acme Bolt prices", "Acme Bolt colours", "Acme Bolt sizes"]

    assert headings(*parts)["A tale of mice"] == [parts[2], parts[0], parts[1]]
    assert headings(*others)["Acme Bolt"] == others[::-1]


def test_a_group_stands_where_its_first_story_stood() -> None:
    arranged = arrange(
        clusters("One", "Acme Bolt prices", "Two", "Acme Bolt colours", "Acme Bolt sizes", "Three")
    )

    assert [one.group for one in arranged] == [
        "",
        "Acme Bolt",
        "Acme Bolt",
        "Acme Bolt",
        "",
        "",
    ]
    assert [one.lead.title for one in arranged][4:] == ["Two", "Three"]


def test_feeds_do_not_share_a_subject() -> None:
    stories = [
        Cluster((entry(at, feed, title=f"Acme Bolt {word}"),))
        for at, (feed, word) in enumerate([("a", "prices"), ("a", "colours"), ("b", "sizes")])
    ]

    assert [one.group for one in arrange(stories)] == ["", "", ""]


def test_five_articles_of_a_real_feed_that_compare_two_products() -> None:
    titles = [
        "OpenClaw vs PicoClaw: Edge AI Decision Guide (2026)",
        "OpenClaw vs PicoClaw: Lightweight AI Agents Compared",
        "OpenAI Codex vs Claude Code 2026: Benchmark Comparison",
        "OpenClaw for Developers: Building Solo-Dev Companies",
        "OpenClaw Architecture for Solo Founders: Scale & Security",
        "Claude Code vs Codex: Agentic vs Inline AI Coding",
        "Claude Code vs Codex: Architectural Trade-offs",
        "Claude Code vs OpenAI Codex: Architecture Guide 2026",
        "How Solopreneurs Are Building $1M Companies with OpenClaw: The Complete 2026 Guide",
        "Claude Code vs OpenAI Codex: Which AI Coding Agent Wins in 2026?",
        "Mastering Python Async Patterns: A Complete Guide to asyncio in 2026",
    ]

    found = headings(*titles, feed_title="Forem: Shehzan Sheikh")

    assert found == {
        "Claude Code vs Codex": [titles[at] for at in (9, 7, 6, 5, 2)],
    }


@given(st.lists(st.text("ab AB:12.-|(", max_size=30) | st.text(max_size=30), max_size=12))
def test_nothing_is_lost_or_twice(titles: list[str]) -> None:
    given_stories = clusters(*titles)

    arranged = arrange(given_stories)

    assert sorted(one.lead.id for one in arranged) == list(range(len(titles)))
