"""The order of polls: how many at a time, never two of one feed, and no host before the others."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

    from digest.model import FeedState, PollResult
    from digest.store import Store, StoreThread

_NEVER = datetime.min.replace(tzinfo=UTC)
_BEGUN_AT_ONCE = 10
# The longest pauses of the event loop are the garbage collector's, and it looks at what is alive.
_MOST_AT_ONCE = 200


class PollQueue:
    """Has feeds polled, many at a time; whoever asks for one that is being polled waits for it."""

    def __init__(
        self, store: StoreThread[Store], poll: Callable[[FeedState], Awaitable[PollResult]]
    ) -> None:
        self._store = store
        self._poll = poll
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked: Counter[str] = Counter()
        self._ended: dict[str, float] = {}

    def urls(self) -> set[str]:
        """The feeds that are being polled, or wait for it."""
        return set(self._asked)

    @staticmethod
    def time() -> float:
        """Now, by the clock that tells whether a feed was polled since it was read."""
        return asyncio.get_running_loop().time()

    async def poll(
        self, states: Sequence[FeedState], began: float, report: Callable[[PollResult], None]
    ) -> list[PollResult]:
        """Poll feeds as they were when it `began`, so many at a time; answers in their order."""
        self._asked.update(state.url for state in states)
        results: dict[str, PollResult] = {}
        errors: list[Exception] = []
        waiting = iter(_host_by_host(states))

        async def work() -> None:
            for state in waiting:
                try:
                    results[state.url] = await self._poll_alone(state, began)
                    report(results[state.url])
                except Exception as error:  # noqa: BLE001 - raised when the others are done
                    errors.append(error)
                finally:
                    self._leave(state.url)

        try:
            async with asyncio.TaskGroup() as group:
                for number in range(min(len(states), _MOST_AT_ONCE)):
                    # Hundreds begun at once would keep the event loop from all else.
                    if number % _BEGUN_AT_ONCE == 0:
                        await asyncio.sleep(0)
                    group.create_task(work())
        finally:
            for state in waiting:
                self._leave(state.url)
        # A feed that could not be recorded has not kept the others from being so.
        if errors:
            raise errors[0]
        return [results[state.url] for state in states]

    def _leave(self, url: str) -> None:
        self._asked[url] -= 1
        if not self._asked[url]:
            del self._asked[url]

    async def _poll_alone(self, state: FeedState, began: float) -> PollResult:
        # Two polls of one feed at a time would both find its entries new.
        async with self._locks[state.url]:
            if self._ended.get(state.url, began) > began:
                url = state.url
                state = await self._store.transact(lambda store: store.feeds.states([url])[0])
            try:
                return await self._poll(state)
            finally:
                self._ended[state.url] = self.time()


def _host_by_host(states: Iterable[FeedState]) -> Iterator[FeedState]:
    """The first feed of each host, then the second of each: one with many keeps none waiting.

    Of a host, those come first that were not polled for longest: it may not allow all of them.
    """
    hosts: dict[str, deque[FeedState]] = defaultdict(deque)
    for state in sorted(states, key=lambda state: state.polled_at or _NEVER):
        address = urlsplit(state.url)
        # A source without an address of its own is asked where all of its kind are.
        hosts[address.netloc or address.scheme].append(state)
    while hosts:
        for host in list(hosts):
            yield hosts[host].popleft()
            if not hosts[host]:
                del hosts[host]
