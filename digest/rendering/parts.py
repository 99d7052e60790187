"""Splits what a channel cannot take in one message into parts, each within every limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Item = TypeVar("Item")
Part = TypeVar("Part")


class Limit(Struct, Generic[Part], frozen=True):
    """A part measures at most so much: characters, bytes, blocks, or anything that is counted."""

    measure: Callable[[Part], int]
    most: int


def utf8_bytes(text: str) -> int:
    """How long a text is in UTF-8."""
    return len(text.encode())


def utf16_units(text: str) -> int:
    """How long a text is for services that count as JavaScript and Java do."""
    return len(text.encode("utf-16-le")) // 2


def fits(part: Part, limits: Iterable[Limit[Part]]) -> bool:
    """Whether a part is within every limit."""
    return all(limit.measure(part) <= limit.most for limit in limits)


def split(
    items: Sequence[Item],
    build: Callable[[list[Item]], Part],
    limits: Sequence[Limit[Part]],
    shorter: Callable[[Item], Iterable[Item]] = lambda _: (),
) -> list[list[Item]]:
    """As few runs of items, in order, as fit into the part that is built of each.

    No item is cut in two. One that is too large for a part of its own is replaced with the first
    of its `shorter` forms that is not, or with the last of them. No items are one empty run.
    """
    runs: list[list[Item]] = [[]]
    for item in items:
        if runs[-1]:
            if fits(build([*runs[-1], item]), limits):
                runs[-1].append(item)
                continue
            runs.append([])
        runs[-1].append(_fitting(item, build, limits, shorter))
    return runs


def _fitting(
    item: Item,
    build: Callable[[list[Item]], Part],
    limits: Sequence[Limit[Part]],
    shorter: Callable[[Item], Iterable[Item]],
) -> Item:
    """The longest form of an item that fits into a part of its own; the shortest if none does."""
    form = item
    for form in (item, *shorter(item)):
        if fits(build([form]), limits):
            break
    return form
