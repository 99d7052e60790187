"""A store of its own for each test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.databases import store_at
from tests.store.fresh import lay_out_empty, lay_out_planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "digest.db"


@pytest.fixture
def empty_store(path: Path) -> Iterator[Store]:
    lay_out_empty(path)
    with closing(store_at(path)) as store:
        yield store


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """With one digest of one feed that was never polled."""
    lay_out_planned(path)
    with closing(store_at(path)) as store:
        yield store
