"""Leads: whole sentences of the entry itself, and the best of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.sentences import sentences
from digest.summaries.lead import LONGEST, first_sentence, lead

NEWS = (
    "The council of Oslo voted on Monday to close the harbour road. Works begin in March. The road"
    " has carried cars since 1964."
)
# An anecdote of fourteen sentences before what the title says.
ANECDOTE = " ".join(
    [
        "Last summer I sat on a porch and watched the rain come down.",
        "My neighbour brought coffee.",
        "We spoke of old times.",
        *(f"Then we told tale {n} of many." for n in range(9)),
        "SQLite keeps its write-ahead log in a file of its own, which lets readers go on.",
        "A checkpoint moves its pages back into the database.",
        "Nothing else has to wait.",
    ]
)


def test_news_begins_with_its_first_sentences() -> None:
    assert lead(NEWS, "Harbour road closes") == NEWS


def test_a_long_text_begins_where_it_says_what_its_title_does() -> None:
    found = lead(ANECDOTE, "How SQLite's write-ahead log lets readers go on")

    assert found.startswith("SQLite keeps its write-ahead log")
    assert found.endswith("Nothing else has to wait.")


@pytest.mark.parametrize(
    "title",
    [
        "Coffee on the porch: SQLite's write-ahead log",
        "Notes",
        "Completely other words about gardens",
    ],
)
def test_where_that_is_not_clear_it_begins_at_the_beginning(title: str) -> None:
    assert lead(ANECDOTE, title).startswith("Last summer")


def test_a_sentence_that_leans_on_the_one_before_begins_no_lead() -> None:
    text = ANECDOTE.replace("SQLite keeps its write-ahead", "It keeps SQLite's write-ahead")

    assert lead(text, "SQLite's write-ahead log and readers").startswith("Last summer")


def test_no_sentence_is_cut() -> None:
    text = " ".join(f"This is sentence number {n} of a rather long text." for n in range(10))
    long = f"{'word ' * 100}end. Short one."

    assert lead(text, "").count(".") == 3
    assert lead(long, "") == ""
    assert lead("A feed cut this short in the mid…", "") == ""
    assert lead("Whole one. A feed cut this short in the mid…", "") == "Whole one."


def test_a_lead_ends_before_a_list_or_a_listing() -> None:
    assert lead("There is news. These are the parts · one; two ·", "") == "There is news."
    assert lead("Run this. [code] Then wait.", "") == "Run this."


def test_it_reads_scripts_without_spaces() -> None:
    text = "新しい道路は来月開通します。市長が発表しました。費用は三億円です。"

    assert lead(text, "新しい道路") == text


@given(st.text(max_size=600), st.text(max_size=60))
def test_a_lead_is_made_of_sentences_of_the_text(text: str, title: str) -> None:
    found = lead(text, title)

    assert len(found) <= LONGEST
    assert all(
        sentence in " ".join(text.split()) or sentence in text for sentence in sentences(found)
    )


def test_the_first_sentence_is_whole_or_none() -> None:
    assert first_sentence(NEWS, 100).endswith("harbour road.")
    assert first_sentence(NEWS, 20) == ""
