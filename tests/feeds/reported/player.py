"""Polls a case as the daemon does, from answers that are sent byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct

from digest.store.tables import entries, feeds
from tests.feeds.raw_server import RawServer
from tests.feeds.reported.tables import answers_of
from tests.jobs.bench import InPlace, StoppedClock, open_bench, settings_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from pathlib import Path

    from digest.model import PollResult
    from digest.store import Store
    from tests.feeds.reported.tables import Case

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
_VALIDATORS = (b"\r\nif-none-match:", b"\r\nif-modified-since:")
_REFUSAL = b"HTTP/1.1 %d Answered\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Poll(Struct, frozen=True):
    """What came of a poll: its `error`, if any, and how many entries it changed."""

    result: PollResult
    error: str
    edited: int


class Played(Struct, frozen=True):
    """What came of a case: its polls, and what is in the store after them."""

    polls: list[Poll]
    feed_title: str
    entries: list[dict[str, Any]]


class CaseServer(RawServer):
    """Answers every request of the poll that is `at` with the same bytes.

    Where `conditional` is a status, requests with validators get that.
    """

    def __init__(self, answers: Sequence[bytes], conditional: int) -> None:
        self.at = 0
        self._answers = answers
        self._conditional = conditional
        super().__init__(self._play, "127.0.0.1", 0)

    def _play(self, connection: socket.socket) -> None:
        has_validators = any(name in self.heads[-1].lower() for name in _VALIDATORS)
        if self._conditional and has_validators:
            connection.sendall(_REFUSAL % self._conditional)
        else:
            connection.sendall(self._answers[min(self.at, len(self._answers) - 1)])


async def play(name: str, case: Case, folder: Path) -> Played:
    """Poll a case as often as its table says, with a new store in this folder."""
    server = CaseServer(answers_of(name), case.conditional)
    try:
        return await _poll(f"{server.url}/c/{name}/feed.xml", case, folder, server)
    finally:
        server.stop()


async def _poll(url: str, case: Case, folder: Path, server: CaseServer) -> Played:
    clock = StoppedClock()
    clock.now = NOW
    polls = []
    async with (
        open_bench(settings_of(folder, [url]), folder, clock) as bench,
        bench.polling(InPlace()) as job,
    ):
        for server.at in range(len(case.new)):
            (result,) = await job.poll([url])
            edited = await bench.store.transact(lambda store: _edited(store, clock()))
            polls.append(Poll(result, _anywhere(result.error or "", server), edited))
            clock.turn(hours=case.hours)
        feed_title, rows = await bench.store.transact(_stored)
    return Played(polls, feed_title, [_values(row, server) for row in rows])


def _edited(store: Store, at: datetime) -> int:
    query = sa.select(sa.func.count()).where(entries.c.edited_at == at)
    with store.database.statement() as connection:
        return connection.execute(query).scalar_one()


def _stored(store: Store) -> tuple[str, Sequence[Any]]:
    with store.database.statement() as connection:
        title = connection.execute(sa.select(feeds.c.title)).scalar_one()
        return title, connection.execute(sa.select(entries).order_by(entries.c.id.desc())).all()


def _values(row: Any, server: RawServer) -> dict[str, Any]:
    """The fields of an entry by the names they have in tables."""
    texts = {
        "title": row.title,
        "link": row.link,
        "text": row.excerpt,
        "html": row.content,
        "author": row.author,
        "image": row.image,
        "discussion": row.discussion,
    }
    texts = {name: _anywhere(text, server) for name, text in texts.items()}
    return {**texts, "date": row.published or ""}


def _anywhere(text: str, server: RawServer) -> str:
    """The text with PORT in place of where the server happens to be."""
    return text.replace(server.url.removeprefix("http://"), "PORT")
