"""The colours of an edition: all of its text can be read, in light and in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

# WCAG 2.1, success criterion 1.4.3.
LEAST_CONTRAST = 4.5
_STEPS = 50


class Palette(Struct, frozen=True):
    """Colours as `#rrggbb`: of what is behind text, of text, and of lines."""

    page: str
    card: str
    panel: str
    line: str
    ink: str
    text: str
    muted: str
    accent: str


# No pure white or black: Gmail and Outlook turn those over first.
_LIGHT = Palette(
    page="#f3f4f6",
    card="#fefefe",
    panel="#f3f4f6",
    line="#e2e5e9",
    ink="#1c2430",
    text="#333d49",
    muted="#59636e",
    accent="#010101",
)
_DARK = Palette(
    page="#14181d",
    card="#1d232a",
    panel="#14181d",
    line="#343c46",
    ink="#f0f2f4",
    text="#d3d9df",
    muted="#a9b3be",
    accent="#fefefe",
)


def palettes(accent: str) -> tuple[Palette, Palette]:
    """The colours for light and for dark; the accent is one that can be read there."""
    return _with_accent(_LIGHT, accent, 0.06), _with_accent(_DARK, accent, 0.12)


def _with_accent(base: Palette, accent: str, tint: float) -> Palette:
    panel = mix(base.card, accent, tint)
    # The accent of a base palette is as far as one may go to be read.
    legible = readable(accent, (base.page, base.card, panel), base.accent)
    return replace(base, panel=panel, accent=legible)


def readable(colour: str, backgrounds: Sequence[str], end: str) -> str:
    """The colour, as far on the way to `end` as it takes to be read on all backgrounds."""
    for step in range(_STEPS):
        mixed = mix(colour, end, step / _STEPS)
        if all(contrast(mixed, background) >= LEAST_CONTRAST for background in backgrounds):
            return mixed
    return end


def mix(colour: str, other: str, share: float) -> str:
    """A colour with a share, of 0 to 1, of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour, 0 to 1 (WCAG 2.1)."""
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))
