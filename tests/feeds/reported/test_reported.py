"""What readers of feeds were reported to get wrong comes out right, with either reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from digest.feeds.parsing import fast
from tests.feeds.reported import test_scripted
from tests.feeds.reported.player import play
from tests.feeds.reported.tables import ANSWERS, Case, answers_of, tables

if TYPE_CHECKING:
    from pathlib import Path

    from tests.feeds.reported.player import Played

TABLES = tables()
CASES = {name: case for table in TABLES.values() for name, case in table.items()}
# The tables whose feeds no reader of XML comes to, or any does.
OF_ONE_READER = {"http", "json"}
# What nobody reported, but lies beside it.
NEIGHBOURS = "neighbours"


def _played(*tables: str) -> list[str]:
    return [name for table in tables for name, case in TABLES[table].items() if not case.scripted]


@pytest.mark.parametrize("name", _played(*TABLES))
async def test_a_reported_case(name: str, tmp_path: Path) -> None:
    assert_right(await play(name, CASES[name], tmp_path), CASES[name])


@pytest.mark.parametrize("name", _played(*sorted(TABLES.keys() - OF_ONE_READER)))
async def test_a_reported_case_with_the_tolerant_reader(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the fast reader had no rule for any feed.
    monkeypatch.setattr(fast, "parse", lambda *_: None)

    assert_right(await play(name, CASES[name], tmp_path), CASES[name])


def assert_right(played: Played, case: Case) -> None:
    """Hold what came of a case to its table."""
    errors = [poll.error for poll in played.polls]
    expected_errors = case.failures or [""] * len(errors)
    for error, piece in zip(errors, expected_errors, strict=True):
        assert piece in error if piece else not error
    assert [poll.result.new for poll in played.polls] == list(case.new)
    if case.edited:
        assert [poll.edited for poll in played.polls] == list(case.edited)
    if case.outcomes:
        assert [poll.result.outcome for poll in played.polls] == list(case.outcomes)
    if case.feed_title is not None:
        assert played.feed_title == case.feed_title
    named = [
        {field: entry[field] for field in expected}
        for entry, expected in zip(played.entries, case.entries, strict=False)
    ]
    assert named == list(case.entries)
    assert len(played.entries) == len(case.entries)


def test_every_case_stands_in_one_table() -> None:
    assert len(CASES) == sum(map(len, TABLES.values()))


def test_every_case_has_answers_or_a_test() -> None:
    for name, case in CASES.items():
        assert bool(case.scripted) != bool(answers_of(name)), name
        assert hasattr(test_scripted, case.scripted) if case.scripted else case.new, name


def test_every_answer_is_of_a_case() -> None:
    assert {path.name.split(".")[0] for path in ANSWERS.iterdir()} <= CASES.keys()


def test_the_tables_have_the_whole_manifest(shared: Path) -> None:
    manifest = json.loads((shared / "cases/feeds/manifest.json").read_text("utf-8"))["cases"]
    said = {name: (case["report"], case["right"]) for name, case in manifest.items()}
    reported = {name: case for name, case in CASES.items() if name not in TABLES[NEIGHBOURS]}
    assert {name: (case.report, case.right) for name, case in reported.items()} == said
    opinions = {name for name, case in manifest.items() if case["now"] == "leave as it is"}
    assert {name for name, case in CASES.items() if case.opinion} == opinions
