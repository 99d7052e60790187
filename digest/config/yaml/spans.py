"""Where in the text of a YAML file its values stand, so that one is changed and no other byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    ScalarEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruamel.yaml.events import Event


class Span(Struct, frozen=True):
    """A value and where it stands: `text[start:end]`, without the comments around it.

    `start` is that of its anchor, where it has one. `children` are the items of a list, or the
    keys and values of a map in turn. `flow` is whether it is in brackets or braces.
    """

    kind: Literal["scalar", "alias", "map", "list"]
    start: int
    end: int
    flow: bool = False
    value: str = ""
    children: tuple[Span, ...] = ()

    def pairs(self) -> Iterator[tuple[Span, Span]]:
        """Keys and values of a map."""
        yield from zip(self.children[::2], self.children[1::2], strict=True)

    def get(self, key: str) -> Span | None:
        """The value of a key of a map."""
        return next((value for name, value in self.pairs() if name.value == key), None)


def read_spans(text: str) -> Span:
    """The spans of a file that is known to be YAML and not empty."""
    kinds = (ScalarEvent, AliasEvent, CollectionStartEvent, CollectionEndEvent)
    events = (event for event in YAML(typ="rt").parse(text) if isinstance(event, kinds))
    return _span(text, next(events), events)


def _span(text: str, event: Event, events: Iterator[Event]) -> Span:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, AliasEvent):
        return Span("alias", start, end)
    if isinstance(event, ScalarEvent):
        # A block of text is said to end where the next value begins.
        return Span("scalar", start, start + len(text[start:end].rstrip()), value=event.value)
    assert isinstance(event, CollectionStartEvent)
    children: list[Span] = []
    is_map = isinstance(event, MappingStartEvent)
    while not isinstance(inner := next(events), CollectionEndEvent):
        child = _span(text, inner, events)
        if is_map and len(children) % 2 and child.start == child.end:
            # Nothing at all stands right behind the colon.
            at = text.index(":", children[-1].end) + 1
            child = Span("scalar", at, at)
        children.append(child)
    flow = bool(event.flow_style)
    end = inner.end_mark.index if flow else children[-1].end
    return Span("map" if is_map else "list", start, end, flow, "", tuple(children))
