"""Summaries that differ in one thing, and texts that are to cost the gate little."""

from pathlib import Path
from time import process_time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.sentences import sentences
from digest.summaries.receipt import Article, refusal
from tests import limits

_FILE = Path(__file__).with_name("receipt") / "cases.yaml"
_SUMMARY = "Pellham Bank now expects a profit of $5 million this year, says Ingrid Solheim."
_ARTICLE = Article("Pellham Bank raises forecast", "Pellham Bank expects $5 million this year.")
_MOST_CITED = 40
# What no cheap check sees yet, by the kind of the pair and its article.
_REFUSED_YET = {
    ("name in another language", "Rainford museum buys lost landscape"): (
        "a German noun that the English article cannot have is taken for a name"
    ),
    ("number in another language", "Rainford museum buys lost landscape"): (
        "`Pfund` is taken for a name, although the article has the sign of it"
    ),
}
_ACCEPTED_YET: dict[tuple[str, str], str] = {}


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    right: str
    wrong: str


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    text: str
    pairs: list[Pair]
    names: tuple[str, ...] = ()
    asked: str = ""


CASES = msgspec.yaml.decode(_FILE.read_bytes(), type=list[Case])
PAIRS = [(case, pair) for case in CASES for pair in case.pairs]


def _marked(known: dict[tuple[str, str], str]) -> list[object]:
    """The pairs, those that are known to go wrong marked with why."""
    return [
        pytest.param(
            case,
            pair,
            id=f"{pair.kind}: {case.title}",
            marks=[pytest.mark.xfail(reason=why, strict=False)]
            if (why := known.get((pair.kind, case.title)))
            else [],
        )
        for case, pair in PAIRS
    ]


def _refusal(case: Case, summary: str) -> str:
    return refusal(summary, Article(case.title, case.text, case.names), case.asked)


@pytest.mark.parametrize(("case", "pair"), _marked(_REFUSED_YET))
def test_what_the_article_says_may_be_shown(case: Case, pair: Pair) -> None:
    assert _refusal(case, pair.right) == ""


@pytest.mark.parametrize(("case", "pair"), _marked(_ACCEPTED_YET))
def test_what_differs_in_one_thing_is_refused(case: Case, pair: Pair) -> None:
    assert _refusal(case, pair.wrong).startswith("the summary ")


def test_there_are_pairs_of_many_kinds() -> None:
    assert len(PAIRS) >= 80
    assert len({pair.kind for _, pair in PAIRS}) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_sentence_of_the_article_may_be_shown(case: Case) -> None:
    text = " ".join(case.text.split())
    copied = [each for each in sentences(text) if 25 <= len(each) <= 350 and "`" not in each]

    article = Article(case.title, case.text, case.names)

    assert copied
    assert {each: why for each in copied if (why := refusal(each, article))} == {}


@given(st.text(max_size=450), st.text(max_size=300), st.text(max_size=50), st.text(max_size=20))
def test_any_text_is_answered_in_one_visible_line(
    summary: str, text: str, title: str, name: str
) -> None:
    reason = refusal(summary, Article(title, text, (name,)))

    assert reason == "" or (reason.startswith("the summary ") and reason.isprintable())


@given(st.text(min_size=_MOST_CITED + 1, max_size=300).map(str.split).map("".join))
def test_what_is_cited_is_short(word: str) -> None:
    reason = refusal(f"Pellham Bank now expects {word}, says Ingrid Solheim.", _ARTICLE)
    longest = "the summary says '' of the , which the article does not"

    assert len(reason) <= len(longest) + 2 * _MOST_CITED


# Each has a kind of word, number or mark that a search may begin at again and again.
@pytest.mark.parametrize(
    "unit",
    ["a-", "A-", "1-", "1 ", "1.", "1,", "2026-", "CVE-", "a1", "twenty-", "“", "'", "A. ", "not "],
)
@pytest.mark.parametrize("end", ["", "_ß"])
def test_a_long_text_of_one_kind_takes_no_longer_than_any(unit: str, end: str) -> None:
    text = unit * (30_000 // len(unit)) + end
    began = process_time()

    refusal(_SUMMARY, Article(_ARTICLE.title, text))

    assert process_time() - began < limits.seconds(3)


def test_a_word_of_letters_and_digits_is_read_once() -> None:
    began = process_time()

    refusal(f"The new chip a1{'b' * 60}_ is out for all of Pellham Bank.", _ARTICLE)

    assert process_time() - began < limits.seconds(1)
