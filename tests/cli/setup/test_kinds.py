"""The questions of `init` about every kind of channel."""

from __future__ import annotations

import pytest

from digest.cli.setup.kinds import QUESTIONS, SETUPS
from digest.config.channels import CHANNEL_KINDS


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_kind_is_asked_for_all_that_its_settings_need(kind: str) -> None:
    fields = CHANNEL_KINDS[kind].model_fields
    asked = {question.key for question in QUESTIONS[kind] if question.about.text}

    assert {question.key for question in QUESTIONS[kind]} <= fields.keys()
    assert {name for name, field in fields.items() if field.is_required()} - {"kind"} <= asked
    assert all(question.help.endswith(".") for question in QUESTIONS[kind])


def test_no_two_questions_have_one_option_and_no_two_kinds_one_name() -> None:
    options = [question.option for questions in QUESTIONS.values() for question in questions]
    names = [setup.name for setup in SETUPS.values()]

    assert len(options) == len(set(options))
    assert len(names) == len(set(names))


def test_the_kind_that_most_people_want_comes_first() -> None:
    assert [*SETUPS][:2] == ["telegram", "discord"]
