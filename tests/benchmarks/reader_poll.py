"""Polls with the `reader` library, in its own environment: python reader_poll.py URLS DATABASE."""

from __future__ import annotations

import sys
from pathlib import Path

from reader import make_reader  # type: ignore[import-not-found, unused-ignore]


def main(urls: str, database: str) -> None:
    is_new = not Path(database).exists()
    reader = make_reader(database)
    if is_new:
        for url in Path(urls).read_text("utf-8").split():
            reader.add_feed(url)
    # What it would not do within an hour otherwise. More threads make it slower.
    reader.update_feeds(scheduled=False, workers=4)


if __name__ == "__main__":
    main(*sys.argv[1:])
