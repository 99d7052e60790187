"""What was killed, in which phase, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, astuple, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = ("killed", "phase", "kills", "in doubt", "copies", "unknown", "lost", "doubled", "unclear")


@dataclass
class Figures:
    """What came of the kills in one phase.

    Of the deliveries that were left `in_doubt` some arrived twice (`copies`), and some are
    `unknown` for a person to decide; what is lost, doubled or unexplained breaks a promise.
    """

    kills: int = 0
    in_doubt: int = 0
    copies: int = 0
    unknown: int = 0
    lost: int = 0
    doubled: int = 0
    unexplained: int = 0


@dataclass
class Table:
    """What was killed, in which phase, and what came of it; `broken` in words."""

    rows: dict[tuple[str, str], Figures] = field(default_factory=lambda: defaultdict(Figures))
    runs: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    broken: list[str] = field(default_factory=list)

    def add(self, other: Table) -> None:
        """Take in another's figures."""
        for key, theirs in other.rows.items():
            mine = self.rows[key]
            for name, figure in asdict(theirs).items():
                setattr(mine, name, getattr(mine, name) + figure)
        self.runs += other.runs
        for way, seconds in other.seconds.items():
            self.seconds[way] += seconds
        self.broken += other.broken

    def kills(self, phase: str | None = None) -> int:
        """How many there were, in a phase or in all."""
        return sum(row.kills for key, row in self.rows.items() if phase in {None, key[1]})

    def lines(self, seconds: float) -> Iterator[str]:
        """The table for people; it took so many `seconds` in all."""
        yield ("{:<16}{:<12}" + "{:>10}" * 7).format(*_HEAD)
        for (way, phase), figures in sorted(self.rows.items()):
            yield f"{way:<16}{phase:<12}" + "".join(f"{n:>10}" for n in astuple(figures))
        for way, runs in sorted(self.runs.items()):
            yield f"{way}: {runs} stories, {self.seconds[way]:.0f} s"
        yield f"{self.kills()} kills in {seconds:.0f} s; {len(self.broken)} promises broken"
        for line in self.broken:
            yield f"! {line}"
