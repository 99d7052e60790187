"""Larger letters: every size of the styles, and nothing that a feed says."""

from __future__ import annotations

import re

import pytest

from digest.config.looks import LookSettings
from digest.rendering.templates import THEMES, Templates
from tests.rendering.samples import edition, story


@pytest.mark.parametrize("theme", THEMES)
def test_large_letters_are_a_third_larger(theme: str) -> None:
    said = story(excerpt="<style>p { font-size: 15px }</style> is what it says.")
    normal, large = (
        Templates(theme=theme, look=LookSettings(text_size=size)).html(edition(said))  # type: ignore[arg-type]
        for size in ("normal", "large")
    )
    style = re.compile(r"(?:font-size|line-height): (\d+)px(?! \})")

    sizes = [int(size) for size in style.findall(normal)]
    assert sizes
    assert [int(size) for size in style.findall(large)] == [round(size * 4 / 3) for size in sizes]
    assert "font-size: 15px }" in large
    assert style.sub("", normal) == style.sub("", large)
