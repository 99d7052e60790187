"""Pollers as one would write them in an afternoon; run by the benchmarks, in environments of
their own:

    python baseline.py plain|fast URLS DATABASE

`plain` is aiohttp, feedparser as it comes, and SQLite. `fast` reads what is well-formed with
fastfeedparser and cleans with nh3. Neither has any of the guards that hostile feeds ask for.
"""

from __future__ import annotations

import asyncio
import io
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import aiohttp
import feedparser

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = list[tuple[str, str, str, str]]

TABLES = """
CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, etag TEXT, modified TEXT);
CREATE TABLE IF NOT EXISTS entries (
    feed TEXT, id TEXT, title TEXT, link TEXT, content TEXT, PRIMARY KEY (feed, id)
) WITHOUT ROWID;
"""


def read_plainly(body: bytes) -> Rows:
    """Sanitised by feedparser itself."""
    return [
        (
            entry.get("id") or entry.get("link", ""),
            entry.get("title", ""),
            entry.get("link", ""),
            entry.content[0].value if entry.get("content") else entry.get("summary", ""),
        )
        for entry in feedparser.parse(io.BytesIO(body)).entries
    ]


def read_fast(body: bytes) -> Rows:
    """Not sanitised yet."""
    import fastfeedparser  # type: ignore[import-not-found, unused-ignore]

    try:
        expat.ParserCreate().Parse(body, True)
    except expat.ExpatError:
        return read_plainly(body)
    return [
        (
            entry.get("id") or entry.get("link", ""),
            entry.get("title", ""),
            entry.get("link", ""),
            entry.content[0]["value"] if entry.get("content") else entry.get("description", ""),
        )
        for entry in fastfeedparser.parse(body).entries
    ]


def clean_nothing(content: str) -> str:
    return content


class Poller:
    """One pass over all feeds."""

    def __init__(
        self, database: str, read: Callable[[bytes], Rows], clean: Callable[[str], str]
    ) -> None:
        self._read, self._clean = read, clean
        self._database = sqlite3.connect(database)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.executescript(TABLES)

    async def poll(self, urls: list[str]) -> None:
        connector = aiohttp.TCPConnector(limit=50)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(self._poll_one(session, url) for url in urls))

    async def _poll_one(self, session: aiohttp.ClientSession, url: str) -> None:
        found = self._database.execute("SELECT etag, modified FROM feeds WHERE url=?", [url])
        etag, modified = found.fetchone() or (None, None)
        headers = {"If-None-Match": etag, "If-Modified-Since": modified} if etag else {}
        async with session.get(url, headers=headers) as response:
            if response.status != 200:
                return
            body = await response.read()
            validators = response.headers.get("ETag"), response.headers.get("Last-Modified")
        self._store(url, self._read(body), validators)

    def _store(self, url: str, rows: Rows, validators: tuple[Any, Any]) -> None:
        with self._database as write:
            ids = write.execute("SELECT id FROM entries WHERE feed=?", [url])
            known = {number for (number,) in ids}
            write.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?)",
                [
                    (url, number, title, link, self._clean(content))
                    for number, title, link, content in rows
                    if number not in known
                ],
            )
            write.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?, ?)", [url, *validators])


def main(kind: str, urls: str, database: str) -> None:
    addresses = Path(urls).read_text("utf-8").split()
    if kind == "plain":
        poller = Poller(database, read_plainly, clean_nothing)
    else:
        import nh3

        poller = Poller(database, read_fast, nh3.clean)
    asyncio.run(poller.poll(addresses))


if __name__ == "__main__":
    main(*sys.argv[1:])
