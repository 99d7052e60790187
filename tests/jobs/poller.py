"""One feed that is polled, by parts that can be closed and opened again in between."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from tests.feed_xml import rss
from tests.jobs.bench import StoppedClock, open_bench, settings_of
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from digest.model import PollResult
    from digest.store import Store
    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer


class Poller:
    """The feed at /feed, open between `async with` and its end; `more` are further settings."""

    def __init__(
        self,
        server: HttpServer,
        folder: Path,
        workers: WorkerPool,
        feed: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.server = server
        self.url = f"{server.url}/feed"
        self.clock = StoppedClock()
        self._folder = folder
        self._workers = workers
        self.settings = settings_of(folder, [{"url": self.url, **(feed or {})}], **more)

    async def __aenter__(self) -> Poller:
        async with AsyncExitStack() as stack:
            opened = open_bench(self.settings, self._folder, self.clock)
            self.bench = await stack.enter_async_context(opened)
            self.polling = await stack.enter_async_context(self.bench.polling(self._workers))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def restart(self) -> None:
        """Close everything, and open it again."""
        await self.__aexit__()
        await self.__aenter__()

    def serve(self, *items: str, **headers: str) -> None:
        self.answer(Reply(rss(*items), headers=headers))

    def answer(self, reply: Reply) -> None:
        self.server.replies["/feed"] = reply

    async def poll(self, **later: float) -> PollResult:
        """Poll by hand, this much later."""
        self.clock.turn(**later)
        (result,) = await self.polling.poll([self.url])
        return result

    async def read(self, *items: str, **later: float) -> PollResult:
        """What a poll makes of these items, this much later."""
        self.serve(*items)
        return await self.poll(**later)

    async def ask(self, question: Callable[[Store], Any]) -> Any:
        return await self.bench.store.transact(question)

    async def titles(self) -> list[str]:
        """The titles of what is pending."""
        return [entry.title for entry in await self.bench.pending()]

    async def row(self) -> dict[str, Any]:
        """The feed, as the store has it."""
        return await self.bench.feed(self.url)

    async def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows, as the database has them."""

        def run(store: Store) -> list[tuple[Any, ...]]:
            with store.database.transaction() as connection:
                found = connection.exec_driver_sql(sql)
                return [tuple(row) for row in found] if found.returns_rows else []

        return await self.bench.store.transact(run)
