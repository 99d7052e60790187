"""Repositories of code: whose a page is, and one name for all pages of a repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

if TYPE_CHECKING:
    from digest.model import ParsedEntry


def repository_of(link: str) -> str:
    """`owner/name` of the repository that a page is of."""
    return "/".join(urlsplit(link).path.split("/")[1:3])


def under_name(entry: ParsedEntry, name: str) -> ParsedEntry:
    """An entry with the addresses of its repository as they were before that was renamed.

    Otherwise a new name would be an edit of all that is listed. The pages are found by either name.
    """
    there = repository_of(entry.link)
    if there.lower() == name.lower() or there.count("/") != 1:
        return entry
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(entry.link))
    address = re.compile(rf"{re.escape(origin + there)}(?![\w.-])", re.IGNORECASE)

    def renamed(text: str) -> str:
        return address.sub(lambda _: origin + name, text)

    return replace(
        entry,
        link=renamed(entry.link),
        base=renamed(entry.base),
        html=renamed(entry.html),
        discussion=renamed(entry.discussion),
    )
