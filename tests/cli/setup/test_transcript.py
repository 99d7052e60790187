"""Going back in `init`: from every question to the one before, with nothing done twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from digest.cli.setup.transcript import BackError, Transcript, Typed
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Person:
    """Answers in order; `back` goes back. Notes what it is asked, and what is done for it."""

    def __init__(self, *words: str) -> None:
        self._words: Iterator[str] = iter(words)
        self.heard: list[str] = []

    def ask(self, question: str, earlier: str | None) -> Typed:
        self.heard.append(question if earlier is None else f"{question}[{earlier}]")
        if (word := next(self._words)) == "back":
            raise BackError
        return Typed(word, word if word != "usual" else None)

    def act(self, name: str, *, fails: bool = False) -> str:
        self.heard.append(f"({name})")
        if fails:
            raise DigestError(name)
        return name


def questions(person: Person, transcript: Transcript) -> list[str]:
    answers = []
    for question in ("a", "b", "c"):
        answers.append(transcript.answer(question, partial(person.ask, question)))
        try:
            transcript.attempt(lambda: person.act(question, fails=answers[-1] == "bad"))  # noqa: B023
        except DigestError:
            again = f"{question} again"
            answers.append(transcript.answer(again, partial(person.ask, again)))
    return answers


@pytest.mark.parametrize(
    ("words", "answers", "heard"),
    [
        ("1 2 3", "1 2 3", "a (a) b (b) c (c)"),
        ("back 1 2 3", "1 2 3", "a a (a) b (b) c (c)"),
        ("1 back 4 2 3", "4 2 3", "a (a) b a[1] (a) b (b) c (c)"),
        ("1 2 back 5 3", "1 5 3", "a (a) b (b) c b[2] (b) c (c)"),
        ("1 2 back back 4 5 3", "4 5 3", "a (a) b (b) c b[2] a[1] (a) b[2] (b) c (c)"),
        # An attempt that failed is not made again either.
        ("bad 1 back 2 3 4", "bad 2 3 4", "a (a) a again b a again[1] b (b) c (c)"),
        # The usual answer is offered anyway.
        ("usual back usual 2 3", "usual 2 3", "a (a) b a (a) b (b) c (c)"),
    ],
)
def test_back_asks_the_question_before_and_repeats_nothing(
    words: str, answers: str, heard: str
) -> None:
    person, transcript = Person(*words.split()), Transcript()
    assert transcript.play(lambda: questions(person, transcript)) == answers.split()
    assert " ".join(person.heard) == heard
