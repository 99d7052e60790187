"""The settings of how a digest looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.config.files import CHANNELS, FEEDS, load, refusal

if TYPE_CHECKING:
    from pathlib import Path

HEAD = FEEDS + CHANNELS + "digests:\n  weekly:\n    schedule: daily at 07:00\n    send_to: out\n"


def look_of(folder: Path, look: str) -> dict[str, object]:
    settings = load(folder, f"{HEAD}    look: {look}\n")
    return settings.digests["weekly"].look.model_dump()


def test_what_a_digest_looks_like_if_nobody_says(tmp_path: Path) -> None:
    weekly = load(tmp_path, HEAD).digests["weekly"]
    assert (weekly.theme, weekly.content) == ("classic", "excerpt")
    assert weekly.look.model_dump() == {
        "accent": "#1b5e8c",
        "logo": None,
        "logo_width": None,
        "logo_height": None,
        "font": None,
        "text_size": "normal",
        "width": 600,
    }


@pytest.mark.parametrize(
    ("given", "stack"),
    [
        ('"Georgia"', "Georgia"),
        ('"Georgia, Times New Roman,serif"', "Georgia, 'Times New Roman', serif"),
        ("'\"Segoe UI\", -apple-system'", "'Segoe UI', -apple-system"),
    ],
)
def test_fonts_are_a_stack_as_css_has_it(tmp_path: Path, given: str, stack: str) -> None:
    assert look_of(tmp_path, f"{{font: {given}}}")["font"] == stack


def test_a_colour_is_written_small(tmp_path: Path) -> None:
    assert look_of(tmp_path, '{accent: "#AB12CD"}')["accent"] == "#ab12cd"


@pytest.mark.parametrize(
    ("look", "key", "said"),
    [
        ('{accent: "red"}', "accent", "must be a colour like '#1b5e8c'"),
        ('{accent: "#fff"}', "accent", "must be a colour like '#1b5e8c'"),
        ('{accent: "#1b5e8c; x"}', "accent", "must be a colour like '#1b5e8c'"),
        ('{font: "a; color: red"}', "font", "must be font names parted by commas"),
        ('{font: "</style>"}', "font", "must be font names parted by commas"),
        ('{font: ""}', "font", "must be font names parted by commas"),
        ("{logo: 'http://site.example/a.png'}", "logo", "must start with https://"),
        ("{logo: a.png}", "logo", "must be a web address"),
        ("{width: 300}", "width", "must be at least 480"),
        ("{width: 900}", "width", "must be at most 700"),
        ("{acent: 1}", "acent", "unknown key; did you mean 'accent'?"),
    ],
)
def test_a_bad_look_is_named(tmp_path: Path, look: str, key: str, said: str) -> None:
    [problem] = refusal(tmp_path, f"{HEAD}    look: {look}\n").problems
    assert problem.key == f"digests.weekly.look.{key}"
    assert problem.line
    assert said in problem.message


def test_a_logo_needs_a_size(tmp_path: Path) -> None:
    look = "{logo: 'https://site.example/a.png', logo_width: 100}"
    [problem] = refusal(tmp_path, f"{HEAD}    look: {look}\n").problems
    assert problem.message == "a logo needs logo_width and logo_height"


def test_an_unknown_theme_is_named_with_the_nearest(tmp_path: Path) -> None:
    [problem] = refusal(tmp_path, f"{HEAD}    theme: magasine\n").problems
    assert problem.key == "digests.weekly.theme"
    assert "did you mean 'magazine'?" in problem.message
