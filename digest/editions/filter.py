"""What a digest's rules decide about pending entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.rules import Subject, matches
from digest.model import CONFIRMATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from digest.config.rules import Rule
    from digest.model import Entry

# What is remembered of an entry that was left out.
NOT_INCLUDED = "no include rule matches"
_EXCLUDED = "exclude: "


class Rules(Struct, frozen=True):
    """The rules of a digest: of each list, one that matches is enough."""

    include: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()
    watch: tuple[Rule, ...] = ()

    @property
    def need_text(self) -> bool:
        """Whether any asks about the content of entries."""
        every = (*self.include, *self.exclude, *self.watch)
        return any({"any", "text"} & rule.fields for rule in every)


class Judged(Struct, frozen=True):
    """What is kept, and by entry's id, what left others out and which rules watch for it."""

    kept: tuple[Entry, ...]
    left_out: Mapping[int, str]
    watched: Mapping[int, tuple[str, ...]]


def judge(entries: Iterable[Entry], rules: Rules, subject_of: Callable[[Entry], Subject]) -> Judged:
    """Keep each entry that a rule includes, where there is any such, and that none excludes.

    What asks its reader to confirm something is kept, and raised, whatever the rules say.
    """
    kept = []
    left_out = {}
    watched: dict[int, tuple[str, ...]] = {}
    for entry in entries:
        if any(fact.name == CONFIRMATION for fact in entry.facts):
            kept.append(entry)
            watched[entry.id] = ()
            continue
        subject = subject_of(entry)
        if reason := _against(subject, rules):
            left_out[entry.id] = reason
            continue
        kept.append(entry)
        if found := _matching(rules.watch, subject):
            watched[entry.id] = tuple(rule.text for rule in found)
    return Judged(tuple(kept), left_out, watched)


def _against(subject: Subject, rules: Rules) -> str:
    if excluding := _matching(rules.exclude, subject):
        return f"{_EXCLUDED}{excluding[0].text}"
    if rules.include and not _matching(rules.include, subject):
        return NOT_INCLUDED
    return ""


def _matching(rules: Sequence[Rule], subject: Subject) -> list[Rule]:
    return [rule for rule in rules if matches(rule, subject)]
