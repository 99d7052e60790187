"""The edition of the ordinary week, made once for all tests of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.editions.week.reading import illustrated, open_week

if TYPE_CHECKING:
    from pathlib import Path

    from digest.app.edition_reasons import EntryFate
    from digest.jobs.draft_material import Draft
    from digest.model import Edition


class Made(NamedTuple):
    """The edition with its pictures, what it was made from, and what became of its entries."""

    edition: Edition
    draft: Draft
    fates: list[EntryFate]

    @property
    def why(self) -> list[str]:
        return [fate.line for fate in self.fates]


async def make(folder: Path, **digest: Any) -> Made:
    async with open_week(folder, images="embedded", watch=["larder"], **digest) as newsroom:
        draft = await newsroom.draft()
        edition, _ = await illustrated(newsroom, draft.edition)
        return Made(edition, draft, newsroom.fates(draft))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return asyncio.run(make(tmp_path_factory.mktemp("week")))


@pytest.fixture(scope="session")
def edition(made: Made) -> Edition:
    return made.edition


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The edition of a digest that has room for all of the week, with its texts."""
    folder = tmp_path_factory.mktemp("everything")
    return asyncio.run(make(folder, max_entries=1_000, fold=1_000)).edition
