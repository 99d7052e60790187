"""Reads a list of recipients from a file, and says what an import of it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from digest.cli.csv_text import read_text
from digest.cli.output import say
from digest.cli.recipients_csv import RecipientFile, read_csv
from digest.errors import UsageError
from digest.language import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.jobs.recipient_import import RecipientsImport


def read_file(file: BinaryIO, lists: Sequence[str], channel: str | None) -> RecipientFile:
    """The recipients of a file; rows that name no channel are for `channel`, or for the only list.

    Raises:
        UsageError: names the file, and every line of it that is wrong.
    """
    default = channel or (lists[0] if len(lists) == 1 else None)
    try:
        text, encoding = read_text(file)
        return replace(read_csv(text, lists, default), encoding=encoding)
    except UsageError as error:
        lines = "\n".join(f"{file.name}: {line}" for line in str(error).splitlines())
        raise UsageError(f"{lines}\nnothing was imported") from None


def with_file(imported: RecipientsImport, file: RecipientFile) -> RecipientsImport:
    """What an import came to, with what was left out of the file."""
    return replace(
        imported,
        left=file.left,
        unconfirmed=file.unconfirmed,
        repeated=file.repeated,
        ignored_columns=file.ignored_columns,
        encoding=file.encoding,
    )


def print_import(imported: RecipientsImport) -> None:
    """Show it to people."""
    say(f"{imported.added} new, {imported.changed} changed")
    if imported.left:
        left = counted(imported.left, "address", "addresses")
        say(f"{left} that left, bounced or are blocked: they are sent nothing")
    if imported.unconfirmed:
        say(f"{counted(imported.unconfirmed, 'row')} left out: never confirmed")
    if imported.repeated:
        say(f"{counted(imported.repeated, 'row')} left out: the address came before")
    if imported.ignored_columns:
        names = ", ".join(imported.ignored_columns)
        mend = "if one says who left, call it `unsubscribed` and import the file again"
        say(f"columns that mean nothing here, and keep nobody from being sent to: {names}; {mend}")
    if imported.encoding == "cp1252":
        say("read as Windows-1252; if names look wrong, save the file as UTF-8")
    for address in imported.suppressed:
        say(f"{address} has left, and stays away")
    for address in imported.removed:
        mend = "`digest recipients add` brings it back"
        say(f"{address} was removed since the file was written; {mend}")
