"""The edition of the ordinary week, made once for all tests of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.editions.week.reading import illustrated, open_week

if TYPE_CHECKING:
    from digest.jobs.draft_material import Draft
    from digest.model import Edition


class Made(NamedTuple):
    """The edition with its pictures, what it was made from, and what `preview --why` says."""

    edition: Edition
    draft: Draft
    why: list[str]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    async def make() -> Made:
        folder = tmp_path_factory.mktemp("week")
        async with open_week(folder, images="embedded", watch=["larder"]) as newsroom:
            draft = await newsroom.draft()
            edition, _ = await illustrated(newsroom, draft.edition)
            return Made(edition, draft, newsroom.why(draft))

    return asyncio.run(make())


@pytest.fixture(scope="session")
def edition(made: Made) -> Edition:
    return made.edition
