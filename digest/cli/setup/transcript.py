"""What was answered and found out so far, so that whoever goes back is asked one question again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable


class BackError(Exception):
    """Whoever is asked wants to change what was answered before."""


class Typed(Struct, frozen=True):
    """What was read of an answer, and its text, where that may be offered again."""

    value: Any
    text: str | None


class _Entry(Struct, frozen=True):
    """What an attempt, or an answer to a question, came to: a value, or an error."""

    outcome: Any
    error: DigestError | None
    question: str | None


class Transcript:
    """Answers and attempts in their order; on the way to a question they are not made again.

    The same questions come up again as long as the answers before them are the same, so all that
    decides about the next one goes through here. Nothing is tried or sent twice.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._place = 0
        # By question: what was typed before somebody went back.
        self._earlier: dict[str, str] = {}

    @property
    def repeats(self) -> bool:
        """Whether what comes now was seen before."""
        return self._place < len(self._entries)

    def answer(self, question: str, ask: Callable[[str | None], Typed]) -> Any:
        """What a person answers; `ask` hears what was typed before somebody went back."""

        def asked() -> Typed:
            typed = ask(self._earlier.get(question))
            self._earlier.pop(question, None)
            return typed

        return self._next(asked, question).value

    def attempt(self, make: Callable[[], Any]) -> Any:
        """What an attempt comes to; its DigestError is raised again too."""
        return self._next(make, None)

    def play(self, ask_all: Callable[[], Any]) -> Any:
        """What `ask_all` answers, each time anew without the last answer as somebody goes back."""
        while True:
            self._place = 0
            try:
                return ask_all()
            except BackError:
                self._forget_answer()

    def _next(self, make: Callable[[], Any], question: str | None) -> Any:
        if not self.repeats:
            self._entries.append(_outcome(make, question))
        entry = self._entries[self._place]
        self._place += 1
        if entry.error:
            raise entry.error
        return entry.outcome

    def _forget_answer(self) -> None:
        """Forget the last answer, and what it came to; its text is offered once more."""
        while self._entries:
            entry = self._entries.pop()
            if entry.question is not None:
                if entry.outcome.text is not None:
                    self._earlier[entry.question] = entry.outcome.text
                return


def _outcome(make: Callable[[], Any], question: str | None) -> _Entry:
    try:
        return _Entry(make(), None, question)
    except DigestError as error:
        return _Entry(None, error, question)
