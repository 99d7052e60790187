"""OPML in and out: the same feeds, and what real documents get wrong."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from digest.feeds.opml import Subscription, read_opml, write_opml
from tests import limits

if TYPE_CHECKING:
    from pathlib import Path


def read(body: str) -> list[Subscription]:
    return list(read_opml(f"<opml version='2.0'><body>{body}</body></opml>".encode()))


def tags_of(body: str) -> list[tuple[str, ...]]:
    return [feed.tags for feed in read(body)]


def outline(url: str = "https://a.example/f", more: str = "") -> str:
    return f'<outline type="rss" xmlUrl="{url}" {more}/>'


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('text="A"', "A"),
        ('title="A"', "A"),
        ('text="" title="A"', "A"),
        ('text="https://a.example/f" title="A"', "A"),
        ('text="A" title="B"', "A"),
        ('text="  "', ""),
        ('text="https://a.example/f"', ""),
        ("", ""),
        ('text="Tom &amp; Ada&#39;s &#x1F600;"', "Tom & Ada's \U0001f600"),
        ('text="Tom & Ada &copy; &foo; &;"', "Tom & Ada &copy; &foo; &;"),
        ('text="a&#10;b\tc"', "a b c"),
        ('text="a&#8203;&#x202e;b"', "a b"),
        ('text="a&#0;&#xD800;b&#x110000;"', "a\ufffd\ufffdb\ufffd"),
        ('TEXT="A"', "A"),
    ],
)
def test_a_name_is_what_readers_saw(attributes: str, name: str) -> None:
    assert read(outline(more=attributes)) == [Subscription("https://a.example/f", name)]


def test_a_name_is_cut_to_what_settings_take() -> None:
    (feed,) = read(outline(more=f'text="{"x" * 500}"'))
    assert feed.name == "x" * 120


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://a.example/?x=1&y=2&copy=3", "http://a.example/?x=1&y=2&copy=3"),
        ("http://a.example/?x=1&amp;y=2", "http://a.example/?x=1&y=2"),
        (" http://a.example/\n", "http://a.example/"),
        ("feed://a.example/f", "http://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"),
        ("itpc://a.example/f", "http://a.example/f"),
        ("https://a.example/all posts", "https://a.example/all%20posts"),
        ("ftp://a.example/f", "ftp://a.example/f"),
    ],
)
def test_addresses_are_as_they_stand_there(written: str, url: str) -> None:
    assert [feed.url for feed in read(outline(written))] == [url]


def test_folders_and_categories_are_tags() -> None:
    inner = outline(more='category="/Tech/Go Lang,news"')
    body = f'<outline text="News"><outline title="Über uns">{inner}</outline></outline>'
    assert tags_of(body) == [("News", "uber-uns", "Tech", "go-lang", "news")]


def test_a_feed_in_two_folders_is_one_feed_with_both_tags() -> None:
    named = outline(more='text="Name"')
    folders = f'<outline text="a">{outline()}</outline><outline text="b">{named}</outline>'
    assert read(folders) == [Subscription("https://a.example/f", "Name", ("a", "b"))]


def test_a_feed_around_a_feed_is_no_folder() -> None:
    body = f'<outline text="a" xmlUrl="https://x.example/">{outline()}</outline>'
    assert tags_of(body) == [(), ()]


def test_each_folder_has_a_tag_of_its_own() -> None:
    folders = ["C++", "C#", "c", "技術", "新聞", "x" * 100, "-_-"]
    body = "".join(
        f'<outline text="{name}">{outline(f"https://a.example/{n}")}</outline>'
        for n, name in enumerate(folders)
    )
    tags = [tag for (tag,) in tags_of(body)]
    assert tags == ["c-2", "c-3", "c", "folder", "folder-2", "x" * 58, "folder-3"]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("iso-8859-1", "latin-1"),
        ("iso-8859-1", "utf-8"),
        ("no-such", "utf-8"),
        ("no-such", "cp1252"),
        ("utf-8", "cp1252"),
    ],
)
def test_encodings_are_seen_through(declared: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<opml>{outline(more="text=´Café´")}'
    body = text.replace("´", '"').encode(encoding)
    assert read_opml(body) == (Subscription("https://a.example/f", "Café"),)


def test_what_ends_too_early_is_read_as_far_as_it_goes() -> None:
    body = f"<opml><body>{outline()}<outline xmlUrl='https://b.exam"
    assert [feed.url for feed in read_opml(body.encode())][:1] == ["https://a.example/f"]


def test_entities_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    named = outline(more='text="&e11;&f;"')
    document = (
        f'<!DOCTYPE opml [<!ENTITY e0 "lol"><!ENTITY f SYSTEM "file:///etc/passwd">{entities}]>'
        f"<opml>{named}</opml>"
    )
    started = time.process_time()
    (feed,) = read_opml(document.encode())
    assert feed.name == "&e11;&f;"
    assert time.process_time() - started < limits.seconds(1)


@pytest.mark.parametrize("body", [b"", b"x", b"<html/>", b"feeds:\n- a", b"<rss/>", b"\0", b"<"])
def test_what_is_no_opml_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match="is not OPML"):
        read_opml(body)


@given(st.binary(max_size=100), st.text("<>&;#x'\"=/ \0\ud800outlinexmlUrl", max_size=40))
def test_any_bytes_are_read_or_refused(junk: bytes, text: str) -> None:
    for body in (junk, b"<opml>" + junk, b"<opml><outline xmlUrl='" + junk):
        with suppress(ValueError):
            read_opml(body + text.encode("utf-8", "replace"))


NAMES = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=120).filter(
    lambda name: not name or bool(name.strip())
)
TAGS = st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True), unique=True)
PATHS = st.text(st.characters(exclude_categories=["C", "Z"]))
SUBSCRIPTIONS = st.builds(
    Subscription,
    url=PATHS.map(lambda path: f"https://a.example/{path}"),
    name=NAMES,
    tags=TAGS.map(tuple),
)


@given(st.lists(SUBSCRIPTIONS, unique_by=lambda feed: feed.url))
@example([Subscription("https://a.example/?a&b=<>\"'", "&lt; ]]> <!-- \"'", ("A", "a"))])
@example([Subscription("https://a.example/&amp;", " two  spaces ", ("null", "0"))])
def test_what_is_written_reads_the_same(feeds: list[Subscription]) -> None:
    assert {*read_opml(write_opml("Feeds", feeds))} == {*feeds}


def test_the_document_is_opml_2() -> None:
    feeds = [
        Subscription("https://a.example/", "A", ("x", "y")),
        Subscription("https://b.example/"),
        Subscription("https://c.example/", "C", ("x",)),
    ]
    root = etree.fromstring(write_opml("Feeds & more", feeds))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "Feeds & more"
    # Every outline needs a text (OPML 2.0).
    assert [one.get("text") for one in root.iter("outline")] == [
        "x",
        "A",
        "C",
        "https://b.example/",
    ]
    folder = root.find("body/outline[@text='x']")
    assert folder is not None
    assert [one.get("category") for one in folder] == ["x,y", "x"]


def test_a_real_document_is_read_whole(shared: Path) -> None:
    folder = shared / "corpora/realworld/netnewswire"
    for path in folder.glob("*.opml"):
        body = path.read_bytes()
        feeds = read_opml(body)
        assert len(feeds) == len({one for one in body.split() if one.startswith(b"xmlUrl=")})
        assert all(feed.name and feed.url.startswith("http") for feed in feeds)
        assert read_opml(write_opml("Feeds", feeds)) == feeds
