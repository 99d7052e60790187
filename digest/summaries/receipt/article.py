"""What a summary is held against."""

from __future__ import annotations

from msgspec import Struct


class Article(Struct, frozen=True):
    """The visible plain text of an entry, and what else may be named: its feed, its author."""

    title: str
    text: str
    names: tuple[str, ...] = ()
