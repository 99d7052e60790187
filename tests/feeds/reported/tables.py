"""The tables of reported cases: what each is about, and what polling has to make of it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, convert

FOLDER = Path(__file__).parent
ANSWERS = FOLDER / "answers"


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """A case of a table: the report of it, what is right, and what polling has to bring.

    `opinion` says why a case of which one may think otherwise stays as it is. What follows has a
    value for each poll: how many entries are `new`, how many are `edited`, the `outcomes`, and a
    piece of each failure's error, "" where a poll does not fail. `entries` are all that are in the
    store after the last poll, the newest first, as a feed lists them; what is not named is not
    compared. PORT stands for the server, and `date = ""` for an entry without a date.

    A request with validators gets the status `conditional` in place of the answer, where that is
    given. `hours` lie between polls. `scripted` names the test of a case that takes more than
    answers.
    """

    report: str
    right: str
    opinion: str = ""
    new: tuple[int, ...] = ()
    edited: tuple[int, ...] = ()
    outcomes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    feed_title: str | None = None
    entries: tuple[dict[str, Any], ...] = ()
    conditional: int = 0
    hours: float = 1.0
    scripted: str = ""


def tables() -> dict[str, dict[str, Case]]:
    """The cases of each table by their ids."""
    return {path.stem: _cases(path) for path in sorted(FOLDER.glob("*.toml"))}


def _cases(path: Path) -> dict[str, Case]:
    table: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return {name: convert(case, Case) for name, case in table.items()}


def answers_of(case: str) -> list[bytes]:
    """The raw answers to the polls of a case, in their order; the last is repeated."""
    return [path.read_bytes() for _, path in sorted(_answers().get(case, []))]


@cache
def _answers() -> dict[str, list[tuple[int, Path]]]:
    """The files of answers by the cases they are of, each with its number; listed once."""
    answers: dict[str, list[tuple[int, Path]]] = {}
    for path in ANSWERS.glob("*.http"):
        case, _, number = path.stem.rpartition(".")
        answers.setdefault(case, []).append((int(number), path))
    return answers
