"""Every edition, theme, look and language is fit for mail programs; the checker finds faults."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.json import decode
from msgspec.structs import replace

from digest.config.looks import LookSettings
from digest.model import Edition, More, Picture, Related, Section, Story
from digest.rendering.samples import SAMPLES, ordinary
from digest.rendering.templates import THEMES, Templates
from tests.rendering.checker import complaints
from tests.rendering.real_feeds import real_edition
from tests.rendering.samples import TEXT, editions
from tests.rendering.test_golden import CASES

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from digest.config.looks import Theme

LOOKS = {
    "plain": LookSettings(),
    "pale": LookSettings(accent="#ffee00", width=480, font="Georgia, Times New Roman, serif"),
    "dark": LookSettings(
        accent="#000000",
        width=700,
        logo="https://site.example/logo.png",
        logo_width=120,
        logo_height=40,
    ),
}
TEMPLATES = {
    (theme, look): Templates(theme=theme, look=settings)
    for theme, (look, settings) in product(THEMES, LOOKS.items())
}
LANGUAGES = ("pt-BR", "he")
KNOWN = {case.name: decode((case / "edition.json").read_bytes(), type=Edition) for case in CASES}
KNOWN |= {f"sample {name}": make() for name, make in SAMPLES.items() if name != "long"}


@pytest.mark.parametrize(("theme", "look"), TEMPLATES)
@pytest.mark.parametrize("name", KNOWN)
def test_a_known_edition_is_fit_to_send(name: str, theme: Theme, look: str) -> None:
    for language in LANGUAGES:
        html = TEMPLATES[theme, look].html(replace(KNOWN[name], language=language))

        assert complaints(html) == [], language


@pytest.mark.parametrize("theme", THEMES)
def test_a_long_edition_is_fit_to_send(theme: Theme) -> None:
    assert complaints(TEMPLATES[theme, "plain"].html(SAMPLES["long"]())) == []


@pytest.mark.parametrize("theme", THEMES)
def test_whole_entries_of_the_real_feeds_are_fit_to_send(shared: Path, theme: Theme) -> None:
    html = TEMPLATES[theme, "plain"].html(real_edition(shared / "feeds", full=True))

    assert complaints(html) == []


CONTENTS = st.one_of(
    st.just(""),
    TEXT,
    st.lists(
        st.sampled_from(
            [
                *("<p>", "</p>", "<table>", "<tr><td>", "<th>", "</table>", "<pre>", "</pre>"),
                *("<blockquote>", "</blockquote>", "<ul><li>", "</ul>", "<h1>", "<h3>", "<hr>"),
                *("<div>", "</div>", "words", "<script>", "<img src=x>", "<dl><dt>", "<dd>"),
                *('<a href="#x">', '<a href="https://site.example/>">', '<td dir="rtl" style="x">'),
            ]
        ),
        max_size=30,
    ).map("".join),
)
PICTURES = st.one_of(
    st.none(),
    st.builds(
        Picture,
        st.just("https://site.example/a.png"),
        st.integers(1, 9_000),
        st.integers(1, 9_000),
        st.sampled_from(["", "a@site.example"]),
    ),
)


@st.composite
def dressed(draw: st.DrawFn, plain: SearchStrategy[Edition]) -> Edition:
    """An edition with all that a story and a section may have beside their words."""

    related = st.builds(Related, TEXT, st.just("https://site.example/"), TEXT)
    waiting = st.builds(More, TEXT, st.just(""), st.integers(1, 99))

    def dress(story: Story) -> Story:
        return replace(
            story,
            html=draw(CONTENTS),
            picture=draw(PICTURES),
            watched=draw(st.lists(TEXT, max_size=2).map(tuple)),
            related=tuple(draw(st.lists(related, max_size=2))),
            group=draw(st.sampled_from(["", "A subject", "נושא"])),
            brief=draw(st.booleans()),
            cut=draw(st.booleans()),
        )

    edition = draw(plain)
    sections = tuple(
        Section(
            section.title,
            tuple(map(dress, section.stories)),
            url=draw(st.sampled_from(["", "https://site.example/"])),
            more=tuple(draw(st.lists(waiting, max_size=2))),
            top=draw(st.booleans()),
        )
        for section in edition.sections
    )
    return replace(edition, sections=sections, language=draw(st.sampled_from(LANGUAGES)))


@settings(max_examples=15, deadline=None)
@given(edition=dressed(editions(3, 3)), which=st.sampled_from(list(TEMPLATES)))
def test_any_edition_is_fit_to_send(edition: Edition, which: tuple[Theme, str]) -> None:
    assert complaints(TEMPLATES[which].html(edition)) == []


GOOD = TEMPLATES["magazine", "dark"].html(ordinary())
FAULTS = [
    ("<!DOCTYPE html>", "", "the document does not begin"),
    (' lang="en"', "", "html has no lang"),
    ('<html lang="en" dir="ltr"', '<html lang="en"', "html has no dir"),
    ('content="light dark"', 'content="light"', "meta color-scheme"),
    ("width=device-width", "width=700", "meta viewport"),
    ("</body>", "<script>1</script></body>", "<script> is used"),
    ("</body>", '<svg width="1"></svg></body>', "<svg is used"),
    ("</body>", '<base href="https://site.example/"></body>', "<base> is used"),
    ("</body>", "<style>p { margin: 0; }</style></body>", "a style element outside the head"),
    ("<p class", '<p onclick="x" class', "<p> has a handler"),
    ("margin: 0;", "position: absolute;", "position at"),
    ("margin: 0;", "float: left;", "float at"),
    ("margin: 0;", "display: flex;", "display: flex at"),
    ("margin: 0;", "margin: 1em;", "margin: 1em at"),
    ("margin: 0;", "margin: 1rem;", "margin: 1rem at"),
    ("margin: 0;", "margin: 10pt;", "margin: 10pt at"),
    ("margin: 0;", "padding: 4px;", "padding on <"),
    ("margin: 0;", "--x: 1px;", "--x at"),
    ("margin: 0;", "margin: var(--x);", "var( is used"),
    ("margin: 0;", "background: url(https://site.example/a.png);", "url( is used"),
    ("background-color: #f3f4f6", "background-color: rgb(0 0 0 / 1)", "background-color: rgb(0 0"),
    ("font-family: Georgia", "font-family: 1x", "font-family: 1x"),
    (":root {", "@import 'a.css'; :root {", "@import is used"),
    (":root {", "@font-face { color: #123456; } :root {", "@font-face"),
    (":root {", "@supports (display: grid) { p { margin: 0; } } :root {", "@supports"),
    (":root {", "p > a { margin: 0; } :root {", "the selector p"),
    (":root {", "p { gap: 1px; } :root {", "gap at p"),
    (":root {", f"/* {'x' * 17_000} */ :root {{", "bytes of style in the head"),
    ("(prefers-color-scheme: dark)", "(prefers-color-scheme: light)", "no styles for the dark"),
    ("[data-ogsc] .title,", "", "[data-ogsc] differs at .title"),
    ('src="https://example.com/a.jpg"', 'src="data:image/png;base64,AA"', "a picture at 'data:"),
    ('src="https://example.com/a.jpg"', 'src="/a.jpg"', "a picture at '/a.jpg'"),
    ('src="https://example.com/a.jpg"', 'src="https://example.com/a.webp"', "a picture at"),
    ('height="84"', "", "a picture without height"),
    ('width="160" height', 'width="100%" height', "a picture without width"),
    (' alt=""', "", "a picture without alt"),
    (' aria-hidden="true"', "", "a picture without alt"),
    ('href="https://example.com/', 'href="/', "href is '/"),
    ('href="https://example.com/', 'href="#', "href is '#"),
    ('href="https://example.com/', 'href="javascript:', "href is 'javascript:"),
    ('class="card" role="presentation"', 'class="card"', "a table for layout without its role"),
    ('[if mso]><table role="presentation" width="700"', "", "no table for Outlook"),
    ('presentation" width="700"', 'presentation" width="600"', "the table for Outlook is 600"),
    ("max-width: 700px", "max-width: 640px", "the table for Outlook is 700 wide"),
    ("color: #59636e", "color: #9aa0a6", "in light"),
    ("{ color: #a9b3be", "{ color: #4a5058", "in dark"),
    ("background-color: #1d232a !important", "background-color: #f0f0f0 !important", "in dark"),
]


def test_the_document_to_spoil_is_good() -> None:
    assert complaints(GOOD) == []


@pytest.mark.parametrize(("good", "bad", "complaint"), FAULTS)
def test_a_fault_is_found(good: str, bad: str, complaint: str) -> None:
    spoiled = GOOD.replace(good, bad)

    assert good in GOOD
    assert any(complaint in found for found in complaints(spoiled)), complaints(spoiled)
