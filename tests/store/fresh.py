"""New databases as a store makes them, made once and copied."""

from __future__ import annotations

import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from digest.store.sqlite.files import make_file, make_folder
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import plan_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.store import Store


def lay_out_empty(path: Path) -> None:
    """Put a new database at `path`."""
    _put(path, _empty())


def lay_out_planned(path: Path) -> None:
    """Put one at `path` with one digest of one feed that was never polled."""
    _put(path, _planned())


def _put(path: Path, content: bytes) -> None:
    make_folder(path)
    make_file(path)
    path.write_bytes(content)


@cache
def _empty() -> bytes:
    return _made(lambda _: None)


@cache
def _planned() -> bytes:
    return _made(lambda store: store.schedules.plan([plan_of()], NOW))


def _made(fill: Callable[[Store], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "digest.db")
        with closing(store_at(path)) as store:
            fill(store)
        return path.read_bytes()
