"""Prints results on standard output, and progress on a terminal's standard error."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from digest.cli.options import Options
from digest.model import as_json
from digest.untrusted_text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from digest.model import PollResult

T = TypeVar("T")

_WIDTH_ELSEWHERE = 200
# Editions have them of themselves, beside what is read from right to left, and in what is to be no
# link; they show nothing.
_MARKS = re.compile("[\u200e\u200f\u2060]")


def say(line: str = "", *, err: bool = False) -> None:
    """One line, and never more: what others wrote into it is visible, and does nothing."""
    click.echo(visible(line), err=err)


def show_lines(text: str, *, err: bool = False) -> None:
    """Several lines, where that is how they were put together."""
    for line in text.split("\n"):
        say(line, err=err)


def show_document(document: str) -> None:
    """A document as it is for a program or a file; on a terminal nothing in it does anything."""
    if sys.stdout.isatty():
        shown = _MARKS.sub("", document.replace("\r\n", "\n"))
        click.echo(visible(shown, keep="\n\t"), nl=False)
    else:
        # As bytes, which no layer translates on the way.
        click.echo(document.encode("utf-8", "backslashreplace"), nl=False)


def cell(text: str, style: str = "") -> Text:
    """A text for rich, which takes nothing in it for markup, nor a terminal for a command."""
    from rich.text import Text

    return Text(visible(text), style)


def print_result(result: T, show_text: Callable[[T], object]) -> None:
    """Print what a command answers: as JSON with `--json`, else as `show_text` has it."""
    options = click.get_current_context().find_object(Options)
    if options and options.json:
        print_json(result)
    else:
        show_text(result)


def print_json(result: Any) -> None:
    """A result for programs; on a terminal, laid out for who reads it there."""
    click.echo(as_json(result, indent=2 if sys.stdout.isatty() else None))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table for people: as wide as the terminal, as wide as it needs elsewhere."""
    from rich.table import Table

    table = Table(
        title=cell(title, "bold") if title else None,
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(cell, row))
    console = open_console()
    if not console.is_terminal:
        console.width = _WIDTH_ELSEWHERE
    console.print(table)


def open_console(*, err: bool = False) -> Console:
    """What rich writes with; give it `cell`s, never plain text."""
    from rich.console import Console

    return Console(stderr=err, markup=False, emoji=False, highlight=False)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, nothing elsewhere; call it with the name of each thing that is done.

    Without `total` the bar only moves.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Progress(*columns, console=open_console(err=True), transient=True) as bar:
        task = bar.add_task("", total=total, name="")
        yield lambda name: bar.update(task, advance=1, name=visible(name)[:40])


@contextmanager
def polling_progress(total: int | None) -> Iterator[Callable[[PollResult], None]]:
    """The progress of polling feeds."""
    with progress("polling", total) as done:
        yield lambda result: done(result.name)
