"""Colours: measured as WCAG does, and made so that all text can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.colours import LEAST_CONTRAST, contrast, mix, palettes, readable

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("first", "ratio"), [("#000000", 21.0), ("#767676", 4.54), ("#ffffff", 1.0)]
)
def test_the_measure_of_contrast(first: str, ratio: float) -> None:
    assert contrast(first, "#ffffff") == pytest.approx(ratio, abs=0.01)
    assert contrast("#ffffff", first) == contrast(first, "#ffffff")


@given(accent=COLOURS)
def test_all_text_can_be_read_whatever_the_accent(accent: str) -> None:
    for palette in palettes(accent):
        for text in (palette.ink, palette.text, palette.muted, palette.accent):
            for behind in (palette.page, palette.card, palette.panel):
                assert contrast(text, behind) >= LEAST_CONTRAST


def test_an_accent_that_can_be_read_stays() -> None:
    light, dark = palettes("#1b5e8c")
    assert light.accent == "#1b5e8c"
    assert dark.accent != "#1b5e8c"
    assert palettes("#9fd0ff")[1].accent == "#9fd0ff"


def test_an_accent_goes_no_further_than_it_must() -> None:
    pale = palettes("#ffee00")[0].accent
    assert LEAST_CONTRAST <= contrast(pale, "#f3f4f6") < LEAST_CONTRAST + 0.6


def test_a_colour_that_cannot_be_read_even_at_the_end_is_the_end() -> None:
    assert readable("#888888", ["#000000", "#ffffff"], "#ffffff") == "#ffffff"


@given(colour=COLOURS, other=COLOURS)
def test_a_mix_lies_between(colour: str, other: str) -> None:
    assert mix(colour, other, 0) == colour
    assert mix(colour, other, 1) == other
