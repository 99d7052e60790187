"""What templates call, in the language of the edition they render."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from jinja2 import pass_context

from digest.language import language_of
from digest.rendering import words
from digest.rendering.blocks import content_markdown, content_text
from digest.rendering.content import email_html
from digest.rendering.excerpts import excerpt
from digest.rendering.pictures import source

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jinja2.runtime import Context

    from digest.language import Language
    from digest.model import Edition


def variables(edition: Edition) -> dict[str, Any]:
    """What a template is rendered with."""
    language = language_of(edition.language)
    return {
        "edition": edition,
        "language": language,
        "t": language.translate,
        "plural": language.plural,
        "count": language.count,
        "facts": partial(words.facts, edition),
        "closing": words.closing(edition),
    }


@pass_context
def _day(context: Context, at: datetime, timezone: str) -> str:
    """`20 November 2026`, in the digest's time zone."""
    return words.day(at, timezone, _language(context))


@pass_context
def _reading_time(context: Context, minutes: int) -> str:
    """`4 min`, `1 h 20 min`."""
    return _language(context).duration(minutes)


@pass_context
def _inline(context: Context, text: str) -> str:
    """Text for inside a line: what follows keeps its place after words written the other way."""
    return words.inline(text, _language(context).direction)


@pass_context
def _line(context: Context, text: str) -> str:
    """A line of plain text that reads in the direction of the language."""
    return words.line(text, _language(context).direction)


def _language(context: Context) -> Language:
    # Undefined where a template was imported without its context; what is asked of it says so.
    return cast("Language", context.resolve("language"))


FILTERS: dict[str, Callable[..., Any]] = {
    "age": words.age,
    "content_markdown": content_markdown,
    "content_text": content_text,
    "day": _day,
    "dir": words.direction,
    "email_html": email_html,
    "excerpt": excerpt,
    "inline": _inline,
    "line": _line,
    "markdown": words.markdown,
    "markdown_url": words.markdown_url,
    "reading_time": _reading_time,
    "short": words.short,
    "source": source,
    "wrap": words.wrap,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "is_long": words.is_long,
    "next_edition": words.next_edition,
    "notes": words.notes,
    "summary": words.summary,
}
