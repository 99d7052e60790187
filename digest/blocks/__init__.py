"""Kinds of blocks: what stands on top of an edition, a module each, found by the kind's name.

A kind is two modules of the same name: `digest.config.blocks.<kind>` has its settings, and
`digest.blocks.<kind>` a `BLOCK` that says what to ask, what the answer means and how it is shown.
All else is the same for every kind: deadlines and limits, what is kept, and every form of an
edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from digest.language import language_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from digest.config.blocks import BlockSettings
    from digest.errors import FeedError
    from digest.feeds.http.messages import Request
    from digest.language import Language
    from digest.model import EditionBlock

S = TypeVar("S", bound="BlockSettings")

# What an answer says: plain values, by name, that JSON can keep.
Facts = Mapping[str, Any]
# What reading an answer needs of the settings: plain values that can be pickled, no secrets.
Options = Mapping[str, Any]


class Occasion(Struct, frozen=True):
    """The edition that a block is for: its language (BCP 47), time zone (IANA) and moment."""

    language: str
    timezone: str
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its days."""
        return ZoneInfo(self.timezone)

    @property
    def speech(self) -> Language:
        """The words of its language."""
        return language_of(self.language)

    @property
    def today(self) -> date:
        """The day that it is on."""
        return self.now.astimezone(self.zone).date()


class BlockKind(Generic[S]):
    """What a kind of block has to say; all of it is pure, and holds nothing between two calls.

    `remedies` are what a person can do about a refusal, by its status; `remedy` about all else.
    Answers of a kind that have `most_bytes` are so short that reading them needs no process.
    """

    remedies: ClassVar[Mapping[int, str]] = {}
    most_bytes: ClassVar[int | None] = None
    remedy: ClassVar[str] = "see what keeps it; editions go out without it"

    def lookup(self, settings: S, occasion: Occasion) -> Request | None:
        """What is asked once and then kept: what a name in the settings means. None: nothing."""
        del settings, occasion
        return None

    def read_lookup(self, body: bytes, options: Options) -> Facts:
        """What the answer to `lookup` says; otherwise as `read`."""
        raise NotImplementedError

    def request(self, settings: S, occasion: Occasion, found: Facts) -> Request | Path:
        """What is asked for an edition, or the file that is read; `found` is what `lookup` brought.

        Whether it may be in a private network is added by the caller.
        """
        raise NotImplementedError

    def options(self, settings: S, occasion: Occasion) -> Options:
        """What `read` and `read_lookup` need of the settings."""
        del settings, occasion
        return {}

    def read(self, body: bytes, options: Options) -> Facts:
        """What the answer says of today and some days more, since it may be shown tomorrow.

        Runs in a worker process, or beside the event loop. The body is as hostile as can be.

        Raises:
            FeedError: it is not what the kind is of, in one clear line.
        """
        raise NotImplementedError

    def show(
        self, facts: Facts, found: Facts, settings: S, occasion: Occasion
    ) -> EditionBlock | None:
        """The block; None where there is nothing on the two days.

        Raises:
            FeedError: the facts are of other days.
        """
        raise NotImplementedError

    def finding(self, facts: Facts, found: Facts, settings: S, occasion: Occasion) -> str:
        """What was found, for operators, in a line."""
        raise NotImplementedError

    def mend(self, error: FeedError) -> str:
        """What a person can do about a failure."""
        return self.remedies.get(error.status or 0, self.remedy)


@cache
def block_of(kind: str) -> BlockKind[Any]:
    """The block of a kind."""
    block: BlockKind[Any] = import_module(f"{__name__}.{kind}").BLOCK
    return block
