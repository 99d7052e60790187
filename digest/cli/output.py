"""What commands print: results on standard output, progress on a terminal's standard error."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from digest.runtime import as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.model import PollResult


def print_json(result: Any) -> None:
    """A result for programs; on a terminal, laid out for who reads it there."""
    click.echo(as_json(result, indent=2 if sys.stdout.isatty() else None))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for people: as wide as the terminal, as wide as it needs elsewhere."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # As Text, since names from feeds may hold what rich takes for markup.
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, nothing elsewhere; call it with the name of each thing that is done.

    Without `total` the bar only moves.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total, name="")
        yield lambda name: bar.update(task, advance=1, name=name[:40])


@contextmanager
def polling_progress(total: int | None) -> Iterator[Callable[[PollResult], None]]:
    """The progress of polling feeds."""
    with progress("polling", total) as done:
        yield lambda result: done(result.name)
