"""How fast one edition goes out to many by email, against bare SMTP clients.

    python -m tests.benchmarks.sending [--recipients 10000]

An edition of about 30 KB is delivered from a ledger on disk, by the job and the channel the daemon
has, to a server in a process of its own. `smtplib` and `aiosmtplib` send the same bytes, prepared,
over one connection, and write nothing down; `ledger` is ours with a channel that takes everything
at once. Each is a process too; they take turns. The server tells whether each recipient got one
message with an id of its own. Meanwhile one more process reads what `digest status` shows of that
ledger, again and again, and goes on for a while when all is sent. Figures are medians of three.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import aiosmtplib

from digest.app.wiring import utc_now
from digest.channels.pace import Pace
from digest.config import Settings
from digest.jobs.context import JobContext
from digest.jobs.deliver import DeliverJob
from digest.jobs.disk_guard import DiskGuard
from digest.log import Redactor, Sanitiser, configure
from digest.model import NO_PICTURES, Rendition
from digest.rendering.email.message import personal_headers
from digest.store import StoreThread
from tests.benchmarks.metering import peak_of
from tests.channels.making import TEMPLATES, open_it
from tests.databases import store_at
from tests.rendering.samples import ordinary
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from digest.channels import Channel
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

RUNS = 3
STORIES = 17
SENDER = "digest@example.com"
FIGURES = ("status median", "status most", "status of what is sent median")
_A_WHILE = 3.0


def recipients(count: int) -> tuple[str, ...]:
    return tuple(f"reader{number}@example.com" for number in range(count))


def email_channel(folder: Path, port: int) -> Channel:
    smtp = {"host": "127.0.0.1", "port": port, "security": "none", "from": SENDER}
    return open_it(folder, {"kind": "email", "to": "reader@example.com"}, smtp)


def payload(folder: Path) -> bytes:
    """The edition as the channel renders it."""
    return email_channel(folder, 25).render(ordinary(STORIES), TEMPLATES).parts[0]


@contextmanager
def measured() -> Iterator[None]:
    """Print what is done inside took: `seconds`, `cpu` seconds and `peak` megabytes."""
    began, cpu = time.perf_counter(), time.process_time()
    yield
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    print(json.dumps(took | {"peak": peak_of(os.getpid())}))


def prepared(folder: Path, count: int) -> Iterator[tuple[str, bytes]]:
    """What bare clients send; the headers are no part of what they are measured by."""
    rest = payload(folder)
    heads = [(to, personal_headers(to, f"<{to}>")) for to in recipients(count)]
    return ((to, head + rest) for to, head in heads)


def by_smtplib(folder: Path, port: int, count: int) -> None:
    messages = prepared(folder, count)
    with measured(), smtplib.SMTP("127.0.0.1", port) as client:
        for to, message in messages:
            client.sendmail(SENDER, [to], message)


def by_aiosmtplib(folder: Path, port: int, count: int) -> None:
    messages = prepared(folder, count)

    async def send() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        with measured():
            await client.connect()
            for to, message in messages:
                await client.mail(SENDER)
                await client.rcpt(to)
                await client.data(message)
            await client.quit()

    asyncio.run(send())


class Nowhere:
    """A channel that takes everything at once."""

    name, kind, pace, remedy = "it", "email", Pace(), ""
    patience: timedelta | None = None

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        raise NotImplementedError

    def plainer(self, payload: bytes) -> bytes | None:
        raise NotImplementedError

    def greeting(self, line: str) -> bytes | None:
        raise NotImplementedError

    def session(self) -> nullcontext[Nowhere]:
        return nullcontext(self)

    async def send(self, delivery: Delivery) -> str:
        del delivery
        return "250 OK"

    async def check(self) -> str:
        raise NotImplementedError


@contextmanager
def watched(database: Path, name: str) -> Iterator[None]:
    """Have a process read the status meanwhile; it prints how long that took."""
    command = [sys.executable, "-m", "tests.benchmarks.status_reader", str(database), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as reader:
        yield
        reader.communicate()


def by_digest(folder: Path, port: int, count: int) -> None:
    deliver(folder, count, email_channel(folder, port))


def by_ledger(folder: Path, port: int, count: int) -> None:
    del port
    deliver(folder, count, Nowhere())


def deliver(folder: Path, count: int, channel: Channel) -> None:
    async def send() -> None:
        path = folder / "digest.db"
        store = StoreThread(lambda: store_at(path))
        await store.open()
        sent_as = Rendition("it", "email", recipients(count), (payload(folder),))
        await store.transact(lambda opened: build.publish(opened, sent_as=(sent_as,)))
        settings = Settings.model_construct(feeds=(), digests={}, database=f"sqlite:///{path}")
        context = JobContext(settings, store, utc_now, Sanitiser(Redactor()), {"it": channel})
        delivering = DeliverJob(context, DiskGuard(context))
        with watched(path, "status"), measured():
            outcomes = await delivering.deliver_due()
        with watched(path, "status of what is sent"):
            await asyncio.sleep(_A_WHILE)
        assert [outcome.state for outcome in outcomes] == ["sent"] * count
        await store.close()

    # As the daemon logs, but for who reads it.
    with Path(os.devnull).open("w", encoding="utf-8") as nobody:
        configure("info", "json", Redactor())
        logging.getLogger().handlers[0].setStream(nobody)  # type: ignore[attr-defined]
        asyncio.run(send())


SENDERS: dict[str, Callable[[Path, int, int], None]] = {
    "smtplib": by_smtplib,
    "aiosmtplib": by_aiosmtplib,
    "digest": by_digest,
    "ledger": by_ledger,
}


def run(sender: str, count: int) -> dict[str, float]:
    """One sender against one server, each in a process of its own."""
    sink = [sys.executable, "-m", "tests.benchmarks.smtp_sink"]
    with subprocess.Popen(sink, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        command = [sys.executable, "-m", "tests.benchmarks.sending", "--recipients", str(count)]
        command += ["--sender", sender, "--port", port]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        told = server.communicate()[0]
    if sender != "ledger":
        # A line for each connection, so one is all there is.
        taken = json.loads(told)
        assert {taken["messages"], taken["recipients"], taken["message_ids"]} == {count}
    figures: dict[str, float] = {}
    for line in done.stdout.splitlines():
        figures |= json.loads(line)
    return figures


def main() -> None:
    """Print the table, or be one of the processes that it is about."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--recipients", type=int, default=10_000)
    parser.add_argument("--sender", choices=SENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.sender:
        with tempfile.TemporaryDirectory() as folder:
            SENDERS[asked.sender](Path(folder), asked.port, asked.recipients)
    else:
        compare(asked.recipients)


def compare(count: int) -> None:
    runs = [{sender: run(sender, count) for sender in SENDERS} for _ in range(RUNS)]
    for sender in SENDERS:
        seconds, cpu, peak = (
            statistics.median(each[sender][figure] for each in runs)
            for figure in ("seconds", "cpu", "peak")
        )
        ratio = statistics.median(
            each["smtplib"]["seconds"] / each[sender]["seconds"] for each in runs
        )
        print(
            f"{sender:10} {count / seconds:6.0f} messages/s  ratio {ratio:.2f}  "
            f"{1000 * cpu / count:5.2f} ms CPU each  peak {peak:4.0f} MB"
        )
    for figure in FIGURES:
        said = statistics.median(each["digest"][figure] for each in runs)
        print(f"{figure} {1000 * said:.1f} ms")


if __name__ == "__main__":
    main()
