"""What `check` looks at: each thing is a finding, and nothing is sent or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Verdict = Literal["ok", "warn", "fail"]
_WORST_FIRST: tuple[Verdict, ...] = ("fail", "warn", "ok")
# Where these fail, the configuration is what is wrong.
_CONFIGURATION = {"settings", "templates"}


class Finding(Struct, frozen=True):
    """One thing that was checked."""

    what: str
    """settings, schedule, templates, database, access, files, secrets, memory, disk, zone data,
    clock, feed, block, model, smtp, sender, channel or public URL."""
    name: str
    verdict: Verdict
    said: str
    remedy: str = ""
    """How to mend it; empty where nothing is wrong."""

    def without(self, redact: Callable[[str], str]) -> Finding:
        """The same without secrets: a server may repeat in its answer what it was sent."""
        name, text, remedy = map(redact, (self.name, self.said, self.remedy))
        return Finding(self.what, name, self.verdict, text, remedy)


class Trouble(Struct, frozen=True):
    """One thing that is wrong, and how to mend it."""

    verdict: Verdict
    said: str
    remedy: str


def found(what: str, name: str, facts: Iterable[str], troubles: Iterable[Trouble]) -> Finding:
    """All there is to say of one thing, in one line."""
    troubles = list(troubles)
    verdicts = {trouble.verdict for trouble in troubles}
    verdict: Verdict = next((each for each in _WORST_FIRST if each in verdicts), "ok")
    parts = (", ".join(facts), *(trouble.said for trouble in troubles))
    text = "; ".join(filter(None, parts))
    remedy = "; ".join(dict.fromkeys(trouble.remedy for trouble in troubles))
    return Finding(what, name, verdict, text, remedy)


def failed(what: str, name: str, reason: str, remedy: str) -> Finding:
    """A failure; where the reason ends in a way to mend it, that one counts."""
    text, _, own = reason.partition("; ")
    return Finding(what, name, "fail", text, own or remedy)


def exit_code(findings: Iterable[Finding]) -> int:
    """By the worst: 0 with warnings at most, 1 where something failed, 2 the configuration."""
    failing = {finding.what for finding in findings if finding.verdict == "fail"}
    return 2 if failing & _CONFIGURATION else int(bool(failing))
