"""Blocks: what stands on top of an edition and is no entry, like the weather."""

from __future__ import annotations

from msgspec import Struct

OVERVIEW = "overview"
"""The kind of the block that says what an edition is about."""


class BlockLine(Struct, frozen=True):
    """One thing to see at a glance.

    `at` is when it begins, in words, `symbol` a picture of one character; `about` is said more
    quietly behind it. All but `text` may be empty.
    """

    text: str
    about: str = ""
    at: str = ""
    symbol: str = ""


class BlockDay(Struct, frozen=True):
    """What there is on a day, by its name."""

    name: str
    lines: tuple[BlockLine, ...]


class EditionBlock(Struct, frozen=True):
    """A block as readers see it: what there is by day, or a paragraph of text.

    `credit` is what has to be said of where it comes from, with a link to `credit_url`; both may be
    empty.
    """

    kind: str
    title: str
    days: tuple[BlockDay, ...] = ()
    credit: str = ""
    credit_url: str = ""
    text: str = ""
