"""Publishes editions: pending entries become an edition and its deliveries."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.catch_up import catch_up
from digest.editions.weekly import (
    configured,
    is_weekly,
    weekly_schedule,
)
from digest.errors import DigestError, StoreError
from digest.jobs.edition_writer import EditionWriter, end_week
from digest.jobs.first_edition import next_draft
from digest.jobs.plan import list_channels, plan
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from digest.editions.catch_up import Turn
    from digest.jobs.blocks import BlockAdder
    from digest.jobs.context import JobContext
    from digest.jobs.draft_material import Draft
    from digest.jobs.drafts import Drafter
    from digest.jobs.fact_refresh import FactRefresh
    from digest.jobs.pictures import PictureFetcher
    from digest.jobs.summaries import SummaryJob
    from digest.signing.web_links import EditionLinks

_log = logging.getLogger(__name__)

# How many seconds an edition waits for what models did not answer before, and where somebody looks
# on.
IN_TIME, AT_HAND = 3.0, 60.0
# Each has its pictures in memory.
_MOST_AT_ONCE = 4


class Published(Struct, frozen=True):
    """An edition that was stored, and how many entries it took."""

    edition_id: int
    digest: str
    entries: int


class _Taking(Struct, frozen=True):
    """A round of turns: when, how many digests at once, and who is told of what comes of it."""

    now: datetime
    room: asyncio.Semaphore
    report: Callable[[Published], None]
    report_failure: Callable[[str, str], None]


class PublishJob:
    """Publishes editions; a bug in one digest disturbs no other."""

    def __init__(
        self,
        context: JobContext,
        links: EditionLinks,
        picture_fetcher: PictureFetcher,
        drafter: Drafter,
        block_adder: BlockAdder,
        fact_refresh: FactRefresh,
        summary_job: SummaryJob | None = None,
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._writer = EditionWriter(context, links, picture_fetcher, block_adder)
        self._drafter = drafter
        self._fact_refresh = fact_refresh
        self._summary_job = summary_job
        self._turn = asyncio.Lock()
        self._last = context.clock()

    async def publish_due(
        self,
        report_failure: Callable[[str, str], None] = lambda *_: None,
        report: Callable[[Published], None] = lambda _: None,
    ) -> list[Published]:
        """Publish every digest whose time has come; each is reported as it is done.

        One that fails is reported too, and stays due.

        Raises:
            StoreError: some could not be stored, nor that they failed; the others were tried.
        """
        # Two at a time would both find a digest due, or both take the same entries.
        async with self._turn:
            return await self._publish_due(report_failure, report)

    async def _publish_due(
        self, report_failure: Callable[[str, str], None], report: Callable[[Published], None]
    ) -> list[Published]:
        now = self._clock()
        if now < self._last:
            # As a start would: what was written ahead of the time is not waited for.
            plans = plan(self._settings, now)
            await self._store.transact(lambda store: store.schedules.plan(plans, now))
        self._last = now
        published: list[Published] = []

        def note(edition: Published) -> None:
            published.append(edition)
            report(edition)

        taking = _Taking(now, asyncio.Semaphore(_MOST_AT_ONCE), note, report_failure)
        # A weekly edition is made of the others.
        errors = await self._take_all(await self._due(taking, weekly=False), taking)
        errors += await self._take_all(await self._due(taking, weekly=True), taking)
        if errors:
            raise errors[-1]
        return published

    async def _due(self, taking: _Taking, *, weekly: bool) -> list[tuple[str, datetime]]:
        """What is due; a weekly edition is not as long as one is that it may have to have."""
        due = await self._store.transact(lambda store: store.schedules.due(taking.now))
        late = {name for name, _ in due}
        return [
            (name, since)
            for name, since in due
            if configured(name) in self._settings.digests
            and is_weekly(name) == weekly
            and not (weekly and configured(name) in late)
        ]

    async def _take_all(
        self, due: Sequence[tuple[str, datetime]], taking: _Taking
    ) -> list[StoreError]:
        """Take all turns; the pictures of one digest hold up no other."""
        errors: list[StoreError] = []

        async def take(digest: str, since: datetime) -> None:
            try:
                async with taking.room:
                    await self._take_turns(digest, since, taking)
            except StoreError as error:
                # There is nowhere to note it.
                errors.append(error)

        await asyncio.gather(*(take(*turn) for turn in due))
        return errors

    async def _take_turns(self, digest: str, since: datetime, taking: _Taking) -> None:
        report_failure = taking.report_failure
        try:
            for turn in self._turns(digest, since, taking.now):
                if edition := await self._take_turn(digest, turn, taking.now):
                    taking.report(edition)
        except StoreError:
            raise
        except DigestError as error:
            event(_log, logging.ERROR, "not published", digest=digest, error=str(error))
            await self._note_failure(digest, str(error), report_failure)
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while publishing", extra={"fields": {"digest": digest}})
            await self._note_failure(digest, f"a bug: {type(error).__name__}", report_failure)

    def _turns(self, digest: str, since: datetime, now: datetime) -> list[Turn]:
        name = configured(digest)
        config, zone = self._settings.digests[name], self._settings.zone_of(name)
        if is_weekly(digest):
            return catch_up(weekly_schedule(config.schedule), zone, since, now, "merge")
        return catch_up(config.schedule, zone, since, now, config.catch_up)

    async def _note_failure(
        self, digest: str, reason: str, report: Callable[[str, str], None]
    ) -> None:
        await self._store.transact(lambda store: store.schedules.note_failure(digest, reason))
        report(digest, reason)

    async def publish_now(
        self, digest: str, channels: Collection[str] | None = None
    ) -> Published | None:
        """Publish what is pending, whatever the schedule; None where there is nothing to send."""
        async with self._turn:
            await self._fact_refresh.refresh(digest)
            now, to = self._clock(), channels or self._settings.digests[digest].send_to
            draft = await self._draft(digest, now, None, to, seconds=AT_HAND)
            return await self._publish(draft, now, None, to)

    async def _take_turn(self, digest: str, turn: Turn, now: datetime) -> Published | None:
        at, following = turn.scheduled_for, turn.following
        if reason := await self._why_none(digest, turn):
            event(_log, logging.WARNING, "skipped", digest=digest, reason=reason)
            await self._store.transact(
                lambda store: store.schedules.skip(digest, at, following, reason)
            )
            return None
        if is_weekly(digest):
            return await self._take_week(digest, turn, now)
        await self._fact_refresh.refresh(digest)
        draft = await self._draft(digest, now, turn.until, seconds=IN_TIME)
        channels = self._settings.digests[digest].send_to
        published = await self._publish(draft, at, following, channels)
        if published is None:
            left_out = draft.judged.left_out
            await self._store.transact(
                lambda store: store.schedules.pass_over(digest, at, following, left_out, now)
            )
        return published

    async def _draft(
        self,
        digest: str,
        now: datetime,
        until: datetime | None,
        channels: Collection[str] = (),
        *,
        seconds: float,
    ) -> Draft:
        """The draft with what models say, for which it waits so long at the most."""

        async def draft() -> Draft:
            return await next_draft(
                self._drafter, self._store, self._settings, digest, now, until, channels
            )

        drafted = await draft()
        if self._summary_job and drafted.asks_models:
            await self._summary_job.ask(drafted, seconds)
            drafted = await draft()
        return drafted

    async def _take_week(self, digest: str, turn: Turn, now: datetime) -> Published | None:
        at, following, name = turn.scheduled_for, turn.following, configured(digest)
        published = None
        if await self._store.transact(lambda store: store.weeks.is_wanted(name)):
            draft = await self._drafter.weekly(name, now)
            channels = list_channels(self._settings, name)
            published = await self._publish(draft, at, following, channels)
        if published is None:
            await self._store.transact(
                lambda store: end_week(
                    self._settings, store, name, lambda: store.schedules.skip(digest, at, following)
                )
            )
        return published

    async def _why_none(self, digest: str, turn: Turn) -> str:
        if turn.skipped:
            return "missed by more than 30 minutes"
        at = turn.scheduled_for
        if await self._store.transact(lambda store: store.editions.exists(digest, at)):
            return "published before the clock was set back"
        return ""

    async def _publish(
        self,
        draft: Draft,
        scheduled_for: datetime,
        following: datetime | None,
        channels: Collection[str],
    ) -> Published | None:
        edition, left_out = draft.edition, draft.judged.left_out
        digest = self._settings.digests[configured(edition.digest)]
        if not edition.stories and digest.when_empty == "skip":
            event(
                _log,
                logging.INFO,
                "skipped",
                digest=edition.digest,
                reason="nothing new",
                left_out=len(left_out) or None,
                waiting=len(draft.waiting) or None,
            )
            return None
        edition_id = await self._writer.write(draft, scheduled_for, following, channels)
        event(
            _log,
            logging.INFO,
            "published",
            digest=edition.digest,
            edition=edition_id,
            scheduled_for=scheduled_for.isoformat(),
            stories=len(edition.stories),
            counted=len(draft.counted) or None,
            held_back=edition.held_back or None,
            left_out=len(left_out) or None,
            waiting=len(draft.waiting) or None,
        )
        return Published(edition_id, edition.digest, len(edition.entry_ids) + len(draft.counted))
