"""The index and the feed of a folder of pages, made of what is in the folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.channels.atomic_files import numbers_of
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
    """List every page of a folder that an edition is on; answers where the index is.

    Whoever writes it last has seen the pages of all others.
    """
    return renew(folder / INDEX, lambda _: index_page(_pages(folder, template)).encode())


def renew_feed(folder: Path, path: Path, newer: bytes) -> Path:
    """Add the entry of an edition to a folder's feed; its page is at a path or a number of it."""
    text = newer.decode()
    [urn] = feed_ids(text)
    heads = ((page, _head(page)) for page in numbers_of(path))
    if page := next((page for page, head in heads if head and head.id == urn), None):
        text = linked(text, link_between(folder, page))
    return add_to_feed(folder / FEED, text.encode())


def add_to_feed(path: Path, newer: bytes) -> Path:
    """Add the entry of an edition to a feed; answers where the feed is."""
    return renew(path, partial(_grown, newer=newer))


def link_between(folder: Path, path: Path) -> str:
    """How a page of a folder is linked to from there."""
    return quote(path.relative_to(folder).as_posix())


def _grown(feed: bytes | None, newer: bytes) -> bytes:
    return newer if feed is None else merged(feed.decode(), newer.decode()).encode()


def _pages(folder: Path, template: str) -> list[tuple[str, PageHead]]:
    """The link and the head of a page of each edition."""
    # The last of an id is taken: programs that sync make copies, which have longer names.
    paths = sorted(with_numbers(template)[-_MOST_PAGES:], key=lambda path: -len(path.name))
    heads = ((path, _head(path)) for path in paths)
    by_id = {head.id: (link_between(folder, path), head) for path, head in heads if head}
    return list(by_id.values())


def _head(path: Path) -> PageHead | None:
    if not path.is_file():
        return None
    try:
        with path.open("rb") as page:
            return page_head(page.read(HEAD_BYTES).decode(errors="replace"))
    except OSError:
        # Others may have put anything beside the pages: what cannot be read is none of them.
        return None
