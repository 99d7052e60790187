"""The exception tree.

    DigestError                  one clear line for a person; never a traceback
    ├── UsageError               exit 2: a wrong argument, name or file
    │   ├── NoConfigError        exit 2: there is no configuration file
    │   ├── ConfigError          exit 2: every problem of a configuration file at once
    │   └── TemplateError        exit 2: a template that does not compile or render
    ├── DomainError              a domain that has no ASCII form; a ValueError too, for settings
    ├── InstanceError            exit 3: another instance holds the database
    ├── StoreError               exit 1: a database that cannot be opened or is not ours
    │   └── OldSchemaError       exit 1: a database of an older version
    ├── WorkerError              a call that a worker process could not finish
    ├── FeedError                a poll that failed; recorded on the feed
    │   ├── HostLimitError       a poll that failed for a limit of this machine
    │   └── PostponedError       a poll that waits, since its host allows no more requests
    └── DeliveryError            a send that failed; recorded on the delivery, with its verdict
        └── ChannelError         a send that was not made: the channel takes nothing from anybody

Anything else that is raised is a bug: it is logged whole, counted, and the daemon goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta
    from pathlib import Path

    from digest.model import HostBackoff


class DigestError(Exception):
    """An error that a person can understand and mend."""

    exit_code: ClassVar[int] = 1


class UsageError(DigestError):
    """A command that cannot be carried out as it was given."""

    exit_code = 2


class NoConfigError(UsageError):
    """There is no configuration file where one is looked for."""


class Problem(Struct, frozen=True, order=True):
    """One thing wrong in a configuration file; `line` counts from 1, 0 where none applies."""

    line: int
    key: str
    message: str


class ConfigError(UsageError):
    """A configuration file with one or more problems, each with its line."""

    def __init__(self, path: Path | str, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(self._lines()))

    def _lines(self) -> list[str]:
        return [
            ": ".join(part for part in (self._where(problem), problem.key, problem.message) if part)
            for problem in self.problems
        ]

    def _where(self, problem: Problem) -> str:
        return f"{self.path}:{problem.line}" if problem.line else str(self.path)


class TemplateError(UsageError):
    """A template that does not compile, or asks for a variable that does not exist."""


class DomainError(DigestError, ValueError):
    """A domain that has no ASCII form, and so is nobody's."""


class InstanceError(DigestError):
    """Another instance holds the database."""

    exit_code = 3


class StoreError(DigestError):
    """The database cannot be opened, read or written."""


class PlaceError(StoreError):
    """No database can be at its path: something else is there, or in the place of its folder."""


class OldSchemaError(StoreError):
    """A database that the next daemon upgrades; until then nobody reads it."""


class WorkerError(DigestError):
    """A call that took its process too long or too much memory, or ended it; says which."""


class FeedError(DigestError):
    """A poll that failed; `status` is the HTTP status where an answer came.

    `retry_after` is how long the server asked to be left alone, or is to be; `elsewhere` says that
    the answer came from where a temporary redirect had led. `remedy` is what a person can do about
    it, where that is known; with `lasting` somebody has to.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        remedy: str = "",
        lasting: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.lasting = lasting
        self.elsewhere = False
        self.remedy = remedy

    def __str__(self) -> str:
        return self.told

    @property
    def told(self) -> str:
        """The reason and the remedy, on one line."""
        return f"{self.reason}; {self.remedy}" if self.remedy else self.reason


class PostponedError(FeedError):
    """A poll that waits for a host that allows no more requests, as `backoff` says.

    `status` is what the host answered, where it was asked.
    """

    def __init__(
        self, backoff: HostBackoff, answer: str = "", *, status: int | None = None
    ) -> None:
        until = f"{backoff.until:%Y-%m-%d %H:%M} UTC"
        reason = f"waits until {until}, since {backoff.host} allows no more requests until then"
        super().__init__(f"{answer}; {reason}" if answer else reason, status=status)
        self.backoff = backoff


class HostLimitError(FeedError):
    """A poll that failed for what this machine allows a process; no fault of its feed."""


class DeliveryError(DigestError):
    """A send that failed, with its verdict.

    `retrying`: nothing was accepted, try again later (after `retry_after` where the server said
    so). `refused`: not in this form, but maybe in a plainer one. `failed`: final. `unknown`: the
    message went out and no answer came. `bounced`: it failed since nobody is at the address.
    """

    def __init__(
        self,
        reason: str,
        verdict: Literal["retrying", "refused", "failed", "unknown"],
        *,
        retry_after: timedelta | None = None,
        bounced: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.verdict = verdict
        self.retry_after = retry_after
        self.bounced = bounced


class ChannelError(DeliveryError):
    """A send that was not made, since the channel takes nothing from anybody now.

    With `lasting` somebody has to mend it: credentials were refused, a webhook was revoked.
    Without, it may pass: a server cannot be reached.
    """

    def __init__(
        self, reason: str, *, lasting: bool = False, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(reason, "retrying", retry_after=retry_after)
        self.lasting = lasting


def mendable(error: BaseException) -> list[DigestError]:
    """What a person can mend, where that is all there is to an error; nothing for a bug."""
    if isinstance(error, DigestError):
        return [error]
    if not isinstance(error, BaseExceptionGroup):
        return []
    found = [mendable(inner) for inner in error.exceptions]
    return [inner for group in found for inner in group] if all(found) else []
