"""Fixtures for the tests of fetching."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from digest.feeds.http.fetch import Fetcher, FetchLimits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

USER_AGENT = "digest/0 (+https://digest.example/)"


@asynccontextmanager
async def open_fetcher(**limits: Any) -> AsyncIterator[Fetcher]:
    """A fetcher with limits that suit tests."""
    usual = {"timeout": 10.0, "max_body": 1_000_000, "concurrency": 50, "per_host": 0}
    async with Fetcher(FetchLimits(**{**usual, **limits}), USER_AGENT) as fetcher:
        yield fetcher


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with open_fetcher() as fetcher:
        yield fetcher
