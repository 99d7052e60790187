"""What templates call, in the language of the edition they render."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from jinja2 import pass_context

from digest import __version__
from digest.language import language_of
from digest.rendering import words
from digest.rendering.pictures import without_pictures

if TYPE_CHECKING:
    from datetime import datetime

    from jinja2.runtime import Context

    from digest.language import Language
    from digest.model import Edition
    from digest.rendering.personal import Links


def variables(edition: Edition, links: Links | None = None) -> dict[str, Any]:
    """What a template is rendered with; the links are those of a recipient's own pages."""
    language = language_of(edition.language)
    return {
        "edition": edition,
        "edition_links": links,
        "language": language,
        "t": language.translate,
        "plural": language.plural,
        "count": language.count,
    }


@pass_context
def _day(context: Context, at: datetime, timezone: str) -> str:
    return words.day(at, timezone, _language(context))


@pass_context
def _reading_time(context: Context, minutes: int) -> str:
    return _language(context).duration(minutes)


@pass_context
def _inline(context: Context, text: str) -> str:
    return words.inline(text, _language(context).direction)


@pass_context
def _line(context: Context, text: str) -> str:
    return words.line(text, _language(context).direction)


def _language(context: Context) -> Language:
    # Undefined where a template was imported without its context; what is asked of it says so.
    return cast("Language", context.resolve("language"))


FILTERS: dict[str, Any] = {
    "age": words.age,
    "day": _day,
    "dir": words.direction,
    "inline": _inline,
    "line": _line,
    "markdown": words.markdown,
    "markdown_url": words.markdown_url,
    "reading_time": _reading_time,
    "without_pictures": without_pictures,
    "wrap": words.wrap,
}
FUNCTIONS: dict[str, Any] = {
    "next_edition": words.next_edition,
    "notes": words.notes,
    "summary": words.summary,
    "version": __version__,
}
