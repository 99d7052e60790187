"""Whether refusals for good are about their recipients: pure, over one session of a channel.

Where nobody has been accepted yet, the first refusals may be about us: a server that says in words
of its own that it takes nothing from here says it to everybody alike. They are believed once
somebody was accepted, once another refusal says something else, or once nobody else is left to ask.
Later ones are believed, until so many in a row say the same that it may be about us again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from digest.channels.alike import alike
from digest.config.addresses import mail_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.errors import DeliveryError
    from digest.model import Delivery, Outcome

Judgement = Literal["believed", "doubted", "of the channel"]

_ENOUGH = 3
# Old lists begin with people who have left. More are asked before all of them are doubted.
_ENOUGH_OF_NOBODY = 10
_ENOUGH_IN_A_ROW = 10


class Doubts(Struct):
    """The refusals of a session in which nobody was accepted yet, by delivery.

    They are `held` until they are believed, and never are where the channel is what is wrong.
    `row` has what was said to whom since somebody was accepted.
    """

    held: dict[int, tuple[Delivery, Outcome]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    nobody: bool = True
    settled: bool = False
    row: dict[str, str] = field(default_factory=dict)

    def accept(self) -> None:
        """Somebody was accepted."""
        self.settled = True
        self.row.clear()

    def believed(self) -> list[tuple[Delivery, Outcome]]:
        """Those that are so now, each once."""
        if not self.settled:
            return []
        found = list(self.held.values())
        self.held.clear()
        return found

    def judge(
        self, delivery: Delivery, refusal: DeliveryError, waiting: Iterable[str]
    ) -> Judgement:
        """What a refusal for good is worth; `waiting` are the recipients still to be asked."""
        if self.settled or not _says_the_same(self.words, delivery, refusal):
            self.settled = True
            return self._next_in_a_row(delivery, refusal)
        self.words[delivery.recipient] = refusal.reason
        self.nobody = self.nobody and refusal.bounced
        count, others = len(self.words), set(waiting) - self.words.keys()
        if count >= (_ENOUGH_OF_NOBODY if self.nobody and others else _ENOUGH):
            return "of the channel"
        self.settled = not others
        return "doubted" if others else "believed"

    def _next_in_a_row(self, delivery: Delivery, refusal: DeliveryError) -> Judgement:
        if refusal.bounced:
            return "believed"
        if not _says_the_same(self.row, delivery, refusal):
            self.row.clear()
        self.row[delivery.recipient] = refusal.reason
        return "of the channel" if len(self.row) > _ENOUGH_IN_A_ROW else "believed"


def _says_the_same(reasons: Mapping[str, str], delivery: Delivery, refusal: DeliveryError) -> bool:
    own = mail_address(delivery.recipient)
    return all(
        alike(reason, refusal.reason, (mail_address(other), own))
        for other, reason in reasons.items()
    )
