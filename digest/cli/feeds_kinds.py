"""`digest feeds kinds`: what can be followed besides feeds, as the kinds themselves say."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.cli.output import print_result, print_table
from digest.config.sources import SOURCE_KINDS

if TYPE_CHECKING:
    from digest.config import SourceSettings


class SourceKind(Struct, frozen=True):
    """A kind of source."""

    kind: str
    about: str
    """What it is, in one line."""
    short_form: str | None
    """What its short form says; null where it has none."""
    example: str
    """An item of `feeds`, as it is written in the file."""
    extra: str | None
    """The extra that it needs, as in `pip install 'feed-digest[EXTRA]'`."""
    installed: bool
    """Whether that is there; true where it needs none."""


class SourceKinds(Struct, frozen=True):
    """`feeds kinds`."""

    kinds: tuple[SourceKind, ...]


@click.command("kinds")
def kinds() -> None:
    """Show what can be followed: each kind of source with an example. Needs no configuration."""
    print_result(SourceKinds(source_kinds()), _print_kinds)


def source_kinds() -> tuple[SourceKind, ...]:
    """Every kind there is, by its name."""
    return tuple(_kind(name, model) for name, model in SOURCE_KINDS.items())


def _kind(name: str, model: type[SourceSettings]) -> SourceKind:
    has_short_form = "short_form" in vars(model)
    extra = model.extra
    return SourceKind(
        name,
        _first_line(model),
        _first_line(model.short_form) if has_short_form else None,
        model.example,
        extra.name if extra else None,
        extra is None or extra.is_installed,
    )


def _first_line(documented: object) -> str:
    return str(inspect.getdoc(documented)).partition("\n")[0]


def _print_kinds(found: SourceKinds) -> None:
    rows = [(kind.kind, f"{kind.about}{_missing(kind)}", kind.example) for kind in found.kinds]
    print_table("", ("kind", "what", "example"), rows)


def _missing(kind: SourceKind) -> str:
    return "" if kind.installed else f" Needs pip install 'feed-digest[{kind.extra}]'."
