"""A store of its own for each test."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "digest.db"


@pytest.fixture
def empty_store(path: Path) -> Iterator[Store]:
    with closing(store_at(path)) as store:
        yield store


@pytest.fixture
def store(empty_store: Store) -> Store:
    """With one digest of one feed that was never polled."""
    empty_store.editions.plan([plan_of()], NOW)
    return empty_store
