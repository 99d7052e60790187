"""What is asked for meanwhile is carried out together, and each asker has its own answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from digest.batcher import Batcher

if TYPE_CHECKING:
    from collections.abc import Sequence


class Carrier:
    """Squares numbers when it is let go, and remembers what came together."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.under_way = self.most_under_way = 0
        self.go = asyncio.Event()

    async def carry_out(self, numbers: Sequence[int]) -> list[int | BaseException]:
        self.batches.append([*numbers])
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await self.go.wait()
        self.under_way -= 1
        if 13 in numbers:
            raise OSError("all of them")
        return [ValueError(n) if n < 0 else n * n for n in numbers]


async def answers(
    batcher: Batcher[int, int], carrier: Carrier, *numbers: int
) -> list[int | BaseException]:
    asked = [asyncio.create_task(batcher.ask(number)) for number in numbers]
    # They ask, and what carries out the first of it begins.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    carrier.go.set()
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_what_comes_meanwhile_goes_together() -> None:
    carrier = Carrier()
    batcher = Batcher(carrier.carry_out, most=3)
    assert await answers(batcher, carrier, *range(6)) == [0, 1, 4, 9, 16, 25]
    assert carrier.batches == [[0], [1, 2, 3], [4, 5]]
    assert carrier.most_under_way == 1


async def test_so_many_batches_at_once() -> None:
    carrier = Carrier()
    batcher = Batcher(carrier.carry_out, most=3, at_once=2)
    assert await answers(batcher, carrier, *range(6)) == [0, 1, 4, 9, 16, 25]
    assert sorted(carrier.batches) == [[0], [1], [2, 3, 4], [5]]
    assert carrier.most_under_way == 2


async def test_an_error_is_raised_where_it_is_waited_for() -> None:
    carrier = Carrier()
    batcher = Batcher(carrier.carry_out, most=9)
    first, error, last = await answers(batcher, carrier, 1, -2, 3)
    assert (first, last) == (1, 9)
    assert repr(error) == "ValueError(-2)"


async def test_an_error_of_all_is_raised_for_all_and_the_next_go_on() -> None:
    carrier = Carrier()
    batcher = Batcher(carrier.carry_out, most=2)
    results = await answers(batcher, carrier, 1, 13, 2, 3)
    assert list(map(repr, results)) == [
        *("1", "OSError('all of them')", "OSError('all of them')", "9"),
    ]


async def test_with_patience_it_waits_for_others_but_not_for_too_many() -> None:
    carrier = Carrier()
    carrier.go.set()
    batcher = Batcher(carrier.carry_out, most=3, patience=0.001)
    await asyncio.gather(*(batcher.ask(number) for number in range(2)))
    await asyncio.gather(*(batcher.ask(number) for number in range(7)))
    assert carrier.batches == [[0, 1], [0, 1, 2], [3, 4, 5], [6]]


async def test_finishing_waits_for_nothing_but_what_was_asked() -> None:
    carrier = Carrier()
    carrier.go.set()
    batcher = Batcher(carrier.carry_out, most=3, patience=3600)
    asked = asyncio.create_task(batcher.ask(7))
    await asyncio.sleep(0)
    await batcher.finish()
    assert await asked == 49


async def test_it_is_carried_out_though_nobody_waits_any_more() -> None:
    carrier = Carrier()
    batcher = Batcher(carrier.carry_out, most=3)
    asked = asyncio.create_task(batcher.ask(7))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    carrier.go.set()
    await batcher.finish()
    assert carrier.batches == [[7]]
    assert await batcher.ask(8) == 64
