"""The edition of the ordinary week, made once for all tests of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.editions.week.reading import illustrated, open_week

if TYPE_CHECKING:
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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    async def make() -> Made:
        folder = tmp_path_factory.mktemp("week")
        async with open_week(folder, images="embedded", watch=["larder"]) as newsroom:
            draft = await newsroom.draft()
            edition, _ = await illustrated(newsroom, draft.edition)
            return Made(edition, draft, newsroom.fates(draft))

    return asyncio.run(make())


@pytest.fixture(scope="session")
def edition(made: Made) -> Edition:
    return made.edition
