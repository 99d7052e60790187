"""Pictures of every theme with the ordinary week: `python -m tests.rendering.screenshots`.

Writes those of `docs/images/`: light, dark and narrow. With a folder, and a height in pixels if the
whole is to be seen, they go there: look at them. Needs Chromium, pngquant, and fonts for Japanese,
Arabic and Hebrew; Debian: `apt install chromium pngquant fonts-noto-core fonts-noto-cjk`. Pictures
of the feeds are drawn here, since nothing is fetched.
"""

from __future__ import annotations

import asyncio
import colorsys
import struct
import subprocess
import sys
import tempfile
import zlib
from math import sin
from pathlib import Path
from typing import NamedTuple

from digest.rendering.pictures import self_contained
from digest.rendering.templates import THEMES, Templates
from tests import limits
from tests.editions.week.reading import PICTURES, illustrated, open_week

DOCS = Path(__file__).parents[2] / "docs/images"
MODES = {"light": 1, "dark": 0}
_WIDEST, _NARROWEST_WINDOW = 640, 500
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--allow-file-access-from-files",
)


class Shot(NamedTuple):
    """How a page is looked at: so many pixels of it, in a mode."""

    width: int
    height: int
    mode: str


def shots(theme: str, height: int) -> dict[str, Shot]:
    """What there is to see of a theme, by name; the first is for the README."""
    return {
        theme: Shot(375, 820, "dark" if theme == "compact" else "light"),
        f"{theme}-light": Shot(700, height, "light"),
        f"{theme}-dark": Shot(700, height, "dark"),
        f"{theme}-narrow": Shot(375, height, "light"),
    }


def drawn(hue: int, width: int, height: int) -> bytes:
    """Hills under a sky, as a PNG."""
    scale = min(1.0, _WIDEST / width)
    width, height = round(width * scale), round(height * scale)
    hills = [
        [height * (0.45 + 0.2 * n) + 40 * sin(x / (90 - 20 * n) + hue + n) for x in range(width)]
        for n in range(3)
    ]
    layers = [
        colorsys.hsv_to_rgb((hue * 0.13 + 0.55) % 1, 0.25 + 0.2 * n, 0.9 - 0.2 * n)
        for n in range(4)
    ]
    colours = [bytes(round(255 * channel) for channel in layer) for layer in layers]
    rows = b"".join(
        b"\0" + b"".join(colours[sum(y > hill[x] for hill in hills)] for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    data = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(data)


async def write_pages(folder: Path) -> None:
    """Write the edition of the week as a page in each theme."""
    pictures = {url: drawn(hue, *size) for hue, (url, size) in enumerate(PICTURES.items())}
    async with open_week(folder, images="embedded", watch=["larder"]) as newsroom:
        edition, files = await illustrated(newsroom, await newsroom.edition(), pictures)
    for theme in THEMES:
        page = self_contained(Templates(theme=theme).fitted(edition), files)
        (folder / f"{theme}.html").write_text(page, "utf-8")


def shoot(page: Path, target: Path, shot: Shot) -> None:
    """Take a picture of a page; what is narrower than any window is made larger."""
    scale = max(1.0, _NARROWEST_WINDOW / shot.width)
    width, height = round(shot.width * scale), round(shot.height * scale)
    frame = page.with_name(f"{page.stem}-frame.html")
    frame.write_text(
        f"<body style='margin:0'><iframe src='{page.name}' width='{shot.width}' "
        f"height='{shot.height}' style='border:0;display:block;transform-origin:0 0;"
        f"transform:scale({scale})'></iframe>"
    )
    _run(
        *("chromium", *_FLAGS, f"--blink-settings=preferredColorScheme={MODES[shot.mode]}"),
        *(f"--user-data-dir={page.parent / 'profile'}", f"--screenshot={target}"),
        *(f"--window-size={width},{height}", frame.as_uri()),
    )


def shrink(picture: Path) -> None:
    """Make a PNG one of 64 colours."""
    _run("pngquant", "--force", "--strip", "--speed=1", f"--output={picture}", "64", str(picture))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=limits.seconds(60))


def main(folder: str = str(DOCS), height: str = "1500") -> None:
    """Shoot every theme: light, dark and narrow."""
    target = Path(folder).absolute()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        asyncio.run(write_pages(Path(work)))
        for theme in THEMES:
            for name, shot in shots(theme, int(height)).items():
                shoot(Path(work, f"{theme}.html"), target / f"{name}.png", shot)
                shrink(target / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:3])
