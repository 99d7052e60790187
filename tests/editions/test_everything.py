"""An edition of everything there is to read from, in every form."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from digest.config.channels import CHANNEL_KINDS
from digest.rendering.templates import THEMES
from tests.channels.places import places_of
from tests.editions.everything import FULL_TEXT, forms, open_everything, sources
from tests.rendering.checker import complaints

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Edition

pytest.importorskip("trafilatura")
pytest.importorskip("recurring_ical_events")


def links_of(edition: Edition) -> set[str]:
    """Where its stories are, and what is shown with them."""
    stories = edition.stories
    copies = {other.url for story in stories for other in story.also_in}
    related = {other.url for story in stories for other in story.related}
    return {story.url for story in stories} | copies | related


@pytest.mark.slow
async def test_every_kind_of_source_and_block_is_in_every_form(
    tmp_path: Path, shared: Path
) -> None:
    async with open_everything(tmp_path, shared / "feeds") as edition:
        made = forms(edition)

    links = links_of(edition)
    for case in sources().values():
        assert links & {entry.link for entry in case.parse().entries}, case
    assert sum("forem.com" in link for link in links) >= 3
    assert edition.missing_blocks == ()
    (full,) = (story for story in edition.stories if story.title == FULL_TEXT)
    assert "mayor" in full.excerpt
    pushes = {f"{kind}.txt" for kind in CHANNEL_KINDS if not places_of(kind)[0].whole}
    for name, text in made.items():
        # Some services would make a link of a name with a full stop, if it were written as it is.
        read = unescape(text).replace("\u2060", "")
        blocks = () if name in pushes else ("Berlin", "Open-Meteo.com", "Dentist")
        for shown in (*blocks, FULL_TEXT):
            assert shown in read, name
        if name.removesuffix(".html") in THEMES:
            assert complaints(text) == [], name
