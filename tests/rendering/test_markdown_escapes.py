"""Text of feeds is literal in Markdown, and in programs for notes, which read more into it."""

from __future__ import annotations

import html
import re

import pytest
from markdown_it import MarkdownIt

from digest.rendering.markdown_escapes import note_text

# Mathematics, comments, highlights, macros and properties of Obsidian and Logseq.
_OF_NOTES = re.compile(r"(?<!\\)\$|%%|==|\{\{|::(?=\s|$)")


@pytest.mark.parametrize(
    "text",
    [
        "US$5/US$10, or $x$ and $$y$$",
        "It is %%not%% said, %%%% at all",
        "a == b, ==lit== and ====",
        "{{query (todo now)}} {{{x}}} {% raw %}",
        "alias:: Home",
        "tags::",
        "std::string and ::1",
        "# [[x]] ^[y] *z* 1. <b>",
    ],
)
def test_what_notes_would_read_into_a_text_is_shown_as_it_is(text: str) -> None:
    escaped = note_text(text)

    assert not _OF_NOTES.search(escaped)
    shown = MarkdownIt("commonmark", {"html": False}).render(escaped)
    assert html.unescape(shown) == f"<p>{text}</p>\n"


def test_text_that_nothing_reads_anything_into_is_as_it_was() -> None:
    assert note_text("std::string costs 100 % = all {x}") == "std::string costs 100 % = all {x}"
