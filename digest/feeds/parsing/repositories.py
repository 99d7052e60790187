"""Repositories of code: whose a page is, and one name for all pages of a repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from digest.model import ParsedEntry

_PAGE = re.compile(r"(?P<site>https?://[^/?#]{1,255}/)(?P<repository>[^/?#]{1,100}/[^/?#]{1,100})")


def repository_of(link: str) -> str:
    """`owner/name` of the repository that a page is of; empty where it is of none."""
    page = _PAGE.match(link)
    return page["repository"] if page else ""


def under_name(entry: ParsedEntry, name: str) -> ParsedEntry:
    """An entry with the addresses of its repository as they were before that was renamed.

    Otherwise a new name would be an edit of all that is listed. Pages are found by either name.
    """
    page = _PAGE.match(entry.link)
    if not page or page["repository"].lower() == name.lower():
        return entry
    address = re.compile(rf"{re.escape(page[0])}(?![\w.-])", re.IGNORECASE)

    def renamed(text: str) -> str:
        return address.sub(lambda _: page["site"] + name, text)

    return replace(
        entry,
        link=renamed(entry.link),
        base=renamed(entry.base),
        html=renamed(entry.html),
        discussion=renamed(entry.discussion),
    )
