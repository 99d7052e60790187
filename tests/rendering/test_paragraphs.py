"""HTML without what feeds put at its edges: nothing else is ever lost."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.limits import MAX_HTML
from digest.model import Entry
from digest.rendering.boilerplate import is_boilerplate
from digest.rendering.own_text import own_excerpt, own_html
from digest.rendering.paragraphs import paragraphs, without_edges
from digest.rendering.shared_edges import NOTHING_SHARED, SharedEdges, shared_edges
from tests import limits
from tests.rendering.test_boilerplate import PARAGRAPHS
from tests.rendering.test_clean import cleaned

# Sentences that are nobody's boilerplate, in elements of all kinds.
SENTENCES = st.sampled_from(
    [f"The {thing} opened on time." for thing in ("bridge", "harbour", "mill", "road", "gate")]
)
BLOCKS = st.sampled_from(
    [
        *("<p>{}</p>", "<div><p>{}</p></div>", "<ul><li>{}</li></ul>", "<h2>{}</h2>", "{}<br>"),
        *("<blockquote><p>{}</p></blockquote>", "<pre>{}</pre>", "<p><b>{}</b></p>"),
        '<table><tbody><tr><td dir="ltr">{}</td></tr></tbody></table>',
        '<p><a href="https://a.example/">{}</a><img src="https://a.example/a.png"></p>',
    ]
)
TEXTS = st.lists(st.builds(str.format, BLOCKS, SENTENCES), min_size=1, max_size=5).map("".join)
# Marks of times are of use in a whole text.
KNOWN = [form for form in PARAGRAPHS if not form.startswith("00:00")]
FORMS = st.lists(st.sampled_from(KNOWN), max_size=4).map(
    lambda forms: "".join(f"<p>{form}</p>" for form in forms)
)


SAID = Entry(
    1, "", "", "A title", "", "", None, datetime(2026, 11, 30, tzinfo=UTC), "An excerpt.", 9
)


def without_known(html: str) -> str:
    return own_html(html, NOTHING_SHARED)


@given(text=TEXTS, before=FORMS, after=FORMS)
def test_a_text_is_left_as_it_is_between_known_forms(text: str, before: str, after: str) -> None:
    safe = cleaned(text).html
    kept = without_known(cleaned(before).html + safe + cleaned(after).html)
    assert kept.removesuffix("<br>") == safe.removesuffix("<br>")


@given(text=TEXTS, middle=FORMS)
def test_known_forms_between_two_texts_stay(text: str, middle: str) -> None:
    html = cleaned(f"<p>It begins.</p>{middle}{text}<p>It ends.</p>").html
    assert without_known(html) == html


@given(text=TEXTS)
def test_one_entry_alone_keeps_all(text: str) -> None:
    html = cleaned(text).html
    assert without_known(html).removesuffix("<br>") == html.removesuffix("<br>")
    assert not shared_edges([html] * 2, [html] * 2)


@given(texts=st.lists(TEXTS, min_size=3, max_size=5), beginning=SENTENCES, end=SENTENCES)
def test_only_what_three_share_goes(texts: list[str], beginning: str, end: str) -> None:
    contents = [
        cleaned(f"<p>{beginning}</p><p>Number {n} says.</p>{text}<p>That was {n}.</p><p>{end}</p>")
        for n, text in enumerate(texts)
    ]
    samples = [entry.html for entry in contents]
    edges = shared_edges(samples, samples)
    for n, (entry, text) in enumerate(zip(contents, texts, strict=True)):
        middle = cleaned(text).html
        own = f"<p>Number {n} says.</p>{middle}<p>That was {n}.</p>"
        assert own_html(entry.html, edges) == own


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>Share</p><p>Said.</p>", "<p>Said.</p>"),
        ("<div><p>By Jane Doe</p></div><p>Said.</p>", "<p>Said.</p>"),
        ("<p>Said.</p><ul><li>Share</li><li>Tweet</li></ul>", "<p>Said.</p>"),
        ("<p>Said.</p><h3>Share</h3><p><a>Tweet</a></p>", "<p>Said.</p>"),
        ("<p>Said.<br>Share<br>Comments</p>", "<p>Said.</p>"),
        ("<div><p>Said.</p><p>Comments</p></div>", "<div><p>Said.</p></div>"),
        ("Said.<hr><p>Permalink</p>", "Said."),
        ("<p>Share</p>", ""),
        # A heading is of what follows; a picture, a listing and half an element stay.
        ("<h2>Comments</h2><p>Said.</p>", "<h2>Comments</h2><p>Said.</p>"),
        ('<p>Share<img src="a"></p><p>Said.</p>', '<p>Share<img src="a"></p><p>Said.</p>'),
        ("<pre>Share</pre><p>Said.</p>", "<pre>Share</pre><p>Said.</p>"),
        ("<b>Share<p>Said.</p></b>", "<b>Share<p>Said.</p></b>"),
        ("<p>Share</p><img><p>Said.</p>", "<img><p>Said.</p>"),
    ],
)
def test_edges_are_gone_with_their_elements(html: str, left: str) -> None:
    assert (without_edges(html, is_boilerplate, is_boilerplate) or "") == left


def test_a_picture_alone_stays() -> None:
    html = '<p><a href="https://a.example/"><img src="https://a.example/a.png"></a></p>'
    assert without_known(html) == html


def test_what_is_all_shared_stays() -> None:
    edges = shared_edges(["<p>Bugs are fixed.</p>"] * 3, ["<p>Bugs are fixed.</p>"] * 3)
    assert own_html("<p>Bugs are fixed.</p>", edges) == "<p>Bugs are fixed.</p>"
    assert own_excerpt("<p>Bugs are fixed.</p>", SAID, edges) == ""


def test_beginnings_of_a_first_sentence_are_shared_too() -> None:
    said = [f"<p>Harbour talk &amp; more:  {text}</p>" for text in ("Ships.", "Boats.", "A gate.")]
    edges = shared_edges(said, said)
    assert edges == SharedEdges(prefix="Harbour talk & more: ")
    assert own_html(said[0], edges) == "<p>Ships.</p>"
    assert own_excerpt(said[0], SAID, edges) == "Ships."


def test_a_post_keeps_the_words_that_its_title_was_made_of() -> None:
    said = [f"<p>Ships {n} sail.</p><p>Shared by a bridge.</p>" for n in range(3)]
    post = replace(SAID, title="Ships 0…", excerpt="Ships 0 sail. Shared by a bridge.")
    assert own_excerpt(said[0], post, shared_edges(said, said)) == "Ships 0 sail."


def test_words_that_three_begin_with_by_chance_stay() -> None:
    said = [f"<p>In this week we talk about {text}.</p>" for text in ("a", "b", "c")]
    assert not shared_edges(said, said)


@pytest.mark.parametrize(
    "language", ["これは挨拶です。", "مرحبا بكم في النشرة", "Guten Morgen allerseits"]
)
def test_what_is_shared_is_so_in_any_language(language: str) -> None:
    said = [f"<p>{language}</p><p>{n}: {n}.</p>" for n in range(3)]
    edges = shared_edges(said, said)
    assert edges.first == {language}
    assert own_html(said[0], edges) == "<p>0: 0.</p>"


@pytest.mark.parametrize(
    "unit",
    ["<p>Share</p>", "<br>", "<div>", "</div>", "<p>", "<b>", " ", "<li>Share", "&amp;", "x "],
)
def test_hostile_contents_take_little_time(unit: str) -> None:
    html = (unit * (MAX_HTML // len(unit)))[:MAX_HTML]
    started = time.process_time()
    without_known(html)
    without_known(f"{html}x")
    without_known(f"x{html}")
    assert time.process_time() - started < limits.seconds(3)


def test_places_are_those_of_the_text() -> None:
    html = "<p>A &amp; b</p>\n<pre>c</pre>d<b>e</b>"
    assert [html[p.start : p.end] for p in paragraphs(html)] == ["A &amp; b", "c", "d<b>e</b>"]
    assert [p.text for p in paragraphs(html)] == ["A & b", "c", "de"]
