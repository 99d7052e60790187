"""Where people talk about an entry, and how much: what elements say, and what sites write in texts.

Hacker News (hnrss.org), Lobsters, Reddit and Lemmy write it into the text of an entry. Numbers
change with every poll, so they leave the text, where each change of them would be an edit.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.feeds.aliases import bare_link
from digest.feeds.hosts import host_of
from digest.feeds.limits import MAX_LINK
from digest.feeds.text import absolute_link
from digest.model import Fact

if TYPE_CHECKING:
    from digest.model import ParsedEntry

_COUNT = re.compile(r"\d{1,7}", re.ASCII)
_LINE_OF_HACKER_NEWS = re.compile(
    r"<p>\s*(Article URL|Comments URL|Points|# Comments):\s*(?:<a\b[^<>]*>)?([^<>]*)(?:</a>)?\s*"
    r"</p>\s*"
)
_RULE_AT_END = re.compile(r"<hr\s*/?>\s*$")
_COUNTS_OF_LEMMY = re.compile(
    r'(?:<br ?/?>)?\b(\d{1,7}) points? \| <a href="([^"<>]*)">(\d{1,7}) comments?</a>', re.ASCII
)
_LINKS_OF_REDDIT = re.compile(
    r'<a href="([^"<>]*)">\[link\]</a>[^\[\]]{0,200}<a href="([^"<>]*)">\[comments\]</a>'
)
_COMMENTS_AT_END = re.compile(r'<a href="([^"<>]*)"[^<>]{0,100}>\s*Comments\s*</a>\s*(?:</p>)?\s*$')
# Texts end with what these sites add; Lemmy's begin with it.
_END = 3_000


def with_discussion(entry: ParsedEntry, page: str = "", comments: str = "") -> ParsedEntry:
    """The entry with its facts, the page of its discussion, and without these in its text.

    `page` and `comments` are the page and the number that elements give. Where Reddit links to
    another page that is the link, and the comments are the discussion.
    """
    html = entry.html
    if html.startswith("submitted by ") and (counts := _COUNTS_OF_LEMMY.search(html)):
        entry = replace(entry, html=html[: counts.start()] + html[counts.end() :])
        return _discussed(entry, counts[2], counts[1], counts[3])
    end = html[-_END:]
    # Few texts have the word at all.
    if "omments" in end:
        if "Comments URL:" in end:
            return _of_hacker_news(entry, page)
        if links := _LINKS_OF_REDDIT.search(end):
            return _of_reddit(entry, links[1], links[2])
        if not page and (link := _COMMENTS_AT_END.search(end)):
            page = link[1]
    return _discussed(entry, page, "", comments) if page or comments else entry


def _of_hacker_news(entry: ParsedEntry, page: str) -> ParsedEntry:
    lines = dict(_LINE_OF_HACKER_NEWS.findall(entry.html))
    if "Comments URL" not in lines:
        return entry
    html = _RULE_AT_END.sub("", _LINE_OF_HACKER_NEWS.sub("", entry.html)).strip()
    return _discussed(
        replace(entry, html=html),
        page or lines["Comments URL"],
        lines.get("Points", ""),
        lines.get("# Comments", ""),
    )


def _of_reddit(entry: ParsedEntry, link: str, comments: str) -> ParsedEntry:
    """A post with the page it links to; where nothing else identifies it, its own page does."""
    own = entry.link
    story = absolute_link(own, unescape(link), MAX_LINK)
    if host_of(story) in {host_of(own), ""}:
        # A text, a gallery, or a post that is posted again.
        story = own
    return _discussed(replace(entry, link=story, guid=entry.guid or own), comments or own, "", "")


def _discussed(entry: ParsedEntry, page: str, points: str, comments: str) -> ParsedEntry:
    """With what is more than nothing; a page that is the entry's own, only if it has comments."""
    counted = {"points": _count(points), "comments": _count(comments)}
    discussion = absolute_link(entry.base or entry.link, unescape(page), MAX_LINK)
    if not counted["comments"] and _is_same_page(discussion, entry.link):
        discussion = ""
    facts = tuple(Fact(name, count) for name, count in counted.items() if count)
    return replace(entry, facts=facts, discussion=discussion)


def _count(text: str) -> int:
    text = text.strip()
    return int(text) if _COUNT.fullmatch(text) else 0


def _is_same_page(address: str, other: str) -> bool:
    page, other_page = address.partition("#")[0], other.partition("#")[0]
    return page == other_page or bare_link(page) == bare_link(other_page)
