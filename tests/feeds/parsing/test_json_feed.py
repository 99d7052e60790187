from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.limits import MAX_ENTRIES, MAX_HTML, MAX_ID, MAX_TITLE
from tests.feed_xml import parse_feed

if TYPE_CHECKING:
    from digest.model import ParsedFeed

URL = "https://site.example/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: object, **more: object) -> dict[str, Any]:
    return {"version": VERSION, "title": "A feed", "items": list(items)} | more


def parsed(document: object) -> ParsedFeed:
    return parse_feed(json.dumps(document).encode(), URL)


def refusal(body: bytes) -> str:
    with pytest.raises(FeedError) as caught:
        parse_feed(body, URL)
    return caught.value.reason


@pytest.mark.parametrize(
    "document",
    [{}, {"items": []}, {"version": 1, "items": []}, {"version": "2.0", "rss": {"channel": {}}}],
)
def test_other_json_is_said_to_be_that(document: object) -> None:
    assert refusal(json.dumps(document).encode()) == "is not a feed but JSON"


@pytest.mark.parametrize("items", [None, {}, "x", 1])
def test_a_feed_without_a_list_of_items_is_refused(items: object) -> None:
    assert refusal(json.dumps(feed() | {"items": items}).encode()) == "is a JSON Feed without items"


def test_a_feed_without_its_end_is_refused() -> None:
    body = json.dumps(feed({"id": "1"})).encode()
    for end in range(1, len(body)):
        assert refusal(body[:end]).startswith("is not valid JSON: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_any_utf_is_read(encoding: str, marked: bool) -> None:
    text = json.dumps(feed({"id": "1", "title": "Über 日本"}), ensure_ascii=False)
    mark = "\ufeff".encode(encoding) if marked else b""
    assert parse_feed(mark + text.encode(encoding), URL).entries[0].title == "Über 日本"


def test_what_is_not_utf_8_costs_only_itself() -> None:
    body = json.dumps(feed({"id": "1", "title": "X"})).encode().replace(b"X", b"a\xffb\xed\xa0\x80")
    assert parse_feed(b"\n\t " + body, URL).entries[0].title.startswith("a\ufffdb")


@pytest.mark.parametrize(
    ("written", "guid"),
    [
        ("7", "7"),
        ("7.50", "7.50"),
        ("1e400", "1e400"),
        ("9" * 5_000, "9" * MAX_ID),
        ("true", ""),
        ("null", ""),
        ("[1]", ""),
        ("NaN", ""),
        ('" 7 "', "7"),
        (r'"\ud800\u0000"', "\ufffd\ufffd"),
    ],
)
def test_an_id_is_text(written: str, guid: str) -> None:
    body = json.dumps(feed({"id": "ID"})).replace('"ID"', written)
    assert parse_feed(body.encode(), URL).entries[0].guid == guid


def test_of_a_name_said_twice_the_last_counts() -> None:
    body = json.dumps(feed({"id": "1"})).replace('"id": "1"', '"id": "1", "id": "2"')
    assert [entry.guid for entry in parse_feed(body.encode(), URL).entries] == ["2"]


@pytest.mark.parametrize(
    "nested", ['{"a":' * 100_000, "[" * 100_000, '{"version":' + "[" * 200_000 + "]" * 200_000]
)
def test_deep_nesting_is_refused(nested: str) -> None:
    assert refusal(nested.encode().replace(b"[", b'{"x":[', 1)) == "is JSON nested too deeply"


def test_everything_is_capped() -> None:
    long = "x" * 300_000
    entry = parsed(feed({"id": long, "title": long, "content_html": long, "url": f"/{long}"}))
    (only,) = entry.entries
    assert (len(only.guid), len(only.title), len(only.html)) == (MAX_ID, MAX_TITLE, MAX_HTML)
    assert only.link == ""
    many = parsed(feed(*({"id": n} for n in range(MAX_ENTRIES + 10))))
    assert len(many.entries) == MAX_ENTRIES


def test_plain_text_becomes_paragraphs() -> None:
    text = "1 < 2 & so on\r\nsecond line\n \nsecond paragraph\n\n\n"
    html = "<p>1 &lt; 2 &amp; so on\r<br>second line</p><p>second paragraph</p>"
    assert parsed(feed({"id": "1", "content_text": text})).entries[0].html == html


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_ITEMS = st.dictionaries(
    st.sampled_from(
        [
            *("id", "url", "external_url", "title", "content_html", "content_text", "summary"),
            *("image", "banner_image", "date_published", "date_modified", "author", "authors"),
            "attachments",
        ]
    ),
    _VALUES,
)


@pytest.mark.slow
@given(st.lists(_ITEMS | _VALUES), _VALUES, _VALUES)
def test_wrong_types_are_not_said(items: list[object], title: object, authors: object) -> None:
    found = parsed(feed(*items, title=title, authors=authors, author=title, home_page_url=authors))
    assert len(found.entries) == sum(isinstance(item, dict) for item in items)
    str(found).encode("utf-8")


def test_a_byte_order_mark_alone_is_no_feed() -> None:
    assert refusal(codecs.BOM_UTF8 + b"{").startswith("is not valid JSON: ")
