"""The index and the feed of a folder of pages, made of what is in the folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.channels.file.find import with_numbers
from digest.channels.file.owned import renew
from digest.config.channels.file import FEED, INDEX
from digest.rendering.file.archive import HEAD_BYTES, index_page, page_head
from digest.rendering.file.feed import feed_ids, linked, merged

if TYPE_CHECKING:
    from pathlib import Path

    from digest.rendering.file.archive import PageHead

# What a look at each of a folder's pages is bounded by.
_MOST_PAGES = 5_000


def renew_index(folder: Path, template: str) -> Path:
    """List every page of a folder that an edition is on; answers where the index is."""
    if not (pages := _pages(folder, template)):
        # They were taken away just now.
        return folder / INDEX
    return renew(folder / INDEX, lambda _: index_page(pages.values()).encode())


def renew_feed(folder: Path, template: str, newer: bytes) -> Path:
    """Add the entry of an edition, with a link to its page, to a folder's feed."""
    pages = _pages(folder, template)
    text = newer.decode()
    [urn] = feed_ids(text)
    if urn in pages:
        text = linked(text, pages[urn][0])
    return add_to_feed(folder / FEED, text.encode())


def add_to_feed(path: Path, newer: bytes) -> Path:
    """Add the entry of an edition to a feed; answers where the feed is."""
    return renew(path, partial(_grown, newer=newer))


def link_between(folder: Path, path: Path) -> str:
    """How a page of a folder is linked to from there."""
    return quote(path.relative_to(folder).as_posix())


def _grown(feed: bytes | None, newer: bytes) -> bytes:
    return newer if feed is None else merged(feed.decode(), newer.decode()).encode()


def _pages(folder: Path, template: str) -> dict[str, tuple[str, PageHead]]:
    """The link and the head of each page, by the id of its edition."""
    heads = ((path, _head(path)) for path in with_numbers(template)[-_MOST_PAGES:])
    return {head.id: (link_between(folder, path), head) for path, head in heads if head}


def _head(path: Path) -> PageHead | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as page:
            return page_head(page.read(HEAD_BYTES).decode(errors="replace"))
    except OSError:
        # Others may have put anything beside the pages: what cannot be read is none of them.
        return None
