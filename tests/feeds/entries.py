"""Entries that often share a guid, a link, a title, a date or a text."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from digest.model import ParsedEntry
from tests.feed_xml import NOW

ADDRESSES = (
    "",
    "urn:1",
    "N/A",
    "https://site.example/1",
    "http://Site.example/1/",
    "site.example/1",
    "https://site.example/1?utm_source=rss",
    "https://site.example/2",
)


def some_entries() -> st.SearchStrategy[ParsedEntry]:
    """One of them."""
    return st.builds(
        ParsedEntry,
        guid=st.sampled_from(ADDRESSES),
        link=st.sampled_from(ADDRESSES),
        title=st.sampled_from(("", "One", "Two")),
        author=st.just(""),
        published=st.sampled_from((None, NOW, NOW + timedelta(days=1))),
        html=st.sampled_from(("", "<p>one</p>", "<p>two</p>")),
    )
