"""A disk that fills while the jobs work: sending stops before recording does, and goes on."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from digest.channels import open_channels
from digest.config import Settings
from digest.errors import StoreError
from digest.jobs.context import JobContext
from digest.jobs.deliver import DeliverJob
from digest.jobs.disk_guard import DiskGuard
from digest.log import Redactor, Sanitiser
from digest.model import Rendition
from tests import limits
from tests.channels.making import TEMPLATES, open_it
from tests.disks import Disk, small_disk
from tests.feed_xml import item, rss
from tests.jobs.bench import StoppedClock, open_bench, open_store, settings_of
from tests.jobs.test_deliver import Listener
from tests.rendering.samples import ordinary
from tests.servers import Reply
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.store import Store, StoreThread
    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer, Mail, MailServer

READERS = tuple(f"reader{number}@example.com" for number in range(5))
LOW = "less than 32 MB are free on its disk; nothing is sent until there is room"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@dataclass
class Batch:
    """An edition for five readers on a real mail server, its ledger on a small disk."""

    store: StoreThread[Store]
    path: Path
    delivering: DeliverJob
    room: DiskGuard
    server: MailServer

    async def states(self) -> list[str]:
        return [str(row[5]) for row in (await self.store.transact(build.dump))["deliveries"]]

    async def incidents(self) -> list[tuple[str, str, str]]:
        found = (await self.store.transact(lambda store: store.health.read())).incidents
        return [(one.kind, one.subject, one.message) for one in found]

    def received(self) -> list[str]:
        return [mail.recipient for mail in self.server.mails]


@asynccontextmanager
async def open_batch(folder: Path, server: MailServer) -> AsyncIterator[Batch]:
    smtp = {"host": "127.0.0.1", "port": server.port, "security": "none", "from": "d@example.com"}
    channel = open_it(folder, {"kind": "email", "to": list(READERS)}, smtp)
    payload = channel.render(ordinary(3), TEMPLATES).parts[0]
    clock, path = StoppedClock(), folder / "digest.db"
    async with open_store(folder) as store:
        sent_as = (Rendition("it", "email", READERS, (payload,)),)
        await store.transact(lambda opened: build.publish(opened, sent_as=sent_as))
        settings = Settings.model_construct(feeds=(), digests={}, database=f"sqlite:///{path}")
        context = JobContext(settings, store, clock, Sanitiser(Redactor()), {"it": channel})
        room = DiskGuard(context, again_seconds=0)
        by = DeliverJob(context, room, record_again_seconds=0.01)
        yield Batch(store, path, by, room, server)


@pytest.fixture
async def batch(disk: Disk, mail_server: MailServer) -> AsyncIterator[Batch]:
    async with open_batch(disk.folder, mail_server) as batch:
        yield batch


def at_the_second(server: MailServer, disk: Disk, *, leaving: int) -> None:
    """Fill the disk as the second mail arrives, which is accepted all the same."""

    def fill(_: Mail) -> None:
        if len(server.mails) == 1:
            disk.fill(leaving=leaving)

    server.refuse_data = fill


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str | None]]:
    told = [one for one in caplog.records if one.getMessage() != "delivered"]
    return [(one.getMessage(), one.__dict__["fields"].get("error")) for one in told]


async def test_with_little_room_sending_stops_while_it_can_be_recorded(
    batch: Batch, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    at_the_second(batch.server, disk, leaving=31_000_000)
    for _ in range(3):
        await batch.delivering.deliver_due()
    assert await batch.states() == ["sent", "sent", "pending", "pending", "pending"]
    assert lines(caplog) == [("nothing is sent", LOW)]
    assert await batch.incidents() == [("disk", str(batch.path), LOW)]
    assert batch.room.lack == f"{batch.path}: {LOW}"

    disk.make_room()
    await batch.delivering.deliver_due()
    assert await batch.states() == ["sent"] * 5
    assert batch.received() == list(READERS)
    assert lines(caplog)[1:] == [("there is room, sending goes on", None)]
    assert await batch.incidents() == []
    assert batch.room.lack is None


async def test_full_from_one_moment_to_the_next_what_was_sent_is_recorded_later(
    batch: Batch, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    at_the_second(batch.server, disk, leaving=0)
    listener = Listener("not recorded yet")
    logging.getLogger("digest.jobs").addHandler(listener)
    round_ = asyncio.create_task(batch.delivering.deliver_due())
    await asyncio.wait_for(listener.heard.wait(), limits.seconds(10))
    logging.getLogger("digest.jobs").removeHandler(listener)
    assert await batch.states() == ["sent", "sending", "pending", "pending", "pending"]
    assert batch.received() == list(READERS[:2])
    assert lines(caplog)[0] == ("nothing is sent", LOW)
    assert lines(caplog)[1] == (
        "not recorded yet",
        f"{batch.path}: database or disk is full; make room",
    )

    disk.make_room()
    await round_
    await batch.delivering.deliver_due()
    assert await batch.states() == ["sent"] * 5
    assert batch.received() == list(READERS)
    assert await batch.incidents() == []


def query_only(value: int, store: Store) -> None:
    store.database._driver.execute(f"PRAGMA query_only={value}")


async def test_a_database_that_can_only_be_read_from_one_moment_to_the_next(
    tmp_path: Path, mail_server: MailServer
) -> None:
    async with open_batch(tmp_path, mail_server) as batch:
        await batch.store.transact(partial(query_only, 1))
        for _ in range(2):
            with pytest.raises(StoreError, match="readonly database; make it writable"):
                await batch.delivering.deliver_due()
        assert batch.received() == []
        await batch.store.transact(partial(query_only, 0))
        await batch.delivering.deliver_due()
        assert batch.received() == list(READERS)
        assert await batch.states() == ["sent"] * 5


async def test_an_incident_of_an_earlier_process_ends_with_the_first_look(
    disk: Disk, mail_server: MailServer
) -> None:
    async with open_batch(disk.folder, mail_server) as batch:
        disk.fill(leaving=31_000_000)
        await batch.delivering.deliver_due()
        assert len(await batch.incidents()) == 1
    disk.make_room()
    async with open_store(disk.folder) as store:
        settings = Settings.model_construct(
            feeds=(), digests={}, database=f"sqlite:///{disk.folder / 'digest.db'}"
        )
        context = JobContext(settings, store, StoppedClock(), Sanitiser(Redactor()))
        assert await DiskGuard(context).has_room()
        assert (await store.transact(lambda opened: opened.health.read())).incidents == []


async def test_polls_and_editions_that_cannot_be_stored_go_on_by_themselves(
    disk: Disk, feed_server: HttpServer, workers: WorkerPool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    urls = [f"{feed_server.url}/{number}" for number in range(3)]
    for number in range(3):
        feed_server.replies[f"/{number}"] = Reply(rss(item(number)))
    settings = settings_of(disk.folder, urls)
    async with open_bench(settings, disk.folder) as bench, bench.polling(workers) as polling:
        disk.fill()
        with pytest.raises(StoreError, match="disk is full; make room"):
            await polling.poll_due()
        assert lines(caplog) == []
        disk.make_room()
        assert [result.new for result in await polling.poll_due()] == [1, 1, 1]

        caplog.clear()
        publishing = bench.publishing(open_channels(settings))
        bench.clock.turn(days=8)
        disk.fill()
        for _ in range(2):
            with pytest.raises(StoreError, match="disk is full; make room"):
                await publishing.publish_due()
        assert lines(caplog) == []
        disk.make_room()
        (published,) = await publishing.publish_due()
        assert published.entries == 3
