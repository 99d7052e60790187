"""The documentation as a site: what is in it, and what its check notices."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.docs_site import problems

ROOT = Path(__file__).parents[1]
SITE = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]


def navigated(items: list[Any]) -> list[str]:
    """The pages of a navigation, in its order."""
    return [
        page
        for item in items
        for target in item.values()
        for page in ([target] if isinstance(target, str) else navigated(target))
    ]


def test_every_document_is_in_the_navigation_once() -> None:
    documents = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(navigated(SITE["nav"])) == sorted(documents)


def test_ci_builds_it_strictly() -> None:
    assert "\n.ci/docs\n" in (ROOT / ".ci/run").read_text("utf-8")
    assert "build --clean --strict\n" in (ROOT / ".ci/docs").read_text("utf-8")


def test_no_font_comes_from_elsewhere() -> None:
    assert SITE["theme"]["font"] is False


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="gone.html">x</a>', "nothing is at gone.html"),
        ('<a href="other.html#gone">x</a>', "nothing is at other.html#gone"),
        ('<a href="#gone">x</a>', "nothing is at #gone"),
        ('<a href="folder">x</a>', "nothing is at folder"),
        ('<img src="gone.png">', "nothing is at gone.png"),
        ('<script src="https://example.com/x.js"></script>', "loads https://example.com/x.js"),
        ("<p>Of these:\n- one\n- two</p>", "no paragraph: 'Of these:\\n- one\\n- two'"),
        ("<p>1. one</p>", "no paragraph: '1. one'"),
    ],
)
def test_a_problem_is_told(tmp_path: Path, body: str, problem: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "other.html").write_text('<h2 id="here">x</h2>', "utf-8")
    (tmp_path / "page.html").write_text(body, "utf-8")
    assert problems(tmp_path) == [f"page.html: {problem}"]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="other.html#here">x</a>',
        '<h2 id="a">x</h2><a href="#a">x</a>',
        '<a href="data.json">x</a>',
        '<a href="https://example.com/">x</a>',
        "<p>2026 - a year</p>",
    ],
)
def test_what_is_right_is_no_problem(tmp_path: Path, body: str) -> None:
    (tmp_path / "other.html").write_text('<h2 id="here">x</h2>', "utf-8")
    (tmp_path / "data.json").write_text("{}", "utf-8")
    (tmp_path / "page.html").write_text(body, "utf-8")
    assert problems(tmp_path) == []
