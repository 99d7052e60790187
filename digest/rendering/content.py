"""The whole content of a story as HTML that fits into an email."""

from __future__ import annotations

import re

import nh3
from markupsafe import Markup

from digest.rendering.safe_html import ATTRIBUTES, TAGS, without_users

# nh3 writes attributes in double quotes, and no `>` inside them ends a tag.
REST = r'(?:[^>"]|"[^"]*")*>'
# The headings of a story's content, below its own.
HEADINGS = {"h1": "h4", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h6", "h6": "h6"}
_FRAMED = re.compile(rf"<(/?)(h[1-6]|pre|blockquote|table)\b({REST})")
_TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
# Outlook keeps the padding and the background of cells only.
_MOST_FRAMES = 4
_CELLS = {"pre": "code", "blockquote": "quote"}


def email_html(html: str) -> Markup:
    """Clean HTML for inside a story: without pictures, its headings below the story's own.

    Listings and quotes get cells of their own, with classes `code` and `quote`; tables the class
    `data`.
    """
    frames = _Frames()
    framed = _FRAMED.sub(frames.framed, clean_content(html))
    return Markup(framed)  # noqa: S704 - nh3 cleaned it


def clean_content(html: str) -> str:
    """HTML without pictures and without what would not be safe."""
    clean = nh3.clean(
        html,
        tags=TAGS - {"img"},
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag != "img"},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel=None,
    )
    return without_users(clean)


class _Frames:
    """Cells around listings and quotes, a few inside one another: more would go too deep for some.

    Programs that read HTML with libxml2 drop what is deeper than 255, and all that follows it.
    """

    def __init__(self) -> None:
        self._open = 0

    def framed(self, match: re.Match[str]) -> str:
        """A tag as it is in an email."""
        end, tag, rest = match.groups()
        if tag in HEADINGS:
            return f"<{end}{HEADINGS[tag]}{rest}"
        if tag == "table":
            return match[0] if end else f'<table class="data"{rest}'
        return self._end(tag) if end else self._begin(tag, rest)

    def _begin(self, tag: str, rest: str) -> str:
        self._open += 1
        inside = f"<pre{rest}" if tag == "pre" else ""
        if self._open > _MOST_FRAMES:
            return inside or "<div>"
        cell = f'<table {_TABLE} class="{_CELLS[tag]}"><tr><td class="{_CELLS[tag]}-cell">'
        return cell + inside

    def _end(self, tag: str) -> str:
        self._open -= 1
        inside = "</pre>" if tag == "pre" else ""
        if self._open >= _MOST_FRAMES:
            return inside or "</div>"
        return f"{inside}</td></tr></table>"
