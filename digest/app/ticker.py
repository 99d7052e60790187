"""Wakes the jobs of the daemon on time, and keeps how its work goes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.memory import release_memory
from digest.app.wiring import utc_now
from digest.editions.weekly import weekly_schedule
from digest.errors import StoreError, mendable
from digest.jobs.plan import bring_in_line, know_settings
from digest.log import event
from digest.store import database_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from digest.app.runtime import Runtime
    from digest.model import PollResult

_log = logging.getLogger(__name__)

# Longer than a minute tick takes to come round, however busy the machine.
_STALE_SECONDS = 180.0
# Each minute begins a round of polling that waits for no earlier one; so many have failed.
_STALE_POLLS_SECONDS = 900.0
# Whatever its feeds say, what drafts an edition is ended long before this.
_STALE_DRAFT_SECONDS = 300.0
# The machine was suspended, or its clock set: feeds come before editions then.
_AWAY = timedelta(minutes=5)


class DaemonHealth:
    """How the daemon's work goes, since it was started.

    `polls` counts them by outcome; `round_seconds` is how long the last round of polling took,
    None before the first has ended, and `draft_seconds` the same of drafting an edition.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._beat = self._polled = clock()
        self.polls: Counter[str] = Counter()
        self.round_seconds: float | None = None
        self.draft_seconds: float | None = None
        self._drafts: list[float] = []

    def begin(self) -> None:
        """Note that work begins, maybe by other settings than before."""
        self._beat = self._polled = self._clock()

    def beat(self) -> None:
        """Note that the minute has come round."""
        self._beat = self._clock()

    def wait(self) -> None:
        """Note that no round of polling can be, for a reason that a new start does not mend."""
        self._polled = self._clock()

    def note_poll(self, result: PollResult) -> None:
        """Count a poll."""
        self.polls[result.outcome] += 1

    @contextmanager
    def round(self) -> Iterator[None]:
        """A round of polling, which counts where it comes to its end."""
        began = self._clock()
        yield
        self._polled = self._clock()
        self.round_seconds = self._polled - began

    @contextmanager
    def drafting(self) -> Iterator[None]:
        """An edition that is drafted."""
        began = self._clock()
        self._drafts.append(began)
        try:
            yield
        finally:
            self._drafts.remove(began)
            self.draft_seconds = self._clock() - began

    @property
    def drafting_for(self) -> float:
        """Seconds since the oldest draft that is still made was begun; 0 where there is none."""
        return self._clock() - self._drafts[0] if self._drafts else 0.0

    @property
    def since_beat(self) -> float:
        """Seconds since the minute last came round."""
        return self._clock() - self._beat

    @property
    def since_round(self) -> float:
        """Seconds since a round of polling last ended."""
        return self._clock() - self._polled

    @property
    def stale(self) -> str:
        """What has not happened for too long; empty where all goes on."""
        if self.since_beat >= _STALE_SECONDS:
            return "the loop stands still"
        if self.since_round >= _STALE_POLLS_SECONDS:
            return "no round of polling ends"
        if self.drafting_for >= _STALE_DRAFT_SECONDS:
            return "an edition is drafted without end"
        return ""


class Ticker:
    """Wakes the jobs, and never waits for one: what is slow holds up nothing else."""

    def __init__(self, runtime: Runtime, health: DaemonHealth) -> None:
        # Commands have no use for the scheduler.
        from digest.jobs.clock import Clock

        self.runtime = runtime
        runtime.poll_job.note = health.note_poll
        runtime.drafter.watch = health.drafting
        self._health = health
        self._clock = Clock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._woken_at = utc_now()

    def start(self) -> None:
        """Begin, with what became due before."""
        settings = self.runtime.settings
        self._clock.every_minute(self._wake)
        for name, digest in settings.digests.items():
            zone = settings.zone_of(name)
            for schedule in {digest.schedule, weekly_schedule(digest.schedule)}:
                self._clock.on_schedule(schedule, zone, self._on_time)
        self._health.begin()
        # An edition missed while down waits for the feeds to be read, a minute at the most.
        self._start(self._poll_then_publish)
        self._start(self._alert_then_deliver)
        self.deliver()
        self._clock.start()

    async def stop(self) -> None:
        """Begin nothing more; what is being sent goes on until the runtime closes."""
        self._clock.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def deliver(self) -> None:
        """Have what is due delivered."""
        self._start(lambda: self.runtime.deliver_job.deliver_due(join=False))

    def _was_away(self) -> bool:
        return not timedelta(0) <= utc_now() - self._woken_at <= _AWAY

    def _wake(self) -> None:
        self._health.beat()
        went_back = utc_now() < self._woken_at
        was_away, self._woken_at = self._was_away(), utc_now()
        self._start(self._plan_then_poll if went_back else self._poll_then_publish)
        if not was_away:
            self._publish()
        self._start(self._alert_then_deliver)
        if self.runtime.summary_job:
            self._start(self.runtime.summary_job.ask_ahead)
        self._start(self.runtime.retention_job.drop_old)
        self.deliver()

    def _on_time(self) -> None:
        # After a time away the next minute reads the feeds first.
        if not self._was_away():
            self._publish()

    def _publish(self) -> None:
        self._start(self._publish_and_deliver)

    async def _plan_then_poll(self) -> None:
        # What the clock that ran ahead wrote would be waited for.
        context = self.runtime.context
        now = context.clock()
        await bring_in_line(context.settings, context.store, now)
        await know_settings(context.settings, context.store, now)
        await self._poll_then_publish()

    async def _poll_then_publish(self) -> None:
        database = database_of(self.runtime.settings)
        # What cannot be recorded would be asked for again, every minute.
        if lack := await asyncio.to_thread(database.reason_not_to_write):
            self._health.wait()
            raise StoreError(f"{database}: {lack}")
        with self._health.round():
            polled = await self.runtime.poll_job.poll_due()
        if polled:
            await self.runtime.store.release_memory()
            await asyncio.to_thread(release_memory)
        self._start(self.runtime.fetch_articles)
        self._publish()

    async def _publish_and_deliver(self) -> None:
        await self.runtime.publish_job.publish_due(report=lambda _: self.deliver())

    async def _alert_then_deliver(self) -> None:
        if await self.runtime.alert_job.alert():
            self.deliver()

    def _start(self, work: Callable[[], Awaitable[object]]) -> None:
        task = asyncio.create_task(self._round(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _round(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            reasons = {str(reason) for reason in mendable(error)}
            for reason in sorted(reasons):
                event(_log, logging.ERROR, "job failed; again within a minute", error=reason)
            if not reasons:
                _log.exception("bug in a job; it goes on with the next minute")
