"""An edition as messages of Telegram: text, and entities that say what stands out in it.

https://core.telegram.org/bots/api#messageentity: offsets and lengths are in units of UTF-16. There
is no markup in the text, so that what feeds say is literal.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from digest.rendering.markdown_messages import messages
from digest.rendering.marked_text import MARKS, MarkedText, Span, outer_first, read_marks
from digest.rendering.parts import Limit, utf16_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import Edition
    from digest.rendering.marked_text import SpanKind

Message = dict[str, Any]
MAX_UNITS = 4_096
_ENTITY_TYPES: dict[SpanKind, str] = {
    "b": "bold",
    "u": "underline",
    "i": "italic",
    "a": "text_link",
    "blockquote": "blockquote",
}
_KINDS = {name: kind for kind, name in _ENTITY_TYPES.items()}


def telegram_messages(edition: Edition, url: str = "") -> list[Message]:
    """An edition as messages, in order; all after the first arrive without a sound.

    `url` is where the edition is shown in a browser, if it is.
    """
    made = [_message(text) for text in messages(MARKS, edition, _LIMITS, url)]
    return [made[0], *({**message, "disable_notification": True} for message in made[1:])]


def line_message(line: str) -> Message:
    """A message of one line."""
    return {"text": line, "link_preview_options": {"is_disabled": True}}


def plainer_message(message: Message) -> Message | None:
    """The same without entities, with the addresses of as many links as have room in the text.

    None where there are no entities.
    """
    if not message.get("entities"):
        return None
    marked = marked_text(message)
    text, last, room = "", 0, MAX_UNITS - utf16_units(marked.text)
    for span in marked.spans:
        address = f" {span.url} "
        if span.url and span.end >= last and utf16_units(address) <= room:
            text += f"{marked.text[last : span.end]}{address}"
            last, room = span.end, room - utf16_units(address)
    rest = {name: value for name, value in message.items() if name != "entities"}
    return {**rest, "text": f"{text}{marked.text[last:]}"}


def marked_text(message: Message) -> MarkedText:
    """What a message says, with what stands out in it."""
    units = message["text"].encode("utf-16-le")

    def place(offset: int) -> int:
        return len(units[: 2 * offset].decode("utf-16-le"))

    spans = [
        Span(
            _KINDS[entity["type"]],
            place(entity["offset"]),
            place(entity["offset"] + entity["length"]),
            entity.get("url", ""),
        )
        for entity in message.get("entities", ())
    ]
    return MarkedText(message["text"], outer_first(spans))


def _message(marked: str) -> Message:
    read = _read(marked)
    return line_message(read.text) | {"entities": _entities(read)}


@lru_cache(maxsize=1)
def _read(marked: str) -> MarkedText:
    # Each limit measures the same message.
    return read_marks(marked)


def _entities(marked: MarkedText) -> list[dict[str, Any]]:
    return [_entity(marked.text, span) for span in marked.spans]


def _entity(text: str, span: Span) -> dict[str, Any]:
    entity = {
        "type": _ENTITY_TYPES[span.kind],
        "offset": utf16_units(text[: span.start]),
        "length": utf16_units(text[span.start : span.end]),
    }
    return entity | {"url": span.url} if span.url else entity


def _entity_bytes(marked: str) -> int:
    return len(json.dumps(_entities(_read(marked))))


# Telegram shows those past the hundredth as plain text, and refuses messages with more than about
# 9,500 bytes of them.
_LIMITS: Sequence[Limit[str]] = (
    Limit(lambda marked: utf16_units(_read(marked).text), MAX_UNITS),
    Limit(lambda marked: len(_read(marked).spans), 90),
    Limit(_entity_bytes, 9_000),
)
