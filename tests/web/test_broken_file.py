"""What the overview says of a configuration file with an error, without being asked to reload."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from digest.app import daemon
from digest.errors import ConfigError, Problem
from tests import limits
from tests.databases import file_of
from tests.web.site import Site, serve

if TYPE_CHECKING:
    from digest.config import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def shown(site: Site, text: str) -> str:
    """The overview, once it matches this."""
    async with asyncio.timeout(limits.seconds(10)):
        while not re.search(text, page := await site.page("/")):
            pass
    return page


async def test_the_overview_says_it_until_it_is_over(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two seconds are long for a test.
    monkeypatch.setattr(daemon, "_LOOK_SECONDS", 0.01)
    folder = file_of(settings).parent / "broken"
    first = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db"})
    async with serve(first, folder) as site:
        await site.log_in()
        assert "c.yaml" not in await site.page("/")

        site.write(ConfigError(site.file, [Problem(37, "feeds", "is required")]))
        await shown(site, r"c\.yaml:37 has an error: feeds: is required")
        site.write(first.model_copy(update={"timezone": "Europe/Berlin"}))
        await shown(site, "c.yaml has no error now; `digest reload` takes it over")
        assert site.daemon.settings is first
        site.write(first)
        await shown(site, r"^(?![\s\S]*c\.yaml)")
