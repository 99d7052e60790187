"""A title that is only a version has its project, and any other is as its feed has it."""

from __future__ import annotations

from time import process_time

import pytest
from msgspec.structs import replace

from digest.editions.similarity.stories import group
from digest.editions.versions import with_projects
from tests import limits
from tests.editions.entries import entry

GITHUB = "https://github.com/astral-sh/uv/releases/tag/0.12.4"


def titled(title: str, feed: str = "Release notes from uv", link: str = GITHUB) -> str:
    [full] = with_projects([replace(entry(1, title=title, link=link), feed_title=feed)])
    return full.title


@pytest.mark.parametrize(
    ("title", "full"),
    [
        ("0.12.4", "uv 0.12.4"),
        ("v0.12.4", "uv v0.12.4"),
        ("V3", "uv V3"),
        ("Release 0.12.4", "uv 0.12.4"),
        ("Version 2.0", "uv 2.0"),
        ("release-1.4.0", "uv 1.4.0"),
        ("2026.11.1", "uv 2026.11.1"),
        ("v1.31.0-rc.1", "uv v1.31.0-rc.1"),
        ("3.15.0a2", "uv 3.15.0a2"),
        ("2.0 beta 3", "uv 2.0 beta 3"),
        ("1.2.3+build.5", "uv 1.2.3+build.5"),
        ("v22.1.0 (LTS)", "uv v22.1.0 (LTS)"),
        ("1.4.0 (2026-11-29)", "uv 1.4.0 (2026-11-29)"),
        # A number is a post's id, a day a diary's, and what has a name has one.
        *((same, same) for same in ("112", "2026", "29.11.2026", "uv 0.12.4", "v3.0.0: Otters")),
        *((same, same) for same in ("Version control", "1.5 million users", "", "vim")),
    ],
)
def test_a_title_that_is_only_a_version_has_its_project(title: str, full: str) -> None:
    assert titled(title) == full


@pytest.mark.parametrize(
    ("feed", "link", "project"),
    [
        ("Release notes from uv", "", "uv"),
        ("Tags from uv", GITHUB, "uv"),
        (
            "Releases for forgejo/runner",
            "https://code.example/forgejo/runner/releases/tag/1",
            "runner",
        ),
        ("PyPI recent updates for uv", "https://pypi.org/project/uv/1.0/", "uv"),
        ("Node.js Releases", "https://nodejs.example/1", "Node.js"),
        ("Immich – Changelog", "", "Immich"),
        # A list of the releases of many.
        ("Starred", GITHUB, "uv"),
        ("", "https://gitlab.com/a/group/uv/-/releases/v1", "uv"),
        ("", "https://www.npmjs.com/package/@scope/name/v/1.0.0", "@scope/name"),
        ("Lantern", "https://lantern.example/1.0", "Lantern"),
    ],
)
def test_the_project_is_named_by_the_feed_or_the_repository(
    feed: str, link: str, project: str
) -> None:
    assert titled("1.0.0", feed, link) == f"{project} 1.0.0"


def test_without_a_project_a_version_stays_alone() -> None:
    assert titled("1.0.0", "", "https://example.com/") == "1.0.0"


def test_the_same_version_of_two_projects_is_two_stories() -> None:
    releases = [
        replace(entry(n, name, title="v3.0.0"), feed_title=f"Release notes from {name}")
        for n, name in enumerate(("immich", "forgejo"))
    ]
    assert len(group(with_projects(releases))) == 2


@pytest.mark.parametrize("unit", ["1.", "1_1", "v1-", "release ", "1.0-rc", " ", "1 ("])
def test_hostile_titles_take_no_time(unit: str) -> None:
    began = process_time()
    titled(unit * 1_000, "releases of " * 1_000, "https://x.example" + "/a/releases" * 1_000)
    titled((unit * 60)[:60], " - releases" * 1_000)
    assert process_time() - began < limits.seconds(1)
