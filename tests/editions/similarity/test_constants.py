"""Every tuned number is fixed by a case: moved, its case comes out otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.editions.similarity import constants
from digest.editions.similarity.stories import Cluster, group
from digest.editions.similarity.subjects import arrange
from digest.editions.similarity.terms import word
from digest.editions.similarity.titles import read_title
from tests.editions.entries import entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HOURS_APART = 8
# A constant, a value that is wrong for it, and the two titles that show that, with what they are:
# the same, similar, or apart.
PAIRS = [
    (
        "ORDINARY",
        0.9,
        "PyPI package with 2M downloads hijacked",
        "npm package with 2M downloads hijacked",
        "apart",
    ),
    (
        "ORDINARY",
        1.2,
        "Dutch election: D66 wins narrow victory",
        "Czech election: Babiš wins clear victory",
        "apart",
    ),
    (
        "NAMED",
        1.8,
        "Chrome to distrust Entrust certificates from November",
        "Google Chrome will no longer trust certificates issued by Entrust",
        "similar",
    ),
    (
        "LITTLE",
        0.1,
        "Nvidia becomes first company worth $5 trillion",
        "Nvidia hits $5 trillion market value, a world first",
        "similar",
    ),
    ("LITTLE", 0.5, "Ask HN: What are you working on?", "Ask HN: What are you reading?", "apart"),
    (
        "EVENT",
        0.2,
        "Tesla recalls 50,000 Cybertrucks",
        "Tesla cuts Cybertruck price in Europe",
        "apart",
    ),
    (
        "EVENT",
        1.0,
        "Fed cuts interest rates by a quarter point",
        "Federal Reserve lowers interest rates by a quarter point",
        "similar",
    ),
    (
        "MARKED",
        1.9,
        "Ask HN: Who is hiring? (May 2026)",
        "Ask HN: Who is hiring? (June 2026)",
        "apart",
    ),
    (
        "NUMBERS.year",
        0.6,
        "Ask HN: Who is hiring? (May 2026)",
        "Ask HN: Who is hiring? (June 2026)",
        "apart",
    ),
    (
        "SAME_ID",
        0.0,
        "Zero-day heap exploited attackers CVE-2026-4711",
        "CVE-2026-4711 critical Cisco attackers VPN Fortinet reports",
        "similar",
    ),
    ("MARKED", 0.9, "SQLite 3.51.0", "SQLite Release 3.51.0 brings JSON improvements", "similar"),
    (
        "PAIR",
        0.3,
        "将棋の藤井聡太が王座を失冠 六冠から五冠に",
        "藤井聡太六冠、王座戦で敗れ五冠に後退",
        "similar",
    ),
    (
        "NUMBERS.id",
        1.0,
        "Attackers exploit CVE-2026-4711",
        "CVE-2026-4711 patched by vendor",
        "similar",
    ),
    (
        "NUMBERS.version",
        0.38,
        "SQLite 3.51.0",
        "SQLite Release 3.51.0 brings JSON improvements",
        "similar",
    ),
    (
        "NUMBERS.amount",
        0.6,
        "Nvidia becomes first company worth $5 trillion",
        "Nvidia hits $5 trillion market value, a world first",
        "similar",
    ),
    (
        "NUMBERS.count",
        0.25,
        "Denmark plans to ban social media for children under 15",
        "Danish government wants social media ban for under-15s",
        "similar",
    ),
    (
        "NUMBERS.day",
        0.65,
        "Postmortem: database outage on 3 March",
        "Postmortem: database outage on 3 March",
        "apart",
    ),
    (
        "ALIKE",
        0.35,
        "Tesla recalls 50,000 Cybertrucks",
        "Tesla cuts Cybertruck price in Europe",
        "apart",
    ),
    (
        "ALIKE",
        0.45,
        "Artemis II crew returns safely after trip around the Moon",
        "Artemis II splashes down: astronauts back on Earth after Moon flyby",
        "similar",
    ),
    (
        "LEAST",
        2.3,
        "Nvidia becomes first company worth $5 trillion",
        "Nvidia hits $5 trillion market value, a world first",
        "similar",
    ),
    (
        "LEAST_NAMELESS",
        2.6,
        "Dutch election: D66 wins narrow victory",
        "Czech election: Babiš wins clear victory",
        "apart",
    ),
    (
        "LEAST_NAMELESS",
        3.2,
        "Denmark plans to ban social media for children under 15",
        "Danish government wants social media ban for under-15s",
        "similar",
    ),
    (
        "LEAST_EVERGREEN",
        3.0,
        "How to write better commit messages",
        "How to write better commit messages",
        "apart",
    ),
    (
        "LEAST_SAME",
        2.5,
        "Ask HN: Who is hiring? (May 2026)",
        "Ask HN: Who is hiring? (June 2026)",
        "apart",
    ),
    (
        "LEAST_SAME",
        3.3,
        "Nicolas Sarkozy incarcéré à la prison de la Santé",
        "Sarkozy est entré à la prison de la Santé",
        "similar",
    ),
    (
        "LEAST_SAME_NAMELESS",
        3.0,
        "Postmortem: database outage on 3 March",
        "Postmortem: database outage on 3 March",
        "apart",
    ),
    (
        "SURNAME",
        0.2,
        "将棋の藤井聡太が王座を失冠 六冠から五冠に",
        "藤井聡太六冠、王座戦で敗れ五冠に後退",
        "similar",
    ),
    (
        "THE_SAME",
        0.8,
        "Microsoft lays off 9,000 employees in latest round of cuts",
        "Microsoft to cut about 9,000 jobs",
        "similar",
    ),
    ("THE_SAME", 1.05, "State of the union", "State of the Union", "apart"),
    (
        "OTHER_EVENT",
        0.1,
        "Tesla recalls 50,000 Cybertrucks",
        "Tesla cuts Cybertruck price in Europe",
        "apart",
    ),
    (
        "DENIABLE",
        0.6,
        "Chrome to distrust Entrust certificates from November",
        "Google Chrome will no longer trust certificates issued by Entrust",
        "similar",
    ),
    (
        "DENIABLE",
        0.95,
        "Verdict: former minister found guilty of fraud",
        "Former minister found not guilty of fraud",
        "apart",
    ),
    (
        "NAMES_SHARED",
        2.0,
        "Signal-Chefin Meredith Whittaker warnt vor Chatkontrolle",
        "Chatkontrolle: Signal droht mit Rückzug aus Europa, sagt Whittaker",
        "similar",
    ),
    (
        "ROUNDED",
        0.001,
        "Acme buys Widgets for $9.9bn",
        "Acme acquires Widgets for $10 billion",
        "similar",
    ),
    (
        "ROUNDED",
        0.06,
        "Acme buys Widgets for $9.5bn",
        "Acme acquires Widgets for $10 billion",
        "apart",
    ),
    ("FINDS", 0.7, "SQLite 3.51.0", "SQLite Release 3.51.0 brings JSON improvements", "similar"),
    ("TELLING", 2.4, "Firefox 150 released", "Firefox 150 Released!", "similar"),
    (
        "TELLING_NAMELESS",
        2.5,
        "government approves new budget",
        "government approves new budget",
        "apart",
    ),
    (
        "TELLING_EVERGREEN",
        7.0,
        "Linux kernel maintainers vote to drop support for i486 processors",
        "Linux kernel maintainers vote to drop support for i486 processors!",
        "same",
    ),
    (
        "TELLING_OF_DOCUMENT",
        0.9,
        "Reflections on Trusting Trust [pdf]",
        "Reflections on Trusting Trust (1984)",
        "same",
    ),
    (
        "OWN_NEWS",
        9,
        "Kubernetes 1.35: in-place pod resize graduates to stable",
        "Kubernetes 1.35: deprecation of ipvs mode in kube-proxy",
        "apart",
    ),
    (
        "LONG_TITLE",
        9,
        "Denmark plans to ban social media - Reuters",
        "Denmark plans to ban social media - Financial Times",
        "similar",
    ),
]


def outcome(title: str, other: str, hours: int = HOURS_APART) -> str:
    """What two titles of different feeds are."""
    stories = group(
        [
            entry(1, "a", title=title, link="", hours_ago=1),
            entry(2, "b", title=other, link="", hours_ago=1 + hours),
        ]
    )
    if len(stories) == 2:
        return "apart"
    return "same" if len(stories[0].entries) == 2 else "similar"


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, object], None]]:
    """Moves a constant, `NUMBERS.kind` being one of that table."""

    def moved(name: str, value: object) -> None:
        table, _, kind = name.partition(".")
        if kind:
            monkeypatch.setitem(getattr(constants, table), kind, value)
        else:
            monkeypatch.setattr(constants, name, value)
        word.cache_clear()

    yield moved
    word.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "title", "other", "right"), PAIRS, ids=lambda value: str(value)[:30]
)
def test_a_pair_comes_out_right_only_with_the_constant_as_it_is(
    name: str,
    value: float,
    title: str,
    other: str,
    right: str,
    move: Callable[[str, object], None],
) -> None:
    assert outcome(title, other) == right

    move(name, value)

    assert outcome(title, other) != right


def test_columns_come_every_week_under_one_title(move: Callable[[str, object], None]) -> None:
    title = "The week in Rust and WebAssembly compilers: Cranelift"
    assert outcome(title, title, hours=7 * 24) == "apart"
    assert outcome(title, title, hours=5 * 24) == "same"

    move("NEWS_FOR", timedelta(days=8))

    assert outcome(title, title, hours=7 * 24) == "same"


TEXT = "Every read of a file goes through the page cache, and most of what people believe of it "
ORDERING = "Time, Clocks, and the Ordering of Events"


@pytest.mark.parametrize(
    ("name", "value", "title", "texts", "stories"),
    [
        ("TELLING_OF_LINK", 1.0, ORDERING, (TEXT, ""), 1),
        ("TELLING_OF_LINK", 0.6, "The week of Bread and Cheese", (TEXT, ""), 2),
        ("WITNESS", 80, "Notes on bread", (f"{TEXT} is wrong.", f"{TEXT} holds."), 2),
        ("LEAST_WITNESS", 8, "Notes on bread", ("More water, hotter.",) * 2, 2),
        ("LEAST_WITNESS", 90, "Notes on bread", (TEXT, TEXT), 1),
    ],
)
def test_a_plain_title_is_one_story_only_with_the_constant_as_it_is(
    name: str,
    value: float,
    title: str,
    texts: tuple[str, str],
    stories: int,
    move: Callable[[str, object], None],
) -> None:
    entries = [
        replace(entry(at, f"f{at}", title=title), excerpt=text) for at, text in enumerate(texts)
    ]
    assert len(group(entries)) == stories

    move(name, value)

    assert len(group(entries)) != stories


SUBJECT = ("Snowflake vs Databricks: prices", "Snowflake vs Databricks: speed")


@pytest.mark.parametrize(
    ("name", "value", "titles", "headed"),
    [
        ("SUBJECT_STORIES", 2, SUBJECT, False),
        ("SUBJECT_STORIES", 4, (*SUBJECT, "Snowflake vs Databricks: people"), True),
        ("SUBJECT_SHARE", 0.9, (*SUBJECT, "Snowflake vs Databricks: people"), True),
        ("LONGEST_HEADING", 10, (*SUBJECT, "Snowflake vs Databricks: people"), True),
    ],
)
def test_a_subject_has_its_heading_only_with_the_constant_as_it_is(
    name: str,
    value: float,
    titles: Sequence[str],
    headed: bool,
    move: Callable[[str, object], None],
) -> None:
    stories = [Cluster((entry(at, title=title),)) for at, title in enumerate(titles)]
    assert any(story.group for story in arrange(stories)) is headed

    move(name, value)

    assert any(story.group for story in arrange(stories)) is not headed


@pytest.mark.parametrize(
    ("name", "value", "title"),
    [
        ("LONGEST_SITE", 20, "A kernel for everybody - The Journal of Small Computers"),
        ("SHORTEST_TITLE", 30, "A kernel for everybody - The Journal"),
    ],
)
def test_a_site_behind_a_title_is_no_part_of_it(
    name: str, value: int, title: str, move: Callable[[str, object], None]
) -> None:
    bare, _, behind = title.partition(" - ")
    assert read_title(title, {behind.casefold()}).key == read_title(bare).key

    move(name, value)

    assert read_title(title, {behind.casefold()}).key != read_title(bare).key
