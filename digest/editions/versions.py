"""Titles that are only a version, with the project that it is of: `uv 0.12.4` for `0.12.4`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Entry

_STAGE = r"(?:alpha|beta|rc|pre|preview|dev|nightly|canary|stable|final|lts|hotfix|post|patch)"
_VERSION = re.compile(
    rf"(?:(?:release|version|versión|versão|versione|versie|tag)[\s_/:-]*)?"
    rf"(?P<version>(?:v\.?\s?\d+|\d+[._]\d+)(?:[._]\d+)*"
    rf"(?:[\s._+-]*\(?{_STAGE}\)?(?:[\s._-]?\d+)*|(?:a|b|rc)\d+)?(?:[+-][\da-z.-]+)?"
    rf"(?:\s\(\d{{4}}-\d\d-\d\d\))?)",
    re.IGNORECASE,
)
_LONGEST = 60
# A diary has the day for a title.
_DAY = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d\d){1,2}")
# What GitHub, Gitea and Forgejo, PyPI and projects put around the name.
_BEFORE = re.compile(
    r"(?:(?:all |new |latest |recent )?(?:release notes|releases|tags|updates) (?:from|for|of)"
    r"|pypi recent updates for|changelog (?:of|for))\s+",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"[\s:|–-]+(?:release notes|releases?|tags|changelog|versions|updates)$", re.IGNORECASE
)
# Where the name stands in the path: after the owner, or after a word for a package.
_PAGES = (
    re.compile(r"/[^/]+/(?P<name>[^/]+)(?:/-)?/(?:releases|tags|tree|src/tag|commits?)(?:/|$)"),
    re.compile(r"^/(?:project|crates|package|gems|packages)/(?P<name>(?:@[^/]+/)?[^/]+)(?:/|$)"),
)


def with_projects(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries, those of which the title is only a version with the project in it."""
    return tuple(map(_with_project, entries))


def _with_project(entry: Entry) -> Entry:
    version = _version(entry.title)
    project = _project_of(entry) if version else ""
    return replace(entry, title=f"{project} {version}") if project else entry


def _version(title: str) -> str:
    if len(title) > _LONGEST or _DAY.fullmatch(title):
        return ""
    match = _VERSION.fullmatch(title.strip())
    return match["version"] if match else ""


def _project_of(entry: Entry) -> str:
    """What an entry is a release of: by its feed's title, its link, or else its feed; or nothing.

    What a feed that is of releases is called comes first, as it is written for readers.
    """
    title = entry.feed_title.strip()
    named = _BEHIND.sub("", _BEFORE.sub("", title, count=1))
    if named != title:
        return named.rpartition("/")[2].strip() or named
    path = unquote(urlsplit(entry.link).path)
    pages = (page.search(path) for page in _PAGES)
    return next((match["name"] for match in pages if match), title)
