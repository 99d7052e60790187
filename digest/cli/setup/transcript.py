"""What was answered and found out so far, so that whoever goes back is asked one question again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable


class BackError(Exception):
    """Whoever is asked wants to change what was answered before."""


class _Entry(Struct, frozen=True):
    """What an answer or an attempt came to: a value, or an error."""

    outcome: Any
    error: DigestError | None
    is_answer: bool


class Transcript:
    """Answers and attempts in their order; on the way to a question they are not made again.

    The same questions come up again as long as the answers before them are the same, so all that
    decides about the next one goes through here. Nothing is tried or sent twice.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._place = 0

    @property
    def repeats(self) -> bool:
        """Whether what comes now was seen before."""
        return self._place < len(self._entries)

    def answer(self, ask: Callable[[], Any]) -> Any:
        """What a person answers."""
        return self._next(ask, is_answer=True)

    def attempt(self, make: Callable[[], Any]) -> Any:
        """What an attempt comes to; its DigestError is raised again too."""
        return self._next(make, is_answer=False)

    def play(self, ask_all: Callable[[], Any]) -> Any:
        """What `ask_all` answers, each time anew without the last answer as somebody goes back."""
        while True:
            self._place = 0
            try:
                return ask_all()
            except BackError:
                self._forget_answer()

    def _next(self, make: Callable[[], Any], *, is_answer: bool) -> Any:
        if not self.repeats:
            self._entries.append(_outcome(make, is_answer=is_answer))
        entry = self._entries[self._place]
        self._place += 1
        if entry.error:
            raise entry.error
        return entry.outcome

    def _forget_answer(self) -> None:
        """Forget the last answer, and what it came to."""
        while self._entries and not self._entries.pop().is_answer:
            pass


def _outcome(make: Callable[[], Any], *, is_answer: bool) -> _Entry:
    try:
        return _Entry(make(), None, is_answer)
    except DigestError as error:
        return _Entry(None, error, is_answer)
