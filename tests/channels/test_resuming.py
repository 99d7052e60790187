"""An edition in many parts goes on where it stopped: what is missing is sent, and nothing else."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import pytest

from digest.channels import open_channels
from digest.channels.pace import Pace
from digest.errors import ChannelError, DeliveryError
from tests.channels import making
from tests.channels.places import PLACES
from tests.rendering.samples import ordinary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.channels import Channel, Session
    from digest.model import Delivery
    from tests.channels.place import Place


class Interrupted:
    """A channel of which the sending of a part ends as a test says.

    Before a byte of it has left, or after the part arrived, in doubt.
    """

    def __init__(self, channel: Channel, part: int, end: BaseException) -> None:
        self._channel, self._part, self._end = channel, part, end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        async with self._channel.session() as session:
            yield cast("Session", _InterruptedSession(session, self._part, self._end))


class _InterruptedSession:
    def __init__(self, session: Session, part: int, end: BaseException) -> None:
        self._session, self._part, self._end = session, part, end
        self.begun = False

    async def send(self, delivery: Delivery) -> str:
        self.begun = in_doubt = getattr(self._end, "verdict", "") == "unknown"
        if delivery.part == self._part and not in_doubt:
            raise self._end
        self.begun = True
        receipt = await self._session.send(delivery)
        if delivery.part == self._part:
            raise self._end
        return receipt


ENDS = [
    ChannelError("it is down"),
    asyncio.CancelledError(),
    DeliveryError("the answer was lost", "unknown"),
]


@pytest.fixture(params=[name for name, place in PLACES.items() if place.whole])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    made = PLACES[request.param](tmp_path)
    made.start()
    yield made
    made.stop()


async def test_each_daemon_sends_what_the_one_before_did_not(place: Place, tmp_path: Path) -> None:
    """The channel is down, then the daemon is stopped, then an answer is lost: each further on."""
    channel = open_channels(place.settings())["it"]
    channel.pace = Pace()
    async with making.started(tmp_path, channel) as daemon:
        parts = await daemon.publish(ordinary(200))
    # Where the same bytes are sent once more, nothing is left in doubt.
    ends = ENDS if place.patience is None else ENDS[:2]
    for hour, end in enumerate(ends):
        part = (hour + 1) * parts // 4 + 1
        broken = cast("Channel", Interrupted(channel, part, end))
        async with making.started(tmp_path, broken) as daemon:
            daemon.clock.turn(hours=hour)
            await daemon.delivering.release_claimed()
            with suppress(asyncio.CancelledError):
                await daemon.delivering.deliver_due()
            assert (await daemon.states()).count("sent") < parts

    async with making.started(tmp_path, channel) as daemon:
        daemon.clock.turn(hours=len(ends))
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        states = await daemon.states()

    # What is in doubt is for a person to decide.
    in_doubt = len(ends) - 2
    assert sorted(states) == ["sent"] * (parts - in_doubt) + ["unknown"] * in_doubt
    numbers = [int(n) for n in re.findall(rb"Number (\d+): how a small team", place.shown())]
    assert sorted(numbers) == list(range(200))
