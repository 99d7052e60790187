"""What templates call, in the language of the edition they render."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from jinja2 import pass_context
from msgspec import Struct

from digest.language import language_of
from digest.rendering import footer, markdown_escapes, phrases
from digest.rendering.columns import wrap
from digest.rendering.content import email_html
from digest.rendering.contents import contents
from digest.rendering.excerpts import excerpt
from digest.rendering.inbox import preheader
from digest.rendering.measures import measures
from digest.rendering.pictures import source
from digest.rendering.text_blocks import content_markdown, content_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jinja2.runtime import Context

    from digest.config.looks import LookSettings
    from digest.language import Direction, Language
    from digest.model import Edition
    from digest.rendering.email.personal import Links


class Function:
    """A function that templates may call, and do nothing else with."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self._call(*args, **kwargs)

    def __repr__(self) -> str:
        return "<function>"


class Look(Struct, frozen=True):
    """What was chosen about the look, as templates have it."""

    accent: str
    logo: str | None
    logo_width: int | None
    logo_height: int | None
    font: str | None
    width: int


class Speech(Struct, frozen=True):
    """The language of an edition, as templates have it."""

    tag: str
    direction: Direction


def look_of(settings: LookSettings) -> Look:
    """A look as templates have it."""
    return Look(**{name: getattr(settings, name) for name in Look.__struct_fields__})


def variables(edition: Edition, links: Links | None = None) -> dict[str, Any]:
    """What a template is rendered with; the links are those of a recipient's own pages.

    Plain values that cannot be changed, and functions.
    """
    language = language_of(edition.language)
    write_to = links.write_to if links else ""
    return {
        "edition": edition,
        "edition_links": None if write_to else links,
        "language": Speech(language.tag, language.direction),
        "t": Function(language.translate),
        "plural": Function(language.plural),
        "count": Function(language.count),
        "facts": Function(partial(phrases.facts, edition)),
        "glance": Function(partial(phrases.glance, edition)),
        "posted": Function(partial(phrases.posted, edition)),
        "measures": Function(partial(measures, edition)),
        "closing": tuple(footer.closing(edition, write_to)),
    }


@pass_context
def _day(context: Context, at: datetime, timezone: str) -> str:
    """`20 November 2026`, in the digest's time zone."""
    return phrases.day(at, timezone, _language(context))


@pass_context
def _reading_time(context: Context, minutes: int) -> str:
    """`4 min`, `1 h 20 min`."""
    return _language(context).duration(minutes)


@pass_context
def _inline(context: Context, text: str) -> str:
    """Text for inside a line: what follows keeps its place after words written the other way."""
    return phrases.inline(text, _speech(context).direction)


@pass_context
def _line(context: Context, text: str) -> str:
    """A line of plain text that reads in the direction of the language."""
    return phrases.line(text, _speech(context).direction)


def _is_long(edition: Edition) -> bool:
    """Whether an edition is to open with its contents."""
    return contents(edition) is not None


def _language(context: Context) -> Language:
    return language_of(_speech(context).tag)


def _speech(context: Context) -> Speech:
    # Undefined where a template was imported without its context; what is asked of it says so.
    return cast("Speech", context.resolve("language"))


FILTERS: dict[str, Callable[..., Any]] = {
    "age": phrases.age,
    "content_markdown": content_markdown,
    "content_text": content_text,
    "day": _day,
    "dir": phrases.direction,
    "email_html": email_html,
    "excerpt": excerpt,
    "inline": _inline,
    "line": _line,
    "markdown": markdown_escapes.note_text,
    "markdown_url": markdown_escapes.markdown_url,
    "reading_time": _reading_time,
    "short": phrases.short,
    "source": source,
    "wrap": wrap,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contents": contents,
    "is_long": _is_long,
    "next_edition": footer.next_edition,
    "notes": footer.notes,
    "preheader": preheader,
    "summary": phrases.summary,
}
