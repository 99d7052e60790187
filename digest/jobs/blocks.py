"""Gives editions their blocks, in time or not at all.

No edition waits longer for them, and none fails for them: what is not there is not shown.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.config.secrets import secrets_in
from digest.editions.weekly import configured
from digest.errors import DigestError, StoreError
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from digest.blocks import Facts, Occasion
    from digest.config.blocks import BlockSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.jobs.ask_block import Answers
    from digest.jobs.context import JobContext
    from digest.model import Edition, EditionBlock
    from digest.store.blocks import KeptAnswer
    from digest.workers.pool import WorkerPool

    Kept = Mapping[str, KeptAnswer]

_log = logging.getLogger(__name__)

# For all blocks of an edition together.
TOTAL_SECONDS = 3.0
# How long the last good answer stands in for one that does not come, and is not asked for anew.
_GOOD_FOR = timedelta(hours=12)
_FRESH_FOR = timedelta(minutes=10)


class BlockAdder:
    """Adds the blocks of its digest to an edition.

    `open_fetcher` makes the client that asks; nothing is opened for a digest without blocks.
    """

    def __init__(
        self,
        context: JobContext,
        open_fetcher: Callable[[], Fetcher],
        workers: WorkerPool,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._open_fetcher = open_fetcher
        self._workers = workers
        self._total_seconds = total_seconds

    async def add(self, edition: Edition) -> Edition:
        """The edition with what blocks there are, under its own; what is missing is logged too."""
        digest = configured(edition.digest)
        blocks = self._settings.digests[digest].blocks
        if not blocks:
            return edition
        from digest.blocks import Occasion

        occasion = Occasion(edition.language, edition.timezone, self._clock())
        wanted = [_wanted(block, occasion.language, occasion.timezone) for block in blocks]
        shown: list[EditionBlock] = []
        missing: list[str] = []
        for each, answer in zip(wanted, await self._answers(digest, wanted, occasion), strict=True):
            made = (
                answer if isinstance(answer, str) else self._shown(digest, each, answer, occasion)
            )
            if isinstance(made, str):
                missing.append(f"{each.settings.kind}: {made}")
            elif made:
                shown.append(made)
        return replace(edition, blocks=(*edition.blocks, *shown), missing_blocks=tuple(missing))

    def _shown(
        self, digest: str, wanted: _Wanted, answers: Answers, occasion: Occasion
    ) -> EditionBlock | str | None:
        """The block, if there is something to show, or why it cannot be shown."""
        from digest.blocks import block_of

        settings = wanted.settings
        try:
            return block_of(settings.kind).show(answers.facts, answers.found, settings, occasion)
        except Exception as error:  # noqa: BLE001 - what was kept may be of another version
            reason = self._reason(error)
            _tell("block left out", digest, settings, reason)
            return reason

    async def _answers(
        self, digest: str, wanted: Sequence[_Wanted], occasion: Occasion
    ) -> list[Answers | str]:
        """What each block is made of, from before where nothing came now; or why there is none."""
        kept, now = await self._kept(wanted), occasion.now
        # Two blocks may be the same.
        due = {each.key: each for each in wanted if not each.last(kept, now, _FRESH_FOR)}
        came = await self._ask(due, kept, occasion) if due else {}
        await self._keep(wanted, came, now)
        answers = []
        for each in wanted:
            answer = came.get(each.key, "")
            if isinstance(answer, str):
                last = each.last(kept, now, _GOOD_FOR)
                if answer:
                    outcome = "block from before" if last else "block left out"
                    _tell(outcome, digest, each.settings, answer)
                answer = last or answer
            answers.append(answer)
        return answers

    async def _ask(
        self, due: Mapping[str, _Wanted], kept: Kept, occasion: Occasion
    ) -> dict[str, Answers | str]:
        """What came in time, and why the rest did not, by key."""
        from digest.jobs.ask_block import BlockClient

        async with self._open_fetcher() as fetcher:
            client = BlockClient(self._settings.polling, fetcher, self._workers)
            tasks = {
                key: asyncio.create_task(client.ask(each.settings, occasion, each.found(kept)))
                for key, each in due.items()
            }
            try:
                await asyncio.wait(tasks.values(), timeout=self._total_seconds)
            finally:
                for task in tasks.values():
                    task.cancel()
                outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
        return {
            key: self._reason(outcome) if isinstance(outcome, BaseException) else outcome
            for key, outcome in zip(tasks, outcomes, strict=True)
        }

    def _reason(self, error: BaseException) -> str:
        """Why there is no answer, without what is secret in it."""
        if isinstance(error, asyncio.CancelledError):
            return f"no answer within {self._total_seconds:g} s"
        if isinstance(error, DigestError):
            return self._sanitiser(str(error))
        # A bug is logged whole, and the edition goes out.
        _log.error("bug while making a block", exc_info=error)
        return f"a bug: {type(error).__name__}"

    async def _kept(self, wanted: Sequence[_Wanted]) -> Kept:
        keys = [key for each in wanted for key in (each.key, each.lookup_key)]
        try:
            return await self._store.transact(lambda store: store.blocks.read(keys))
        except StoreError as error:
            event(_log, logging.WARNING, "blocks not read", error=str(error))
            return {}

    async def _keep(
        self, wanted: Sequence[_Wanted], came: Mapping[str, Answers | str], now: datetime
    ) -> None:
        """Keep what came, and what else blocks of the settings may ask for."""
        new: dict[str, Facts] = {}
        for each in wanted:
            answer = came.get(each.key, "")
            if not isinstance(answer, str):
                new |= {each.key: answer.facts, each.lookup_key: answer.found}
        if not new:
            return
        settings = self._settings
        known = {
            key
            for name, digest in settings.digests.items()
            for block in digest.blocks
            for key in _keys(block, digest.language, settings.zone_of(name).key)
        }
        try:
            await self._store.transact(lambda store: store.blocks.keep(new, now, {*known, *new}))
        except StoreError as error:
            event(_log, logging.WARNING, "blocks not kept", error=str(error))


class _Wanted(Struct, frozen=True):
    """A block that an edition is to have, and what its answers are kept by."""

    settings: BlockSettings
    key: str
    lookup_key: str

    def last(self, kept: Kept, now: datetime, good_for: timedelta) -> Answers | None:
        """What came last, if it came so short a time ago; a time to come is of a wrong clock."""
        from digest.jobs.ask_block import Answers

        answer = kept.get(self.key)
        if answer is None or not timedelta(0) <= now - answer.answered_at < good_for:
            return None
        return Answers(self.found(kept) or {}, answer.facts)

    def found(self, kept: Kept) -> Facts | None:
        """What its lookup brought, whenever that was."""
        answer = kept.get(self.lookup_key)
        return answer.facts if answer else None


def _tell(outcome: str, digest: str, settings: BlockSettings, reason: str) -> None:
    event(_log, logging.WARNING, outcome, digest=digest, kind=settings.kind, reason=reason)


def _wanted(settings: BlockSettings, language: str, timezone: str) -> _Wanted:
    return _Wanted(settings, *_keys(settings, language, timezone))


def _keys(settings: BlockSettings, language: str, timezone: str) -> tuple[str, str]:
    """What the answers for a block are kept by: hashes, since an address may be secret."""
    asked = (settings.model_dump_json(), tuple(secrets_in(settings)), language, timezone)
    return tuple(sha256(repr((of, *asked)).encode()).hexdigest() for of in ("answer", "lookup"))  # type: ignore[return-value]
