"""The contents that a long edition opens with: when there are some, and how many lines."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from digest.model import Edition, Picture, Section
from digest.rendering import contents as module
from digest.rendering.contents import contents
from digest.rendering.templates import Templates
from tests.rendering.markup import document
from tests.rendering.samples import edition, ordinary, story


def in_sections(count: int, stories: int = 4, *, top: bool = False) -> Edition:
    """An edition of so many sections, each of so many stories."""
    made = edition(*(story(n, feed=f"Feed {n % count}") for n in range(count * stories)))
    raised = (Section("Top stories", (story(999),), top=True),) if top else ()
    return replace(made, sections=(*raised, *made.sections))


def test_a_short_edition_has_none_whatever_its_sections() -> None:
    assert contents(in_sections(9, stories=1)) is None
    assert contents(edition()) is None


def test_a_long_edition_names_its_sections_but_not_the_top() -> None:
    listed = contents(in_sections(5, top=True))

    assert listed is not None
    assert [section.title for section in listed.sections] == [f"Feed {n}" for n in range(5)]
    assert listed.others == 0


@pytest.mark.parametrize(("sections", "named", "others"), [(7, 7, 0), (8, 6, 2), (30, 6, 24)])
def test_with_its_heading_it_has_at_most_eight_lines(
    sections: int, named: int, others: int
) -> None:
    made = in_sections(sections)
    listed = contents(made)

    assert listed is not None
    assert (len(listed.sections), listed.others) == (named, others)
    body = document(Templates().html(made)).find("body")
    (cell,) = body.find_class("contents")
    assert len(list(cell.iter("p"))) <= 8
    text = Templates().text(made)
    opening = text.partition("In this edition")[2].partition("\n\n")[0]
    assert len(opening.strip().splitlines()) <= 7
    if others:
        assert f"and {others} more sections" in cell.text_content()
        assert f"and {others} more sections" in opening


def test_it_goes_by_length() -> None:
    excerpt = "Some words. " * 30
    brief = [story(n, feed=f"Feed {n % 4}", brief=True) for n in range(24)]
    whole = [story(n, feed=f"Feed {n % 4}", excerpt=excerpt) for n in range(12)]

    assert contents(edition(*brief)) is None
    assert contents(edition(*whole)) is not None
    assert contents(edition(*(replace(one, excerpt="") for one in whole))) is None


def test_pictures_and_what_is_related_count() -> None:
    few = [story(n, feed=f"Feed {n % 4}", excerpt="") for n in range(16)]
    picture = Picture("https://site.example/a.png", 600, 400)

    assert contents(edition(*few)) is None
    assert contents(edition(*(replace(one, picture=picture) for one in few))) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("_TWO_SCREENS", 9_000), ("_IN_TITLE", 1), ("_IN_EXCERPT", 5), ("_LINE", 90)),
        *(("_AROUND_STORY", 200), ("_AROUND_LINE", 200), ("_AROUND_SECTION", 500)),
        *(("_AROUND_ALL", 1_400), ("_PICTURE", 400)),
    ],
)
def test_each_number_decides(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    picture = Picture("https://site.example/a.png", 600, 400)
    of_all_kinds = [
        *(story(n, feed=f"Feed {n % 3}", picture=picture) for n in range(5)),
        *(story(n, feed=f"Feed {n % 3}", brief=True) for n in range(5, 10)),
    ]
    long, short = in_sections(5), edition(*of_all_kinds)
    assert (contents(long) is None, contents(short) is None) == (False, True)

    monkeypatch.setattr(module, name, value)

    assert (contents(long) is None) is (contents(short) is None)


def test_one_section_is_no_contents() -> None:
    assert contents(in_sections(1, stories=40)) is None
    untitled = in_sections(3, stories=40)
    sections = tuple(replace(section, headed=False) for section in untitled.sections)
    assert contents(replace(untitled, sections=sections)) is None


def test_the_theme_compact_has_none() -> None:
    assert "In this edition" in Templates().html(ordinary(40))
    assert "In this edition" not in Templates(theme="compact").html(ordinary(40))
