"""Pictures of every theme, of the three real feeds: `python -m tests.rendering.screenshots DIR`.

Needs Chromium, and the real feeds in the folder `shared` beside the project.
Pictures of the feeds are drawn here, since nothing is fetched.
"""

from __future__ import annotations

import colorsys
import struct
import subprocess
import sys
import tempfile
import zlib
from itertools import product
from math import sin
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from msgspec.structs import replace

from digest.config.looks import Theme
from digest.feeds.identity import identify
from digest.model import More, Picture, Section, Story
from digest.rendering.clean import clean_entries
from digest.rendering.templates import Templates
from tests import limits
from tests.conftest import SHARED
from tests.feed_xml import parse_feed
from tests.rendering.samples import NOW, edition

if TYPE_CHECKING:
    from digest.model import CleanEntry, Edition

WIDTHS = (375, 700)
PICTURES, PICTURES_AT = 3, "https://pictures.example/"
MODES = {"light": 1, "dark": 0}
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--allow-file-access-from-files",
)


def real_edition(feeds: Path, *, full: bool = False) -> Edition:
    """An edition of the newest entries of the feeds in a folder."""
    sections = [_section(path, full=full) for path in sorted(feeds.glob("*.xml"))]
    first = sections[0].stories[0]
    top = Section("Top stories", (replace(first, watched=("kubernetes",)),), top=True)
    sections[0] = replace(sections[0], stories=sections[0].stories[1:])
    stories = [story for section in (top, *sections) for story in section.stories]
    return edition(*stories, sections=(top, *sections), next_at=NOW.replace(day=23))


def _section(path: Path, *, full: bool) -> Section:
    parsed = parse_feed(path.read_bytes(), f"https://site.example/{path.name}")
    entries = clean_entries(identify(parsed))[:6]
    title = parsed.title or path.stem
    stories = [_story(n, entry, title, full=full) for n, entry in enumerate(entries)]
    return Section(title, tuple(stories), parsed.link, (More(title, parsed.link, 14),))


def _story(number: int, entry: CleanEntry, feed: str, *, full: bool) -> Story:
    return Story(
        title=entry.title,
        url=entry.link,
        feed=feed,
        author=entry.author,
        published=entry.published,
        excerpt=entry.excerpt,
        reading_minutes=max(1, entry.words // 230),
        html=entry.html if full and number < 2 else "",
        image=entry.image,
        picture=Picture(f"{PICTURES_AT}{number}.png", 1200, 630) if number < PICTURES else None,
        brief=number > 4,
    )


def write_picture(path: Path, hue: int, width: int = 636, height: int = 334) -> None:
    """Draw hills under a sky as a PNG file."""
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
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(data))


def shoot(page: Path, target: Path, width: int, mode: str, *, images: bool, height: int) -> None:
    """Take a picture of a page, in a frame of so many pixels: windows have a least width."""
    frame = page.with_name(f"{page.stem}-frame.html")
    frame.write_text(
        f"<body style='margin:0'><iframe src='{page.name}' width='{width}' height='{height}' "
        "style='border:0;display:block'></iframe>"
    )
    settings = (
        f"--blink-settings=preferredColorScheme={MODES[mode]},imagesEnabled={str(images).lower()}"
    )
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *("chromium", *_FLAGS, settings, f"--user-data-dir={profile}"),
                *(f"--window-size={max(width, 500)},{height}", f"--screenshot={target}"),
                frame.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=limits.seconds(60),
        )


def main(folder: Path, height: int = 1400) -> None:
    """Shoot every theme, width, mode, with and without pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    feeds = SHARED / "feeds"
    for number in range(PICTURES):
        write_picture(folder / f"{number}.png", number)
    for theme in get_args(Theme):
        html = Templates(theme=theme).html(real_edition(feeds)).replace(PICTURES_AT, "")
        page = folder / f"{theme}.html"
        page.write_text(html, "utf-8")
        for width, mode, images in product(WIDTHS, MODES, (True, False)):
            name = f"{theme}-{width}-{mode}{'' if images else '-no-images'}.png"
            shoot(page, folder / name, width, mode, images=images, height=height)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
