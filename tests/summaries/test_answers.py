"""What is read of an answer: texts under ids that were asked about, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summaries.answers import read_answers

IDS = ("0a1b2c", "ffffff")


@pytest.mark.parametrize(
    "content",
    [
        '{"answers": [{"id": "0a1b2c", "text": "One."}, {"id": "ffffff", "text": "Two."}]}',
        '[{"id": "0a1b2c", "summary": "One."}, {"id": "ffffff", "text": " Two. "}]',
        '{"0a1b2c": "One.", "ffffff": "Two."}',
        "0a1b2c: One.\nffffff: Two.",
        "- 0a1b2c: One.\n- **ffffff**: Two.",
        '<think>{"0a1b2c": "No."}</think>{"0a1b2c": "One.", "ffffff": "Two."}',
        'So I think. </think>\n{"0a1b2c": "One.", "ffffff": "Two."}',
        'Here it is:\n```json\n{"0a1b2c": "One.", "ffffff": "Two."}\n```',
        'Sure: {"answers": [{"id": "0a1b2c", "text": "One."}, {"id": "ffffff", "text": "Two."}]}.',
    ],
)
def test_an_answer_is_read_in_any_of_these_forms(content: str) -> None:
    assert read_answers(content, IDS) == {"0a1b2c": "One.", "ffffff": "Two."}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "I cannot do that.",
        "<think>0a1b2c: One.",
        '{"answers": [{"id": "other1", "text": "One."}]}',
        '{"answers": [{"id": 1, "text": "One."}, {"text": "One."}, null, 3, "x"]}',
        '{"answers": [{"id": "0a1b2c", "text": "One."}, {"id": "0a1b2c", "text": "Another."}]}',
        '{"answers": [{"id": "0a1b2c", "text": ["One."]}]}',
        '{"id": "0a1b2c"',
        "[" * 5_000,
    ],
)
def test_nothing_else_is_read(content: str) -> None:
    assert read_answers(content, IDS) == {}


def test_the_only_text_is_of_the_only_id() -> None:
    assert read_answers("One sentence\nin two lines.", IDS[:1]) == {
        IDS[0]: "One sentence in two lines."
    }


@given(st.text() | st.recursive(st.text() | st.none(), st.lists).map(json.dumps))
def test_it_never_fails_and_never_answers_for_another(content: str) -> None:
    assert set(read_answers(content, IDS)) <= set(IDS)
