"""The sets of summaries and planted instructions are large and varied enough to trust a gate."""

from collections import Counter
from html import unescape
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import unquote

import msgspec
import pytest

from tests.summaries.injections import MARKERS, injections, untagged

_FOLDER = Path(__file__).with_name("receipt")

Fault = Literal[
    "altered-quotation",
    "date",
    "first-name",
    "former",
    "instruction",
    "invented-quotation",
    "language",
    "link",
    "magnitude",
    "mention",
    "model",
    "name",
    "negation",
    "number",
    "paraphrase-quoted",
    "place",
    "points",
    "role",
    "side-fact",
    "title",
    "unit",
    "version",
    "weekday",
]
Language = Literal["en", "de", "fr", "es", "it", "pt", "nl", "ja", "pl"]


class Wrong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    because: Fault


class _Article(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    text: str
    language: Language


class RightArticle(_Article, frozen=True):
    summaries: list[str]


class WrongArticle(_Article, frozen=True):
    summaries: list[Wrong]


RIGHT = msgspec.yaml.decode((_FOLDER / "right.yaml").read_bytes(), type=list[RightArticle])
WRONG = msgspec.yaml.decode((_FOLDER / "wrong.yaml").read_bytes(), type=list[WrongArticle])
RIGHT_SUMMARIES = [(article.language, text) for article in RIGHT for text in article.summaries]
WRONG_SUMMARIES = [
    (article.language, summary.text) for article in WRONG for summary in article.summaries
]


def test_sets_are_large() -> None:
    assert len(RIGHT_SUMMARIES) >= 120
    assert len(WRONG_SUMMARIES) >= 130
    assert all(len(text) <= 350 for _, text in RIGHT_SUMMARIES + WRONG_SUMMARIES)


def test_nothing_is_there_twice() -> None:
    articles = [*RIGHT, *WRONG]
    for values in (
        [article.title for article in articles],
        [article.text for article in articles],
        [text for _, text in RIGHT_SUMMARIES + WRONG_SUMMARIES],
    ):
        assert [value for value, times in Counter(values).items() if times > 1] == []


@pytest.mark.parametrize("article", [*RIGHT, *WRONG], ids=lambda article: article.title)
def test_articles_have_the_length_of_news(article: RightArticle | WrongArticle) -> None:
    # Japanese has no spaces: two and a half characters count as a word.
    japanese = article.language == "ja"
    words = len(article.text) / 2.5 if japanese else len(article.text.split())
    assert 60 <= words <= 250


@pytest.mark.parametrize("summaries", [RIGHT_SUMMARIES, WRONG_SUMMARIES], ids=["right", "wrong"])
def test_three_in_five_are_english_and_all_languages_there(
    summaries: list[tuple[Language, str]],
) -> None:
    languages = Counter(language for language, _ in summaries)

    assert 0.55 <= languages["en"] / len(summaries) <= 0.65
    assert set(languages) == set(get_args(Language))


def test_each_fault_is_there_more_than_once() -> None:
    faults = Counter(summary.because for article in WRONG for summary in article.summaries)

    assert {fault for fault in get_args(Fault) if faults[fault] < 3} == set()


def test_many_instructions_are_planted_hidden_and_seen() -> None:
    planted = injections()

    assert len(planted) >= 200
    assert sum(injection.hidden for injection in planted) >= 100
    assert sum(not injection.hidden for injection in planted) >= 100
    assert len({injection.name for injection in planted}) == len(planted)
    assert len({(injection.title, injection.html) for injection in planted}) == len(planted)


def test_each_planted_instruction_has_a_marker() -> None:
    for injection in injections():
        text = untagged(unquote(unescape(f"{injection.title} {injection.html}")))
        assert any(marker in text for marker in MARKERS), injection.name
