"""An archive is a folder of pages with an index and a feed, whatever else is in the folder."""

from __future__ import annotations

import io
import os
import re
import shutil
from datetime import timedelta
from functools import partial
from html import unescape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from msgspec.structs import replace

from digest.channels import channel_class
from digest.feeds.parsing.fast import parse
from digest.model import NO_PICTURES, BlockDay, BlockLine, EditionBlock
from digest.rendering.file import archive as pages
from digest.rendering.file import feed as feeds
from tests.channels import making
from tests.channels.file.saving import ended, in_process, killed_everywhere, sent
from tests.channels.making import TEMPLATES, deliveries, open_it
from tests.rendering.samples import NOW, edition, story

if TYPE_CHECKING:
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition

PATH = "site/{year}/{digest}-{date}.html"
SETTINGS = {"kind": "file", "path": PATH, "format": "html", "archive": True}
HOSTILE = (
    "</title><script>alert(1)</script>",
    "]]></content></entry><entry><id>x</id>",
    '" onload="alert(1)',
    "<!-- digest:begin x -->{{ 7 * 7 }}&amp;amp;\x0b\ufffe",
    "</li></ul></main><a href='javascript:x'>",
    "&lt;/entry&gt;\n</entry>\n",
)
ATOM = "{http://www.w3.org/2005/Atom}"


def archive(folder: Path, path: str = PATH) -> Channel:
    return open_it(folder, SETTINGS | {"path": path})


def weekly(week: int, story_title: str = "", **changes: Any) -> Edition:
    at = NOW + timedelta(days=7 * week)
    found = edition(story(week, title=story_title or f"Story of week {week}"), timezone="UTC")
    return replace(found, period_to=at, composed_at=at, **changes)


def publish(channel: Channel, *editions: Edition) -> list[str]:
    return [receipt for each in editions for receipt in sent(channel, *deliveries(channel, each))]


def links(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<li><a href="([^"]*)" dir="auto">(.*?)</a>', page, re.DOTALL)


def test_the_index_has_every_edition_by_month_the_newest_first(tmp_path: Path) -> None:
    channel = archive(tmp_path)

    receipts = publish(channel, *map(weekly, (0, 1, 2, 7)))

    site = tmp_path / "site"
    assert receipts[:2] == [str(site / "2026/weekly-2026-11-16.html"), str(site / "feed.atom")]
    index = (site / "index.html").read_text("utf-8")
    assert links(index) == [
        ("2027/weekly-2027-01-04.html", "Weekly reading: Story of week 7"),
        ("2026/weekly-2026-11-30.html", "Weekly reading: Story of week 2"),
        ("2026/weekly-2026-11-23.html", "Weekly reading: Story of week 1"),
        ("2026/weekly-2026-11-16.html", "Weekly reading: Story of week 0"),
    ]
    assert re.findall("<h2>(.*)</h2>", index) == ["January 2027", "November 2026"]
    assert "<h1>Weekly reading</h1>" in index
    assert 'href="feed.atom"' in index
    for link, _ in links(index):
        page = (site / link).read_text("utf-8")
        assert '<a href="../index.html" rel="up">All editions</a></nav>\n</body>' in page
        assert 'type="application/atom+xml" href="../feed.atom">' in page


def test_the_same_again_touches_nothing(tmp_path: Path) -> None:
    channel = archive(tmp_path)
    receipts = publish(channel, weekly(0), weekly(1))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    assert publish(channel, weekly(0), weekly(1)) == receipts

    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_killed_at_any_moment_the_next_attempt_makes_up_for_it(tmp_path: Path) -> None:
    channel = archive(tmp_path, "site/{digest}-{date}.html")
    publish(channel, weekly(0))
    made = deliveries(channel, weekly(1))
    site, begun = tmp_path / "site", tmp_path / "begun"
    site.rename(begun)

    def prepare() -> None:
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(begun, site)

    def shown() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in site.iterdir()}

    prepare()
    sent(channel, *made)
    whole = shown()
    for _ in killed_everywhere(lambda: sent(channel, *made), prepare, every=7):
        for name in ("index.html", "feed.atom"):
            assert (site / name).read_bytes() in {(begun / name).read_bytes(), whole[name]}
        sent(channel, *made)
        assert {name: text for name, text in shown().items() if name[0] != "."} == {
            name: text for name, text in whole.items() if name[0] != "."
        }


def test_what_others_put_beside_the_pages_is_passed_over(tmp_path: Path) -> None:
    channel = archive(tmp_path, "site/{digest}-{date}.html")
    publish(channel, weekly(0))
    site = tmp_path / "site"
    page = (site / "weekly-2026-11-16.html").read_text("utf-8")
    (site / "weekly-mine.html").write_text("<h1>Mine</h1>")
    (site / "weekly-binary.html").write_bytes(bytes(range(256)) * 100)
    (site / "weekly-nonsense.html").write_text('<meta name="digest:edition" content="{}">')
    no_zone, changes = re.subn(r"(&quot;at&quot;:&quot;[\d:T-]+)Z", r"\1", page)
    assert changes == 1
    (site / "weekly-no-zone.html").write_text(no_zone)
    (site / "weekly-2026-11-16.sync-conflict-20261117-AB.html").write_text(page)
    (site / "weekly-copy.txt").write_text(page)
    (site / "weekly-folder.html").mkdir()
    (site / "weekly-dangling.html").symlink_to("nowhere")
    os.mkfifo(site / "weekly-pipe.html")

    publish(channel, weekly(1))

    index = (site / "index.html").read_text("utf-8")
    assert [link for link, _ in links(index)] == [
        "weekly-2026-11-23.html",
        "weekly-2026-11-16.html",
    ]


def test_an_index_and_a_feed_of_a_person_s_are_left_alone(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("My home page")
    (site / "feed.atom").write_text("My feed")

    receipts = publish(archive(tmp_path), weekly(0))

    page = site / "2026/weekly-2026-11-16.html"
    feed = f"{site / 'feed-2.atom'} (feed.atom was changed by hand)"
    index = f"{site / 'index-2.html'} (index.html was changed by hand)"
    assert receipts == [str(page), f"{feed}, and {index}"]
    assert (site / "index.html").read_text() == "My home page"
    assert (site / "feed.atom").read_text() == "My feed"


def test_a_page_that_a_person_changed_is_still_listed(tmp_path: Path) -> None:
    channel = archive(tmp_path)
    publish(channel, weekly(0))
    page = tmp_path / "site/2026/weekly-2026-11-16.html"
    page.write_text(page.read_text("utf-8").replace("Story of week 0", "My words"), "utf-8")

    publish(channel, weekly(1))

    assert len(links((tmp_path / "site/index.html").read_text("utf-8"))) == 2


def test_an_index_of_pages_that_were_all_removed_is_empty(tmp_path: Path) -> None:
    channel = archive(tmp_path)
    page, rest = deliveries(channel, weekly(0))
    sent(channel, page)
    (tmp_path / "site/2026/weekly-2026-11-16.html").unlink()

    sent(channel, rest)

    assert links((tmp_path / "site/index.html").read_text("utf-8")) == []
    assert "alternate" not in (tmp_path / "site/feed.atom").read_text("utf-8")


def test_processes_that_publish_at_once_are_all_in_the_index(tmp_path: Path) -> None:
    channel = archive(tmp_path)
    made = [deliveries(channel, weekly(week)) for week in range(3)]

    writing = [in_process(partial(sent, channel, *parts)) for parts in made]

    assert [ended(process) for process in writing] == [0, 0, 0]
    assert len(links((tmp_path / "site/index.html").read_text("utf-8"))) == 3


def test_two_digests_share_an_archive(tmp_path: Path) -> None:
    channel = archive(tmp_path)

    publish(channel, weekly(0), weekly(0, "", digest="daily", title="Daily & more"))

    index = (tmp_path / "site/index.html").read_text("utf-8")
    assert {link for link, _ in links(index)} == {
        "2026/weekly-2026-11-16.html",
        "2026/daily-2026-11-16.html",
    }
    assert unescape(re.findall("<h1>(.*)</h1>", index)[0]) == "Weekly reading · Daily & more"
    root = ET.parse(tmp_path / "site/feed.atom").getroot()
    assert len(root.findall(f"{ATOM}entry")) == 2


def test_an_archive_is_in_the_language_of_its_newest_edition(tmp_path: Path) -> None:
    publish(archive(tmp_path), weekly(0, language="ar"))

    index = (tmp_path / "site/index.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl">' in index
    assert "نوفمبر" in index


def test_the_feed_is_read_back_by_any_reader(tmp_path: Path) -> None:
    html = "<p>All of <b>it</b> &amp; <code>x &lt; y</code></p>"
    block = EditionBlock("weather", "Weather", (BlockDay("Today", (BlockLine("Sunny, 5°"),)),))
    whole = weekly(1, "Fish & <chips>", blocks=(block,))
    [section] = whole.sections
    full = replace(section, stories=(replace(section.stories[0], html=html),))

    publish(archive(tmp_path), weekly(0), replace(whole, sections=(full,)))

    body = (tmp_path / "site/feed.atom").read_bytes()
    read = feedparser.parse(io.BytesIO(body))
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.title == "Weekly reading"
    ours = parse(body, "https://site.example/feed.atom")
    assert ours is not None
    assert {entry.title for entry in ours.entries} == {entry.title for entry in read.entries}
    newest = read.entries[0]
    assert newest.id.startswith("urn:uuid:")
    assert [entry.link for entry in ours.entries] == [
        "https://site.example/2026/weekly-2026-11-23.html",
        "https://site.example/2026/weekly-2026-11-16.html",
    ]
    content = newest.content[0].value
    assert "Sunny, 5°" in content
    assert "All of it &amp; x &lt; y" in content
    assert "Fish &amp; &lt;chips&gt;" in content


@pytest.mark.parametrize("title", HOSTILE)
def test_what_feeds_say_is_text_and_nothing_else(tmp_path: Path, title: str) -> None:
    hostile = replace(weekly(0, title, subject=f"Weekly: {title}"), title="T]]></title><x>")

    publish(archive(tmp_path), hostile, weekly(1))

    root = ET.parse(tmp_path / "site/feed.atom").getroot()
    assert len(root.findall(f"{ATOM}entry")) == 2
    for page in tmp_path.rglob("*.html"):
        assert "<script" not in page.read_text("utf-8").lower()
    assert len(links((tmp_path / "site/index.html").read_text("utf-8"))) == 2


def test_a_feed_alone_is_kept_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    channel = open_it(tmp_path, {"kind": "file", "path": "out/{digest}.atom", "format": "atom"})

    receipts = publish(channel, *map(weekly, (0, 1, 2, 4, 3)))

    path = tmp_path / "out/weekly.atom"
    assert set(receipts) == {str(path)}
    read = feedparser.parse(io.BytesIO(path.read_bytes()))
    assert [entry.title[-1] for entry in read.entries] == ["4", "3", "2"]
    # RFC 4287, section 4.2.6: an id never changes.
    assert read.feed.id == feedparser.parse(io.BytesIO(channel_feed(channel))).feed.id


def channel_feed(channel: Channel) -> bytes:
    return channel.render(weekly(9), TEMPLATES).parts[0]


def test_the_index_is_kept_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_LISTED", 2)

    publish(archive(tmp_path), *map(weekly, (0, 1, 2)))

    assert [title[-1] for _, title in links((tmp_path / "site/index.html").read_text())] == [
        "2",
        "1",
    ]


def test_a_number_in_the_name_of_a_page_is_in_its_links(tmp_path: Path) -> None:
    channel = archive(tmp_path, "site/{digest} {date}.html")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/weekly 2026-11-16.html").write_text("Mine")

    publish(channel, weekly(0))

    index = (tmp_path / "site/index.html").read_text("utf-8")
    assert links(index)[0][0] == "weekly%202026-11-16-2.html"
    assert 'href="weekly%202026-11-16-2.html"' in (tmp_path / "site/feed.atom").read_text("utf-8")


def test_a_preview_shows_the_page_alone(tmp_path: Path) -> None:
    given = [making.settings(tmp_path, SETTINGS).channels["it"]]
    preview = channel_class("file").preview(weekly(0), TEMPLATES, NO_PICTURES, given)

    assert preview.page == TEMPLATES.html(weekly(0))
