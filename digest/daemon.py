"""The daemon: wakes the jobs, answers commands, stops in order, and takes over new settings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from digest import __version__
from digest.config.changes import changes
from digest.errors import DigestError, StoreError, mendable
from digest.log import event
from digest.opening import Prepared, prepare, runtime_over, utc_now
from digest.store import lack_of_writing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from digest.config import Settings
    from digest.runtime import Runtime
    from digest.store import Store, StoreThread

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Longer than a minute tick takes to come round, however busy the machine.
_STALE_SECONDS = 180.0
# The machine was suspended, or its clock set: feeds come before editions then.
_AWAY = timedelta(minutes=5)
# A stop has 8 seconds in all, and what is being sent gets 5.
_COMMANDS_SECONDS = 1.0
_LOOK_SECONDS = 2.0
_MOST_TOLD = 20


class Daemon:
    """Works by its settings, until it is stopped or given others.

    When `reload` is set, `load` reads the settings anew, and `adopt` is called with those that are
    taken over; `file` is where they come from.
    """

    def __init__(
        self,
        store: StoreThread[Store],
        prepared: Prepared,
        load: Callable[[], Settings],
        adopt: Callable[[Settings], None],
        file: Path,
        reload: asyncio.Event,
    ) -> None:
        self._store = store
        self._prepared = prepared
        self._load = load
        self._adopt = adopt
        self._watch = Watch(file)
        self._rounds: Rounds | None = None
        self._working = asyncio.Event()
        self._reload = reload
        self._commands: set[asyncio.Task[Any]] = set()

    @property
    def settings(self) -> Settings:
        """What it works by."""
        return self._prepared.settings

    @property
    def alive(self) -> bool:
        """Whether the loop has turned in the last minutes."""
        return self._rounds is None or self._rounds.alive

    def read_anew(self) -> None:
        """Have the settings read anew, as a changed file would."""
        self._reload.set()

    async def carry_out(self, command: Callable[[Runtime], Coroutine[Any, Any, T]]) -> T:
        """Carry out a command; one that comes while settings are taken over waits for that.

        Raises:
            StoreError: the daemon stopped or took over settings meanwhile.
        """
        await self._working.wait()
        assert self._rounds is not None
        task = asyncio.create_task(command(self._rounds.runtime))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            raise StoreError("the daemon stopped or reloaded meanwhile; ask again") from None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is being sent then is finished."""
        first = True
        while not stop.is_set():
            async with self._at_work() as rounds:
                settings = self.settings
                event(
                    _log,
                    logging.INFO,
                    "started" if first else "goes on",
                    version=__version__,
                    feeds=len(settings.feeds),
                    digests=len(settings.digests),
                )
                first = False
                await self._until_others(stop)
                if stop.is_set():
                    event(_log, logging.INFO, "stopping")
                await rounds.stop()

    @contextlib.asynccontextmanager
    async def _at_work(self) -> AsyncIterator[Rounds]:
        async with runtime_over(self._store, self._prepared) as runtime:
            self._rounds = Rounds(runtime)
            self._rounds.start()
            self._working.set()
            try:
                yield self._rounds
            finally:
                self._working.clear()
                if self._commands:
                    await asyncio.wait(self._commands, timeout=_COMMANDS_SECONDS)
                for task in self._commands:
                    task.cancel()

    async def _until_others(self, stop: asyncio.Event) -> None:
        """Wait for a stop, or for other settings that are right, and take those over."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                asked = asyncio.create_task(self._asked())
                await asyncio.wait({stopped, asked}, return_when=asyncio.FIRST_COMPLETED)
                asked.cancel()
                if asked.done() and not stop.is_set() and await self._take_over():
                    return
        finally:
            stopped.cancel()

    async def _asked(self) -> None:
        """Wait until the settings are to be read anew."""
        watches = self.settings.watch
        while not self._reload.is_set() and not (watches and self._watch.changed()):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reload.wait(), _LOOK_SECONDS if watches else None)
        self._reload.clear()

    async def _take_over(self) -> bool:
        """Read the settings, and keep them if they are right and others than before."""
        # What is read now is not news later.
        self._watch.changed()
        try:
            prepared = await asyncio.to_thread(self._prepare_anew)
        except DigestError as error:
            for line in str(error).splitlines():
                event(_log, logging.ERROR, "not reloaded", error=line)
            return False
        except Exception:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while reloading; the daemon goes on as it was")
            return False
        found = changes(self.settings, prepared.settings)
        if found:
            self._adopt(prepared.settings)
            self._prepared = prepared
        told = [*found[:_MOST_TOLD], *([f"{len(found)} in all"] if len(found) > _MOST_TOLD else [])]
        event(_log, logging.INFO, "reloaded", changes="; ".join(told) or "none")
        return bool(found)

    def _prepare_anew(self) -> Prepared:
        prepared = prepare(self._load())
        if prepared.settings.database != self.settings.database:
            raise StoreError("another database is used from the next start on; restart")
        return prepared


class Watch:
    """Tells when a file is another than when it was last looked at, however it was replaced."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether it is."""
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _look(self) -> tuple[int, ...]:
        try:
            stat = self._file.stat()
        except OSError:
            # It is being replaced.
            return ()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_dev


class Rounds:
    """Wakes the jobs, and never waits for one: what is slow holds up nothing else."""

    def __init__(self, runtime: Runtime) -> None:
        # Commands have no use for the scheduler.
        from digest.jobs.clock import Clock

        self.runtime = runtime
        self._clock = Clock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._beat = 0.0
        self._woken_at = utc_now()

    @property
    def alive(self) -> bool:
        """Whether the loop has turned in the last minutes."""
        return asyncio.get_running_loop().time() - self._beat < _STALE_SECONDS

    def start(self) -> None:
        """Begin, with what became due before."""
        settings = self.runtime.settings
        self._clock.every_minute(self._wake)
        for name, digest in settings.digests.items():
            self._clock.on_schedule(digest.schedule, settings.zone_of(name), self._on_time)
        self._beat = asyncio.get_running_loop().time()
        # An edition missed while down waits for the feeds to be read, a minute at the most.
        self._start(self._poll_then_publish)
        self._start(self._alert_then_deliver)
        self._deliver()
        self._clock.start()

    async def stop(self) -> None:
        """Begin nothing more; what is being sent goes on until the runtime closes."""
        self._clock.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _was_away(self) -> bool:
        return not timedelta(0) <= utc_now() - self._woken_at <= _AWAY

    def _wake(self) -> None:
        self._beat = asyncio.get_running_loop().time()
        was_away, self._woken_at = self._was_away(), utc_now()
        self._start(self._poll_then_publish)
        if not was_away:
            self._publish()
        self._start(self._alert_then_deliver)
        self._deliver()

    def _on_time(self) -> None:
        # After a time away the next minute reads the feeds first.
        if not self._was_away():
            self._publish()

    def _publish(self) -> None:
        self._start(self._publish_then_deliver)

    def _deliver(self) -> None:
        self._start(lambda: self.runtime.delivering.deliver_due(join=False))

    async def _poll_then_publish(self) -> None:
        path = self.runtime.settings.database_path
        # What cannot be recorded would be asked for again, every minute.
        if lack := await asyncio.to_thread(lack_of_writing, path):
            raise StoreError(f"{path}: {lack}")
        await self.runtime.polling.poll_due()
        self._publish()

    async def _publish_then_deliver(self) -> None:
        if await self.runtime.publishing.publish_due():
            self._deliver()

    async def _alert_then_deliver(self) -> None:
        if await self.runtime.alerting.alert():
            self._deliver()

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
