"""An edition as messages of Discord: a line of text, and an embed for each section.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.rendering import phrases
from digest.rendering.dialects import Dialect, escaped, unnamed
from digest.rendering.messages import EditionWriter, Item, sections_of
from digest.rendering.parts import Limit, split, utf16_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Edition

Message = dict[str, Any]
Embed = dict[str, Any]

# `allowed_mentions` lets none of them notify anybody; so none is shown as one either.
DIALECT = Dialect(escape=lambda line: escaped(unnamed(line)))
_MOST_CONTENT = 2_000
_MOST_EMBEDS = 10
_MOST_DESCRIPTION = 4_096
_MOST_OF_ALL = 6_000
_MOST_URL = 2_048
_MOST_POST_NAME = 100
_LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(<[^>]*>\)")


def build_messages(edition: Edition, url: str = "") -> list[Message]:
    """The edition as what is kept, in order; each could begin a forum's post."""
    writer = EditionWriter(edition, DIALECT, url)
    name = post_name(edition)

    def build(items: list[Item], number: int, total: int) -> Message:
        heading = DIALECT.heading(writer.title(number, total), 1)
        embeds = list(_embeds(writer, items))
        return {
            **line_message(f"{heading}\n{writer.about(number, total)}"),
            "embeds": embeds,
            "thread_name": name,
        }

    return list(writer.split(build, _LIMITS))


def line_message(content: str) -> Message:
    """A message of text alone, which pings nobody whatever it says."""
    return {"content": content, "allowed_mentions": {"parse": []}}


def post_name(edition: Edition) -> str:
    """What the post of an edition in a forum is called; there is no Markdown in it."""
    return phrases.short_line(f"{edition.title} · {phrases.period(edition)}", _MOST_POST_NAME)


def in_colour(message: Message, accent: str) -> Message:
    """The same with its embeds in a colour like `#1b5e8c`."""
    number = int(accent.removeprefix("#"), 16)
    return {**message, "embeds": [{**embed, "color": number} for embed in message["embeds"]]}


def without_links(message: Message) -> Message:
    """The same without any link, for a filter that does not say which one it refuses."""
    embeds = [
        {
            key: _LINK.sub(r"\1", value) if isinstance(value, str) else value
            for key, value in embed.items()
            if key != "url"
        }
        for embed in message.get("embeds", [])
    ]
    content = _LINK.sub(r"\1", message["content"])
    return {**message, "content": content} | ({"embeds": embeds} if embeds else {})


def markdown_of(message: Message) -> str:
    """A message as one text."""
    texts = [message["content"]]
    for embed in message.get("embeds", []):
        titled = [f"## {embed['title']}"] if "title" in embed else []
        texts += [*titled, embed["description"]]
    return "\n\n".join(texts)


def _embeds(writer: EditionWriter, items: list[Item]) -> Iterator[Embed]:
    """An embed for each section, or several where it has more than one can take.

    Discord merges embeds with the same address, so none has one that an earlier one has.
    """
    seen: set[str] = set()
    for section in sections_of(items):
        runs = split(section, lambda run: _text(writer, run), [_DESCRIPTION])
        for number, run in enumerate(runs):
            embed = {"description": _text(writer, run)}
            name = "" if number else DIALECT.literal(writer.section_name(run))
            url = run[0].section.url if run[0].section else ""
            if name and _is_address(url) and url not in seen:
                seen.add(url)
                embed["url"] = url
            yield embed | ({"title": name} if name else {})


def _text(writer: EditionWriter, items: list[Item]) -> str:
    # Discord cuts the space around a text before it counts.
    return "\n\n".join(writer.paragraphs(items)).strip()


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and len(url) <= _MOST_URL


def _characters(message: Message) -> int:
    """What counts of all embeds together."""
    return sum(
        utf16_units(embed[key])
        for embed in message["embeds"]
        for key in ("title", "description")
        if key in embed
    )


def _longest(message: Message) -> int:
    return max(utf16_units(embed["description"]) for embed in message["embeds"])


# Characters, of which those outside the basic plane may count twice.
_DESCRIPTION = Limit(utf16_units, _MOST_DESCRIPTION)
_LIMITS: list[Limit[Message]] = [
    Limit(lambda message: utf16_units(message["content"]), _MOST_CONTENT),
    Limit(lambda message: len(message["embeds"]), _MOST_EMBEDS),
    Limit(_longest, _MOST_DESCRIPTION),
    Limit(_characters, _MOST_OF_ALL),
]
