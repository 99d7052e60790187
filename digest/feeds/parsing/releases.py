"""Releases of software: which are not final, what they are called, and what their notes are for."""

from __future__ import annotations

import re

# How tags say that they are not final, where nothing else does (PEP 440, semver.org): 1.0rc1,
# v2.0.0-beta.3, 3.15.0a2, nightly, 1.4.dev7; but 2025b is a final release of tzdata.
_PRERELEASE = re.compile(
    r"(?<![a-z])(?:rc|alpha|beta|dev|pre|preview|nightly|canary|snapshot)(?![a-z])"
    r"|[0-9][._-]?[abc][._-]?[0-9]",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(r"(?:(?:release|version)[\s:]+)?v?(?=[0-9])", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{3,}")
# Names of projects that say nothing without their owner's.
_COMMON_NAMES = frozenset({"api", "app", "cli", "client", "core", "desktop", "server", "web"})
# What notes have for those who wrote it: who helped for the first time, and where all changes are.
_CREDITS = re.compile(
    r"<h[1-6][^<>]{0,200}>[^<>]{0,20}New Contributors[^<>]{0,20}</h[1-6]>\s{0,20}<ul\b"
)
_CHANGELOG = re.compile(
    r"<p[^<>]{0,200}>\s{0,20}<strong>Full Changelog</strong>:?\s{0,20}<a\b[^<>]{0,2000}>"
    r"(?:[^<>]|</?tt>){0,500}</a>\s{0,20}</p>"
)
_END_OF_LIST = "</ul>"
# What feeds of releases say where there are none.
_NO_NOTES = "No content."


def is_prerelease(tag: str) -> bool:
    """Whether a tag is marked as one of a version that is not final."""
    return bool(_PRERELEASE.search(tag))


def release_title(repository: str, title: str) -> str:
    """`uv 0.9.2` for v0.9.2 of astral-sh/uv; what names its project already stays as it is."""
    project = _project(repository)
    here = project.lower()
    if here in title.lower() or any(word in here for word in _WORD.findall(title.lower())):
        return title
    return f"{project} {_BEFORE_NUMBER.sub('', title.strip(), count=1)}"


def with_project(repository: str, title: str) -> str:
    """`uv: Fix the cache` for what happened in astral-sh/uv."""
    return f"{_project(repository)}: {title}"


def notes(html: str) -> str:
    """Release notes without who contributed first, and without the link to all changes."""
    html = _CHANGELOG.sub("", "" if html == _NO_NOTES else html)
    found = _CREDITS.search(html)
    end = html.find(_END_OF_LIST, found.end()) if found else -1
    if not found or end < 0:
        return html
    return html[: found.start()] + html[end + len(_END_OF_LIST) :]


def _project(repository: str) -> str:
    """What people call a repository that is `owner/name`."""
    name = repository.rpartition("/")[2]
    return repository if name.lower() in _COMMON_NAMES else name
