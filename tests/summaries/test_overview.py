"""The paragraph on top of an edition."""

from __future__ import annotations

from digest.model import OVERVIEW
from digest.summaries.overview import plain_overview, written_overview
from tests.rendering.samples import NOW, edition, story


def test_it_names_the_topmost_stories_and_counts_the_others() -> None:
    stories = [story(n, title=f"Title {n}.", rank=9 - n) for n in range(9)]

    block = plain_overview(edition(*stories))

    assert block is not None
    assert block.kind == OVERVIEW
    assert block.title == "In short"
    assert block.text == "Title 8; Title 7; Title 6; Title 5; and 5 more."


def test_stories_of_one_subject_are_named_once() -> None:
    stories = [story(n, rank=n, group="Linux" if n < 4 else "") for n in range(5)]

    block = plain_overview(edition(*stories))

    assert block is not None
    assert block.text == "Story 0; Story 4; and 3 more."


def test_what_an_earlier_edition_had_is_not_what_this_one_is_about() -> None:
    stories = [story(0, rank=0, had=NOW), *(story(n, rank=n) for n in range(1, 4))]

    block = plain_overview(edition(*stories))

    assert block is not None
    assert block.text == "Story 1; Story 2; Story 3; and 1 more."


def test_few_stories_need_none() -> None:
    assert plain_overview(edition(story(1), story(2))) is None


def test_it_is_in_the_language_of_the_edition() -> None:
    stories = [story(n, rank=n) for n in range(6)]

    block = plain_overview(edition(*stories, language="de"))

    assert block is not None
    assert block.title == "Kurz gesagt"
    assert block.text.endswith("und 2 weitere.")


def test_one_of_a_model_says_so_above_it() -> None:
    block = written_overview(edition(language="fr"), "Tout va bien.")

    assert block.title == "En bref, écrit par un modèle"
    assert block.text == "Tout va bien."
