"""Feeds for benchmarks, made from the texts of the demo's sample feeds; the same ones every time.

    python -m tests.benchmarks.corpus NUMBER

prints the small feed of that number in its first version.

A small feed has 20 entries in about 20 KB, a large one 200 in about 260 KB. A third are Atom, the
others RSS 2.0. They differ in how they carry HTML: escaped or in CDATA, as the description, as
the content, or both; and in whether they name authors.
"""

from __future__ import annotations

import html
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from itertools import product, starmap
from pathlib import Path
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import escape

import digest.cli

SMALL, LARGE = 20, 200
# When the first version was made; all entries are older.
_BUILT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_DEMO = Path(digest.cli.__file__).parent / "demo/sample_feeds"
_CONTENT = re.compile(
    r'<!\[CDATA\[(.*?)\]\]>|<content type="(?:html|xhtml)">(.*?)</content>',
    re.DOTALL,
)
_BLOCK = re.compile(r"<(p|ul|ol|pre|blockquote|figure|table|h[23])\b.*?</\1>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_AUTHOR = re.compile(r"<(?:dc:creator|name)>(.*?)<", re.DOTALL)


class Version(NamedTuple):
    """With one new entry on top, and the oldest gone? With a later date of the feed itself?"""

    new: bool
    restamped: bool


@dataclass(frozen=True)
class _Words:
    blocks: list[str]
    titles: list[str]
    authors: list[str]


@cache
def _words() -> _Words:
    texts = [path.read_text("utf-8") for path in sorted(_DEMO.iterdir()) if path.suffix != ".json"]
    blocks = []
    for text in texts:
        for cdata, element in _CONTENT.findall(text):
            content = cdata or html.unescape(element)
            blocks += [match.group(0) for match in _BLOCK.finditer(content)]
    return _Words(
        blocks=blocks,
        titles=[html.unescape(title) for text in texts for title in _TITLE.findall(text)],
        authors=[html.unescape(name) for text in texts for name in _AUTHOR.findall(text)],
    )


class _Feed:
    """How one feed writes; entries are numbered from the oldest on."""

    def __init__(self, number: int, entries: int) -> None:
        self.home = f"https://site-{number}.example"
        self.is_atom = number % 3 == 0
        self._size = 660 if entries == LARGE else 370
        self._cdata = number % 2 == 0
        self._summary = number % 5 == 0
        self._authors = number % 4 != 1
        self._random = Random(f"{number}/{entries}")

    def entry(self, serial: int) -> str:
        words = _words()
        link = f"{self.home}/{2000 + serial // 100}/{serial}/"
        title = f"{self._random.choice(words.titles)}, {serial}"
        date = _BUILT + timedelta(hours=serial - LARGE - 1)
        author = self._random.choice(words.authors) if self._authors else ""
        body = self._html()
        if self.is_atom:
            return self._atom(link, title, date, author, body)
        return self._rss(link, title, date, author, body)

    def _html(self) -> str:
        blocks: list[str] = []
        while sum(map(len, blocks)) < self._size:
            block = self._random.choice(_words().blocks)
            if len(block) < 2 * self._size:
                blocks.append(block)
        return "\n".join(blocks)

    def _text(self, text: str) -> str:
        return f"<![CDATA[{text}]]>" if self._cdata else escape(text)

    def _rss(self, link: str, title: str, date: datetime, author: str, body: str) -> str:
        by = f"<dc:creator>{escape(author)}</dc:creator>\n      " if author else ""
        if self._summary:
            said = (
                f"<description>{escape(title)}.</description>\n      "
                f"<content:encoded>{self._text(body)}</content:encoded>"
            )
        else:
            said = f"<description>{self._text(body)}</description>"
        return f"""
    <item>
      <title>{escape(title)}</title>
      <link>{link}</link>
      <guid isPermaLink="true">{link}</guid>
      <pubDate>{format_datetime(date)}</pubDate>
      {by}{said}
    </item>"""

    def _atom(self, link: str, title: str, date: datetime, author: str, body: str) -> str:
        by = f"<author><name>{escape(author)}</name></author>\n    " if author else ""
        return f"""
  <entry>
    <title>{escape(title)}</title>
    <id>{link}</id>
    <link rel="alternate" type="text/html" href="{link}"/>
    <published>{date.isoformat()}</published>
    <updated>{date.isoformat()}</updated>
    {by}<content type="html">{self._text(body)}</content>
  </entry>"""

    def document(self, stamp: datetime, entries: list[str]) -> bytes:
        title = f"Notes of {self.home[8:]}"
        if self.is_atom:
            text = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title>{escape(title)}</title>
  <id>{self.home}/</id>
  <link rel="alternate" type="text/html" href="{self.home}/"/>
  <updated>{stamp.isoformat()}</updated>
  <author><name>{escape(title)}</name></author>{"".join(entries)}
</feed>
"""
        else:
            text = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>{escape(title)}</title>
    <link>{self.home}/</link>
    <description>Notes that are made for a benchmark.</description>
    <language>en</language>
    <lastBuildDate>{format_datetime(stamp)}</lastBuildDate>{"".join(entries)}
  </channel>
</rss>
"""
        return text.encode()


def stamp_of(version: Version) -> datetime:
    """When a version was made."""
    return _BUILT + timedelta(hours=2 * version.new + version.restamped)


def make_feed(number: int, entries: int = SMALL) -> dict[Version, bytes]:
    """All versions of the feed of this number, with SMALL or LARGE many entries."""
    feed = _Feed(number, entries)
    newest, *others = [feed.entry(serial) for serial in range(entries + 1, 0, -1)]
    made = {}
    for version in starmap(Version, product((False, True), repeat=2)):
        there = [newest, *others[:-1]] if version.new else others
        made[version] = feed.document(stamp_of(version), there)
    return made


if __name__ == "__main__":
    print(make_feed(int(sys.argv[1]))[Version(new=False, restamped=False)].decode(), end="")
