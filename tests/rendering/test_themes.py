"""The themes: what each shows of a story and a section, and what a look changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from msgspec.structs import replace

from digest.config.looks import ABOUT, LookSettings, Theme
from digest.model import More, Picture, Related, Section
from digest.rendering.samples import SAMPLES, ordinary
from digest.rendering.templates import THEMES, Templates
from tests.rendering.css import declarations
from tests.rendering.markup import document
from tests.rendering.samples import NOW, edition, story
from tests.rendering.test_clean import cleaned

if TYPE_CHECKING:
    from digest.model import Edition

TEMPLATES = {theme: Templates(theme=theme) for theme in THEMES}
PICTURE = Picture("https://site.example/a.png", 1200, 630)
BOTH = pytest.mark.parametrize("theme", ["classic", "magazine"])
ALL = pytest.mark.parametrize("theme", THEMES)


def shown(theme: Theme, edition: Edition) -> Any:
    return document(TEMPLATES[theme].html(edition))


def texts(root: Any, name: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in root.find_class(name)]


def outline(root: Any) -> list[str]:
    """Headings and pictures in reading order."""
    return [one.tag for one in root.find("body").iter("h1", "h2", "h3", "h4", "img")]


def test_every_theme_is_told_of() -> None:
    assert list(ABOUT) == list(get_args(Theme)) == list(THEMES)


# The structure of the sample edition; pixels are for people to look at (`screenshots.py`).
OUTLINES = {
    "classic": [
        *("h1", "h2", "h3", "img", "h4"),
        *("h2", "h3", "img", "h3", "img", "h4", "h3", "h3"),
        *("h2", "h3"),
        # The full list.
        *("h2", "h3", "h3"),
    ],
    "compact": ["h1", "h2", "h3", "h2", "h3", "h3", "h3", "h3", "h2", "h3", "h2", "h3", "h3"],
    "magazine": [
        *("h1", "h2", "img", "h3", "h4"),
        *("h2", "img", "h3", "img", "h3", "h4", "h3", "h3"),
        *("h2", "h3"),
        # The full list.
        *("h2", "h3", "h3"),
    ],
}


@ALL
def test_the_structure_of_a_theme(theme: Theme) -> None:
    assert outline(shown(theme, ordinary())) == OUTLINES[theme]


@ALL
def test_every_story_is_shown_once_and_in_order(theme: Theme) -> None:
    long = SAMPLES["long"]()
    root = shown(theme, long)
    assert texts(root, "headline") == [one.title for part in long.sections for one in part.shown]


@ALL
def test_what_is_cut_is_counted(theme: Theme) -> None:
    counted = [f"and 2 more from Feed {n}" for n in range(5)] + ["and 10 more from Feed 5"]
    root = shown(theme, SAMPLES["long"]())
    assert texts(root, "more") == counted
    assert len(texts(root, "section")) == 5
    assert len(texts(root, "entry")) == (0 if theme == "compact" else 5)


@ALL
def test_no_more_than_six_feeds_are_named_in_a_line(theme: Theme) -> None:
    more = tuple(More(f"Feed {n}", "", n) for n in range(1, 9))
    root = shown(theme, edition(sections=(Section("All", (story(),), more=more),)))
    [waiting] = root.find_class("more")
    named = ", ".join(f"Feed {n}\u00a0({n})" for n in range(8, 2, -1))
    [line] = waiting.iter("p")
    assert line.text_content() == f"and 36 more: {named}, 2 more feeds"


@ALL
def test_a_story_under_another_heading_names_its_feed(theme: Theme) -> None:
    top = Section("Top stories", (story(),), top=True)
    root = shown(theme, edition(story(), sections=(top,)))
    assert any("A feed ·" in line for line in texts(root, "meta"))


@ALL
def test_what_was_watched_is_marked_with_words(theme: Theme) -> None:
    root = shown(theme, edition(story(watched=("kubernetes", "title:python"))))
    assert texts(root, "mark") == ["★ kubernetes, title:python"]


@ALL
def test_a_brief_story_is_one_line(theme: Theme) -> None:
    root = shown(theme, edition(story(brief=True, html="<p>No.</p>", picture=PICTURE)))
    assert texts(root, "line") == ["Story 1 · Monday"]
    assert not root.find_class("headline")
    assert not list(root.iter("img"))


@ALL
def test_neighbours_of_one_subject_have_one_heading(theme: Theme) -> None:
    subjects = ["", "Ferries", "Ferries", "Trains", "", "Trains"]
    stories = [story(n, group=subject) for n, subject in enumerate(subjects)]
    assert texts(shown(theme, edition(*stories)), "subject") == ["Ferries", "Trains", "Trains"]


@ALL
def test_a_section_leads_to_its_feed_and_says_what_waits(theme: Theme) -> None:
    home = "https://site.example/"
    more = (More("A feed", home, 12), More("Other", "", 1))
    root = shown(theme, edition(sections=(Section("A feed", (story(),), home, more),)))
    assert root.xpath("//h2/a/@href") == [home]
    [waiting] = root.find_class("more")
    assert [line.text_content() for line in waiting.iter("p")] == [
        "and 13 more: A feed\u00a0(12), Other\u00a0(1)"
    ]
    assert [link.get("href") for link in waiting.iter("a")] == [home]


@ALL
def test_top_stories_stand_out(theme: Theme) -> None:
    sections = (Section("Top", (story(),), top=True), Section("A feed", (story(2),)))
    root = shown(theme, edition(sections=sections))
    behind = [
        "background-color" in declarations(cell.get("style")) for cell in root.find_class("story")
    ]
    assert behind == [True, False]


@BOTH
def test_a_long_edition_opens_with_its_contents(theme: Theme) -> None:
    made = edition(*(story(n, feed=f"Feed {n % 4}") for n in range(16)))
    root = shown(theme, made)
    assert texts(root, "entry") == [f"Feed {n} · 4 · Story {n}" for n in range(4)]
    [contents] = root.find_class("contents")
    links = [link.get("href") for link in contents.iter("a")]
    assert links == [section.stories[0].url for section in made.sections]


@BOTH
def test_related_stories_are_under_the_story(theme: Theme) -> None:
    related = Related("Much the same", "https://other.example/1", "Other")
    root = shown(theme, edition(story(related=(related,))))
    assert "Related: Much the same · Other" in texts(root, "meta")
    assert "https://other.example/1" in root.xpath("//a/@href")


@BOTH
def test_what_is_related_has_its_day_and_its_words(theme: Theme) -> None:
    dated = Related("Much the same", "https://other.example/1", "Other", NOW, "How it begins.")
    one = edition(story(related=(dated,)))
    assert "Related: Much the same · Other · Monday" in texts(shown(theme, one), "meta")
    assert "How it begins." in texts(shown(theme, one), "meta")
    assert (
        "  Related: Much the same (Other · Monday)\n  https://other.example/1\n  How it begins.\n"
    ) in TEMPLATES[theme].text(one)


@BOTH
def test_the_whole_content_takes_the_place_of_the_excerpt(theme: Theme) -> None:
    root = shown(theme, edition(story(html="<h1>Head</h1><p>All of it.</p>")))
    assert texts(root, "content") == ["HeadAll of it."]
    assert not root.find_class("excerpt")


@pytest.mark.parametrize(
    ("theme", "number", "size"),
    [
        ("classic", 0, ("132", "69")),
        ("classic", 1, ("132", "69")),
        ("magazine", 0, ("536", "281")),
        ("magazine", 1, ("160", "84")),
    ],
)
def test_pictures_have_their_place(theme: Theme, number: int, size: tuple[str, str]) -> None:
    root = shown(theme, edition(story(1, picture=PICTURE), story(2, picture=PICTURE)))
    image = list(root.iter("img"))[number]
    assert (image.get("width"), image.get("height")) == size
    assert image.get("src") == PICTURE.url
    assert image.getparent().get("href") == f"https://site.example/{number + 1}"


@BOTH
def test_where_a_story_has_no_picture_nothing_is_left_of_it(theme: Theme) -> None:
    with_image = edition(story(image="https://site.example/a.png"))
    assert TEMPLATES[theme].html(with_image) == TEMPLATES[theme].html(edition(story()))


def test_compact_has_one_line_below_the_title() -> None:
    long = "A sentence that is rather long and goes on for quite a while. And another."
    root = shown("compact", edition(story(excerpt=long, picture=PICTURE, html="<p>x</p>")))
    assert texts(root, "meta") == [f"Monday · {long}"]
    assert not list(root.iter("img"))


@ALL
def test_the_frame_follows_the_language(theme: Theme) -> None:
    hebrew = shown(theme, edition(story(), language="he"))
    assert (hebrew.get("lang"), hebrew.get("dir")) == ("he", "rtl")
    for name in ("head", "foot"):
        [cell] = hebrew.find_class(name)
        assert (cell.get("dir"), cell.get("align")) == ("rtl", "right")
    assert [cell.get("dir") for cell in hebrew.find_class("story")] == ["ltr"]


@ALL
def test_letters_that_are_joined_are_not_spaced(theme: Theme) -> None:
    root = shown(theme, edition(story(feed="صحيفة"), title="عدد", language="ar"))
    spaced = {
        declarations(one.get("style") or "").get("letter-spacing", "0") for one in root.iter("*")
    }
    assert spaced == {"0"}


@ALL
def test_a_line_reads_its_way_behind_a_title_that_reads_the_other(theme: Theme) -> None:
    root = shown(theme, edition(story(brief=True), story(2, title="عدد", brief=True)))
    plain, turned = root.find_class("aside")
    assert [(one.get("dir"), one.text_content()) for one in plain.iter()] == [(None, "· Monday")]
    assert [(one.get("dir"), one.text_content()) for one in turned.iter()] == [
        *((None, "· Monday"), ("ltr", "Monday")),
    ]


@ALL
def test_a_look_is_taken_over(theme: Theme) -> None:
    look = LookSettings(
        accent="#7a3e9d",
        width=660,
        font="Georgia, Times New Roman",
        logo="https://site.example/logo.png",
        logo_width=120,
        logo_height=40,
    )
    root = document(Templates(theme=theme, look=look).html(edition(story())))
    [card] = root.find_class("card")
    assert declarations(card.get("style"))["max-width"] == "660px"
    [head] = root.find_class("head")
    assert "#7a3e9d" in head.get("style")
    fonts = {declarations(cell.get("style")).get("font-family") for cell in root.iter("td", "h3")}
    assert fonts - {None} == {"Georgia, 'Times New Roman'"}
    [logo] = root.find_class("mark-image")
    assert (logo.get("width"), logo.get("height")) == ("120", "40")


@ALL
def test_text_and_markdown_are_those_of_every_theme(theme: Theme) -> None:
    for make in SAMPLES.values():
        assert TEMPLATES[theme].text(make()) == TEMPLATES["classic"].text(make())
        assert TEMPLATES[theme].markdown(make()) == TEMPLATES["classic"].markdown(make())


def test_text_shows_all_there_is_of_a_story() -> None:
    one = replace(
        story(watched=("ferries",), html="<p>All <b>of</b> it.</p><ul><li>and a list</li></ul>"),
        related=(Related("Much the same", "https://other.example/1", "Other"),),
        group="Boats",
    )
    brief = story(2, brief=True, published=None)
    section = Section("A feed", (one, brief), more=(More("A feed", "https://site.example/", 3),))
    text = TEMPLATES["classic"].text(edition(sections=(section,)))
    assert text.partition("A FEED")[2].partition("\n\n\n")[0] == (
        "\n\n"
        "[ Boats ]\n\n"
        "* Story 1\n"
        "  ★ ferries · Ada · Monday · 4\u00a0min\n"
        "  https://site.example/1\n"
        "  Related: Much the same (Other)\n"
        "  https://other.example/1\n\n"
        "  All of it.\n\n"
        "  - and a list\n\n"
        "------------------------\n\n"
        "* Story 2\n"
        "  https://site.example/2\n\n"
        "  and 3 more from A feed: https://site.example/"
    )


FOOT = '<p>You get this</p><p><a href="https://evil.example/">Unsubscribe</a></p>'


@BOTH
@pytest.mark.parametrize(
    "html",
    [
        FOOT,
        f"</td></tr></table></td></tr></table></div>{FOOT}",
        f"<style>.foot{{display:none}}</style><p style='position:fixed;margin:-99px'>x</p>{FOOT}",
        f"<table><tr><td>one<table><tr><td><blockquote>two {FOOT}",
        f"<table><caption><blockquote><table>x{FOOT}</caption>{FOOT}",
        "<blockquote>" * 150 + FOOT,
        "<pre>" * 150 + FOOT,
        "<div>" * 190 + FOOT,
        f"<a href='https://x.example'><h1><blockquote><pre>{FOOT}",
    ],
)
def test_nothing_in_a_whole_content_leaves_its_frame(theme: Theme, html: str) -> None:
    root = shown(theme, edition(story(html=cleaned(html).html), story(title="Next")))
    (frame,) = root.find_class("whole-cell")
    assert "border: 1px solid" in frame.get("style")
    for link in root.xpath("//a[@href='https://evil.example/']"):
        assert frame in link.iterancestors()
    assert not frame.xpath(".//*[contains(@style, 'position') or contains(@style, '-99')]")
    (foot,) = root.find_class("foot")
    assert frame not in foot.iterancestors()
    assert "Next" in " ".join(texts(root, "headline"))
    assert "Next" not in frame.text_content()
