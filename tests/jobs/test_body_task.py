from __future__ import annotations

import pickle
from datetime import UTC, datetime

from digest.feeds.parsing.body import Body
from digest.jobs.body_task import CleanedBody, read_and_clean
from tests.feed_xml import item, rss


def read(*items: str) -> CleanedBody:
    body = Body(rss(*items).encode(), "", 1_000_000, "https://feeds.example/", "utf-8")
    return read_and_clean(body, first=True)


def test_what_was_read_goes_between_processes_whole() -> None:
    published = datetime(2026, 11, 1, 9, tzinfo=UTC)
    read_here = read(*(item(n, html=f"<p>Text {n}</p>", published=published) for n in range(3)))
    assert [len(read_here.clean), len(read_here.reading.entries)] == [3, 3]
    assert pickle.loads(pickle.dumps(read_here)) == read_here
