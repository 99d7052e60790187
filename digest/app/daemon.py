"""The daemon: works by its settings, answers commands, takes over new settings, stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, TypeVar

from digest import __version__
from digest.app.bot_commands import listening
from digest.app.file_incident import FileIncident
from digest.app.file_watch import FileWatch
from digest.app.lost_names import lost_names
from digest.app.settings_file import trouble_of
from digest.app.ticker import DaemonHealth, Ticker
from digest.app.wiring import Prepared, prepare, runtime_over
from digest.config.changes import changes
from digest.errors import DigestError, StoreError
from digest.log import event
from digest.store import database_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
    from pathlib import Path
    from typing import Any

    from digest.app.runtime import Runtime
    from digest.config import Settings
    from digest.jobs.feedback import ReaderFeedback
    from digest.jobs.subscriptions import Subscriptions
    from digest.rendering.renderer import Renderer
    from digest.store import Store, StoreThread
    from digest.store.keys import Keys

T = TypeVar("T")

_log = logging.getLogger(__name__)

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
        self._watch = FileWatch(file)
        self._incident = FileIncident(store, file)
        self._ticker: Ticker | None = None
        self._working = asyncio.Event()
        self._reload = reload
        self._reloads: list[asyncio.Future[list[str]]] = []
        self._commands: set[asyncio.Task[Any]] = set()
        self.health = DaemonHealth()
        # Called with settings before they are taken over; where it raises, they are not.
        self.make_ready: Callable[[Settings], Awaitable[None]] = _nothing_to_do
        # Called with keys from which on they are those to sign with.
        self.take_keys: Callable[[Keys], None] = lambda _: None

    @property
    def settings(self) -> Settings:
        """What it works by."""
        return self._prepared.settings

    @property
    def templates(self) -> Mapping[str, Renderer]:
        """The templates of every digest."""
        return self._prepared.templates

    @property
    def subscriptions(self) -> Subscriptions:
        """What readers' pages act through, by the settings of now."""
        assert self._ticker is not None
        return self._ticker.runtime.subscriptions

    @property
    def feedback(self) -> ReaderFeedback:
        """What readers say of stories, by the settings of now."""
        assert self._ticker is not None
        return self._ticker.runtime.reader_feedback

    @property
    def alive(self) -> bool:
        """Whether the loop has turned in the last minutes, and feeds were polled."""
        return not self.health.stale

    @property
    def at_work(self) -> bool:
        """Whether commands are carried out at once; not while settings are taken over."""
        return self._working.is_set()

    async def read(self, work: Callable[[Store], T]) -> T:
        """What a query of the store answers."""
        return await self._store.transact(work)

    async def read_anew(self) -> list[str]:
        """Read the settings anew, as for a changed file; answers what is different with them.

        Raises:
            DigestError: they are not taken over; or the daemon stopped meanwhile.
        """
        answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self._reloads.append(answer)
        self._reload.set()
        try:
            # Whoever asks may go; the answer is given all the same.
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            if not answer.cancelled():
                raise
            raise StoreError("the daemon stopped meanwhile") from None

    async def carry_out(self, command: Callable[[Runtime], Coroutine[Any, Any, T]]) -> T:
        """Carry out a command; one that comes while settings are taken over waits for that.

        Raises:
            StoreError: the daemon stopped or took over settings meanwhile.
        """
        await self._working.wait()
        assert self._ticker is not None
        task = asyncio.create_task(command(self._ticker.runtime))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            raise StoreError("the daemon stopped or reloaded meanwhile; ask again") from None

    async def rotate_keys(self, *, forget: bool) -> Keys:
        """Have links and sessions signed with new keys; `forget` is `KeyRotation`'s."""

        async def rotate(runtime: Runtime) -> Keys:
            keys = await runtime.key_rotation.rotate(forget=forget)
            self.take_keys(keys)
            return keys

        return await self.carry_out(rotate)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is being sent then is finished."""
        first = True
        while not stop.is_set():
            async with self._at_work() as ticker:
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
                await self._incident.close()
                await self._tell_lost()
                await self._until_others(stop)
                if stop.is_set():
                    event(_log, logging.INFO, "stopping")
                await ticker.stop()

    async def _tell_lost(self) -> None:
        """Log which names the database knows and the settings lack: they may have others now."""
        lists = await self.read(lambda store: store.moves.lists())
        editions = await self.read(lambda store: store.moves.editions())
        for lost in lost_names(self.settings, lists, editions):
            reason = f"{lost.message}; {lost.remedy}"
            event(_log, logging.WARNING, "not in the file", name=lost.name, reason=reason)

    @contextlib.asynccontextmanager
    async def _at_work(self) -> AsyncIterator[Ticker]:
        async with runtime_over(self._store, self._prepared) as runtime:
            self._ticker = Ticker(runtime, self.health)
            self._ticker.start()
            self._working.set()
            try:
                async with listening(runtime, self._ticker.deliver):
                    yield self._ticker
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
            if stop.is_set():
                for answer in self._reloads:
                    answer.cancel()

    async def _asked(self) -> None:
        """Wait until the settings are to be read anew."""
        while not self._reload.is_set():
            if self._watch.changed():
                if self.settings.watch:
                    break
                await self._tell_of_file()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reload.wait(), _LOOK_SECONDS)
        self._reload.clear()

    async def _tell_of_file(self) -> None:
        """Tell whether a file that changed has an error, and leave it until somebody asks."""
        timezone = self.settings.timezone
        try:
            settings = await asyncio.to_thread(self._load)
        except DigestError as error:
            await self._incident.open(error, timezone)
            event(_log, logging.WARNING, "not taken over", error=trouble_of(error))
        except Exception:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while reading the file; the daemon goes on as it was")
        else:
            if changes(self.settings, settings):
                await self._incident.wait_for_reload(timezone)
            else:
                await self._incident.close()

    async def _take_over(self) -> bool:
        """Read the settings, and keep them if they are right and others than before."""
        # What is read now is not news later.
        self._watch.changed()
        answers, self._reloads = self._reloads, []
        try:
            prepared = await asyncio.to_thread(self._prepare_anew)
            await self.make_ready(prepared.settings)
        except DigestError as error:
            await self._refuse(error)
            for answer in answers:
                answer.set_exception(error)
            return False
        except Exception:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while reloading; the daemon goes on as it was")
            for answer in answers:
                answer.set_exception(StoreError("a bug, which the log has; all is as it was"))
            return False
        found = changes(self.settings, prepared.settings)
        if found:
            self._adopt(prepared.settings)
            self._prepared = prepared
        else:
            await self._incident.close()
        for answer in answers:
            answer.set_result(found)
        shown = [
            *found[:_MOST_TOLD],
            *([f"{len(found)} in all"] if len(found) > _MOST_TOLD else []),
        ]
        event(_log, logging.INFO, "reloaded", changes="; ".join(shown) or "none")
        return bool(found)

    async def _refuse(self, error: DigestError) -> None:
        """Log why the settings are not taken over, and open an incident until others are."""
        for line in str(error).splitlines():
            event(_log, logging.ERROR, "not reloaded", error=line)
        await self._incident.open(error, self.settings.timezone)

    def _prepare_anew(self) -> Prepared:
        prepared = prepare(self._load())
        if database_of(prepared.settings) != database_of(self.settings):
            raise StoreError("another database is used from the next start on; restart")
        return prepared


async def _nothing_to_do(_: Settings) -> None:
    pass
