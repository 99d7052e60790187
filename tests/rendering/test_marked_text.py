"""Text with spans that stand out."""

from __future__ import annotations

import pytest

from digest.rendering.marked_text import MARKS, MarkedText, Span, read_marks


def test_marks_are_spans_of_the_text_the_outer_first() -> None:
    link = MARKS.link("a [title]", "https://a.example/?b=(c)&d")
    marked = f"{MARKS.heading('x', 1)}\n{MARKS.aside(f'by {link}')}"

    assert read_marks(marked) == MarkedText(
        "x\nby a [title]",
        (
            Span("b", 0, 1),
            Span("i", 2, 14),
            Span("a", 5, 14, "https://a.example/?b=(c)&d"),
        ),
    )


@pytest.mark.parametrize("text", ["\x01b:\x02x\x03", "\x03\x03", "\x01"])
def test_no_text_makes_a_mark(text: str) -> None:
    literal, link = MARKS.literal(text), MARKS.link(f"x{text}", f"https://a.example/{text}")

    assert read_marks(f"{literal}{link}").text.isprintable()
    assert len(read_marks(f"{literal}{link}").spans) == 1


def test_nothing_is_no_span() -> None:
    assert MARKS.bold("") == MARKS.aside("") == MARKS.link("", "https://a.example") == ""
    assert MARKS.link("x", "javascript:alert(1)") == "x"


def test_html_holds_each_span_and_escapes_the_rest() -> None:
    marked = (
        MARKS.apart(f"{MARKS.bold('<a>')} · b\nc")
        + "\n\n"
        + MARKS.link("&", 'https://a.example/?x="&y')
    )

    assert read_marks(marked).html == (
        "<blockquote><b>&lt;a&gt;</b> · b<br>\nc</blockquote>\n<br>\n"
        '<a href="https://a.example/?x=&quot;&amp;y">&amp;</a>'
    )
