"""`requirements/`, which `.ci/lock` writes, has what pyproject.toml asks for, each by hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
IMAGE = [
    *PROJECT["project"]["dependencies"],
    *EXTRAS["calendar"],
    *EXTRAS["dkim"],
    *EXTRAS["mail"],
]
ASKED = {
    "image": IMAGE,
    "full-text": [*IMAGE, *EXTRAS["full-text"]],
    "run": PROJECT["project"]["dependencies"],
    "dev": [
        *PROJECT["project"]["dependencies"],
        *EXTRAS["dev"],
    ],
    "build": PROJECT["build-system"]["requires"],
    "docs": EXTRAS["docs"],
}


def locked(name: str) -> dict[str, Version]:
    lines = (ROOT / f"requirements/{name}.txt").read_text("utf-8").splitlines()
    pins = (re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines)
    return {canonicalize_name(pin[1]): Version(pin[2]) for pin in pins if pin}


@pytest.mark.parametrize("name", ASKED)
def test_each_version_is_one_that_is_asked_for(name: str) -> None:
    pins = locked(name)
    for asked in map(Requirement, ASKED[name]):
        assert asked.specifier.contains(pins[canonicalize_name(asked.name)]), asked


@pytest.mark.parametrize("name", ASKED)
def test_each_version_has_its_hashes(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)


def test_tests_run_with_what_users_have() -> None:
    for name in ("run", "image", "full-text"):
        assert locked(name).items() <= locked("dev").items()


def test_the_site_is_built_beside_the_tests() -> None:
    docs, dev = locked("docs"), locked("dev")
    shared = docs.keys() & dev.keys()
    assert shared
    assert {name: docs[name] for name in shared} == {name: dev[name] for name in shared}


@pytest.mark.parametrize(
    ("library", "last_with_hole", "mended_in"),
    [
        # A use after free in the parser of responses.
        ("aiohttp", "3.14.2", "3.14.3"),
        # External entities by default in iterparse() and ETCompatXMLParser (CVE-2026-41066).
        ("lxml", "6.0.4", "6.1.0"),
    ],
)
def test_no_version_with_a_known_hole_is_asked_for(
    library: str, last_with_hole: str, mended_in: str
) -> None:
    (asked,) = (one for one in map(Requirement, ASKED["run"]) if one.name == library)
    assert not asked.specifier.contains(last_with_hole)
    assert asked.specifier.contains(mended_in)
