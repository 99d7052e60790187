"""The generated part of docs/templates.md: every variable, filter and function of templates.

Names and types come from the code, and a word for each from here: one that is missing, or that
stands for nothing, is an error.
"""

from __future__ import annotations

import inspect
import types
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from msgspec import Struct

from digest.config.looks import LookSettings
from digest.model import (
    AlsoIn,
    BlockDay,
    BlockLine,
    Edition,
    EditionBlock,
    Fact,
    Failing,
    Held,
    Listed,
    More,
    Picture,
    Quiet,
    Related,
    Section,
    Story,
    Summary,
)
from digest.rendering.colours import Palette
from digest.rendering.contents import Contents
from digest.rendering.template_functions import FILTERS, FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS: dict[type, dict[str, str]] = {
    Edition: {
        "digest": "the digest's name in the configuration",
        "title": "what readers call the digest",
        "subject": "the subject line",
        "period_from": "where its period begins",
        "period_to": "where its period ends",
        "composed_at": "the end of the period, or later where the edition is late",
        "timezone": "the name of the digest's time zone",
        "sections": "what there is to read",
        "held_back": "how many stories wait for the next edition",
        "held": "feeds that brought a flood, which waits for the operator",
        "failing": "feeds that cannot be read",
        "quiet": "feeds that have brought nothing for long",
        "language": "the language of dates and fixed words, like `en`",
        "next_at": "when the next edition is due",
        "lead": "the number among its stories of the one that the subject names, from 0",
        "blocks": "what stands above the stories and is none, like the weather",
        "missing_blocks": "which blocks it is without, and why, for operators",
        "stories": "every story, in reading order",
        "teasers": "the first three stories but that one",
        "cut": "what is counted of sections of which nothing is shown",
        "listed": "the full list: feeds of which stories are counted, with their titles",
        "entry_ids": "the ids of its entries, as `digest explain` has them",
        "reading_minutes": "how long what there is to read takes, as far as known",
        "listening_minutes": "how long what there is to hear takes, as far as known",
        "watching_minutes": "how long what there is to watch takes, as far as known",
    },
    Section: {
        "title": "the heading; mostly the name of a feed",
        "stories": "its stories",
        "url": "the home page of the feed it is of, or empty",
        "more": "feeds of which stories are only counted",
        "top": "whether its stories are raised above the others",
        "headed": "whether its title is shown; not in a digest of one feed",
        "shown": "its stories but for those that are cut",
        "cut": "how many of its stories are cut, for each feed",
        "counted": "how many are counted, cut or without room from the first, for each feed",
    },
    Story: {
        "title": "its title",
        "url": "where it is, or empty",
        "feed": "the name of its feed",
        "author": "its author, or empty",
        "published": "when its feed says it was published",
        "excerpt": "its first sentences as plain text, or empty",
        "reading_minutes": "how long its text or recording takes; 0 where its feed has neither",
        "also_in": "other feeds that have it",
        "entries": "the ids of its entries",
        "updated": "whether it was edited since, in a feed that marks such",
        "html": "its clean content where the whole is to be shown, or empty",
        "image": "where its feed says it has a picture, or empty",
        "picture": "that picture, once it was seen",
        "watched": "the rules that raised it",
        "related": "entries under a similar title",
        "group": "the subject it shares with its neighbours, or empty",
        "brief": "whether it is to be shown by its title",
        "cut": "whether it is to be counted only, as there is no room for it",
        "facts": "what was measured of it, like its points, as of when the edition was composed",
        "discussion": "where people talk about it, or empty",
        "had": "when an earlier edition had its link, which makes a line of it",
        "recording": "whether `reading_minutes` is the length of a recording",
        "video": "whether that recording is to be watched",
        "untitled": "whether it has no title of its own: `title` is how its text begins",
        "pictorial": "whether it is little but its picture, like a comic",
        "rank": "its place among all stories of the edition by their claim to be shown, from 0 on",
        "summary": "how `excerpt` came about, where the digest asks for summaries; or none",
        "is_watched": "whether a rule raised it, or it asks its reader to confirm something",
        "is_post": "whether it is `untitled` and not `brief`: it is shown by its text",
        "is_shared": "whether it is new and another feed has it or something like it",
    },
    Fact: {
        "name": "what was measured: `points`, `comments`, `downloads`, `stars` or another word",
        "value": "how much",
        "unit": "what it is counted in; empty where its name says it",
    },
    AlsoIn: {"feed": "the name of the feed", "url": "where the story is there, or empty"},
    Related: {
        "title": "its title",
        "url": "where it is",
        "feed": "the name of its feed",
        "published": "when it was published, or none",
        "excerpt": "how its text begins, or empty",
    },
    Picture: {
        "url": "where it is",
        "width": "its own width in pixels",
        "height": "its own height in pixels",
        "content_id": "its id in the message that has it inside, or empty",
    },
    More: {
        "feed": "the name of the feed",
        "url": "its home page, or empty",
        "stories": "how many stories of it are only counted",
        "listed": "the first of these, mostly all, by their titles",
        "unlisted": "how many more there are",
    },
    Listed: {
        "title": "its title",
        "url": "where it is, or empty",
        "watched": "whether a rule would have raised it",
    },
    EditionBlock: {
        "kind": "what it is: `overview`, `weather`, `calendar`",
        "title": "what stands above it",
        "days": "its days",
        "credit": "what has to be said of where it comes from, or empty",
        "credit_url": "the link that has to be with that, or empty",
        "text": "a paragraph of text, or empty",
    },
    BlockDay: {"name": "the name of the day", "lines": "what there is on it"},
    BlockLine: {
        "text": "what there is",
        "about": "more of it, said quietly, or empty",
        "at": "when it begins, or empty",
        "symbol": "a picture of one character, or empty",
    },
    Summary: {
        "kind": "`lead` or `model`",
        "model": "the model that wrote it, or was to write it",
        "prompt": "the version of what the model was asked",
        "reason": "why it is the lead although a model was to write it, or empty",
        "line": "all of it, for operators",
    },
    Held: {"feed": "the name of the feed", "entries": "how many entries are held"},
    Failing: {"feed": "the name of the feed", "since": "since when"},
    Quiet: {"feed": "the name of the feed", "since": "since when"},
    Contents: {
        "sections": "the first sections below the top",
        "others": "how many there are beside",
    },
    Palette: {
        "page": "around the card",
        "card": "behind most text",
        "panel": "behind what stands out",
        "line": "of lines between",
        "ink": "of titles",
        "text": "of what is to be read",
        "muted": "of what stands back",
        "accent": "the accent of the look, as it can be read",
    },
}
_SIMPLE = {
    str: "text",
    int: "number",
    int | float: "number",
    bool: "true or false",
    datetime: "time",
}


def reference() -> str:
    """The tables, as Markdown."""
    lines: list[str] = []
    for kind in WORDS:
        lines += [f"### {_heading(kind)}", "", "| name | type | what |", "|---|---|---|"]
        lines += [f"| `{name}` | {said} | {WORDS[kind][name]} |" for name, said in members(kind)]
        lines.append("")
    lines += ["### look", "", "The digest's `look`:", "", "| name | what |", "|---|---|"]
    for name, field in LookSettings.model_fields.items():
        lines.append(f"| `{name}` | {field.description} |")
    for heading, calls in (("Filters", FILTERS), ("Functions", FUNCTIONS)):
        lines += ["", f"### {heading}", "", "| use | what |", "|---|---|"]
        lines += [_call(name, call, heading) for name, call in sorted(calls.items())]
    return "\n".join(lines) + "\n"


def members(kind: type) -> Iterator[tuple[str, str]]:
    """Every field and property of a type that templates see, with the type of its value."""
    hints = get_type_hints(kind)
    assert issubclass(kind, Struct)
    for name in kind.__struct_fields__:
        yield name, type_name(hints[name])
    for name, value in vars(kind).items():
        if isinstance(value, property):
            yield name, type_name(get_type_hints(value.fget)["return"])


def type_name(hint: Any) -> str:
    """What a person calls a type."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if get_origin(hint) is tuple:
        return f"list of {type_name(get_args(hint)[0])}"
    if get_origin(hint) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(hint))
    if isinstance(hint, types.UnionType):
        return " or ".join("none" if one is type(None) else type_name(one) for one in hint.__args__)
    return f"[{_heading(hint)}](#{_heading(hint)})"


def _heading(kind: type) -> str:
    return kind.__name__.lower()


def _call(name: str, call: Callable[..., Any], heading: str) -> str:
    parameters = [name for name in inspect.signature(call).parameters if name != "context"]
    if heading == "Filters":
        first, rest = parameters[0], ", ".join(parameters[1:])
        use = f"{first} \\| {name}" + (f"({rest})" if rest else "")
    else:
        use = f"{name}({', '.join(parameters)})"
    said = (inspect.getdoc(call) or "").partition("\n")[0].replace("|", "\\|")
    return f"| `{use}` | {said} |"
