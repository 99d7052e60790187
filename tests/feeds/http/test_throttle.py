from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from digest.errors import FeedError, PostponedError
from digest.feeds.http.fetch import utc_now
from digest.feeds.http.host_backoffs import HostBackoffs
from digest.feeds.http.throttle import HostThrottle
from digest.model import HostBackoff
from tests import limits
from tests.feed_xml import NOW

HOUR = timedelta(hours=1)


def throttle_of(
    concurrency: int, per_host: int, pause: float, backoffs: HostBackoffs | None = None
) -> HostThrottle:
    return HostThrottle(concurrency, per_host, pause, backoffs or HostBackoffs(utc_now))


async def a_turn(throttle: HostThrottle, host: str, log: list[float] | None = None) -> None:
    async with throttle.slot(host):
        if log is not None:
            log.append(asyncio.get_running_loop().time())
            await asyncio.sleep(0)


async def open_at_once(throttle: HostThrottle, hosts: list[str]) -> int:
    """How many of these throttle were taken at a time."""
    open_now = most = 0

    async def one(host: str) -> None:
        nonlocal open_now, most
        async with throttle.slot(host):
            open_now += 1
            most = max(most, open_now)
            for _ in range(len(hosts)):
                await asyncio.sleep(0)
            open_now -= 1

    await asyncio.gather(*map(one, hosts))
    return most


async def test_one_at_a_time_with_a_pause_between() -> None:
    throttle, log = throttle_of(50, 1, 0.05), list[float]()
    await asyncio.gather(*(a_turn(throttle, "h", log) for _ in range(4)))
    assert all(later - sooner >= 0.049 for sooner, later in pairwise(log))


@pytest.mark.parametrize(
    ("concurrency", "per_host", "hosts", "expected"),
    [
        (50, 1, ["a"] * 6, 1),
        (50, 2, ["a"] * 6, 2),
        (50, 0, ["a"] * 6, 6),
        (50, 1, ["a", "a", "b", "c"], 3),
        (2, 1, ["a", "b", "c", "d"], 2),
        (2, 0, ["a"] * 6, 2),
    ],
)
async def test_how_many_are_open_at_a_time(
    concurrency: int, per_host: int, hosts: list[str], expected: int
) -> None:
    assert await open_at_once(throttle_of(concurrency, per_host, 0.0), hosts) == expected


async def test_without_a_limit_there_is_no_pause() -> None:
    throttle = throttle_of(1, 0, 60.0)
    async with asyncio.timeout(limits.seconds(10)):
        for _ in range(3):
            await a_turn(throttle, "h")


async def test_a_pause_at_one_host_is_none_at_another() -> None:
    throttle = throttle_of(1, 1, 60.0)
    async with asyncio.timeout(limits.seconds(10)):
        await a_turn(throttle, "a")
        await a_turn(throttle, "b")


async def test_a_host_is_left_alone_for_as_long_as_it_wants() -> None:
    backoffs = HostBackoffs(utc_now)
    throttle = throttle_of(50, 1, 60.0, backoffs)
    backoffs.leave_alone("h", HOUR)
    with pytest.raises(PostponedError) as caught:
        await a_turn(throttle, "h")
    assert caught.value.reason.startswith("waits until 2")
    assert caught.value.reason.endswith("since h allows no more requests until then")
    assert caught.value.backoff == backoffs.known["h"]
    await a_turn(throttle, "other")


async def test_a_host_is_asked_again_when_the_time_is_over() -> None:
    backoffs = HostBackoffs(utc_now)
    throttle = throttle_of(50, 0, 0.0, backoffs)
    backoffs.leave_alone("h", timedelta(0))
    await a_turn(throttle, "h")


async def test_those_who_wait_learn_that_the_host_wants_to_be_left_alone() -> None:
    backoffs = HostBackoffs(utc_now)
    throttle = throttle_of(50, 1, 0.01, backoffs)
    async with asyncio.timeout(limits.seconds(10)):
        async with throttle.slot("h"):
            waiting = [asyncio.create_task(a_turn(throttle, "h")) for _ in range(200)]
            await asyncio.sleep(0)
            backoffs.leave_alone("h", HOUR)
        # Whoever is refused leaves no pause behind, or this would take two seconds.
        started = asyncio.get_running_loop().time()
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert asyncio.get_running_loop().time() - started < limits.seconds(1)
    assert all(isinstance(result, FeedError) for result in results)


async def test_who_gives_up_waiting_is_not_in_the_way() -> None:
    throttle = throttle_of(1, 1, 0.0)
    async with asyncio.timeout(limits.seconds(10)):
        async with throttle.slot("h"):
            waiting = asyncio.create_task(a_turn(throttle, "h"))
            await asyncio.sleep(0)
            waiting.cancel()
        await a_turn(throttle, "h")


async def test_hosts_are_forgotten() -> None:
    throttle = throttle_of(50, 1, 0.0)
    for number in range(100):
        await a_turn(throttle, f"h{number}")
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(throttle._host_slots) <= 1


async def test_a_host_that_pauses_is_remembered() -> None:
    throttle = throttle_of(50, 1, 60.0)
    await a_turn(throttle, "h")
    assert list(throttle._host_slots) == ["h"]


async def test_a_host_that_refused_is_asked_by_one_at_a_time() -> None:
    backoffs = HostBackoffs(utc_now)
    throttle = throttle_of(50, 0, 0.0, backoffs)
    backoffs.restore([HostBackoff("a", NOW - HOUR, NOW, 1)])
    assert await open_at_once(throttle, ["a"] * 6) == 1
    assert await open_at_once(throttle, ["b"] * 6) == 6
