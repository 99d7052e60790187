"""Takes the article out of a web page; runs in a worker process of its own kind.

The libraries are an extra, and need memory: nothing but the tasks of such workers imports them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.feeds.http.decode import decode_body
from digest.feeds.limits import MAX_HTML, MAX_LINK
from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.text import absolute_link, paragraphs
from digest.model import KeyedEntry, ParsedEntry, repr_without
from digest.rendering.linked_data import linked_data

if TYPE_CHECKING:
    from digest.model import CleanEntry
    from digest.rendering.article_walls import PageText
    from digest.rendering.linked_data import LinkedData

# What is read of a page without its scripts: of the worst kind, it takes 390 MB.
MOST_CHARACTERS = 1_000_000
# A text of fewer words is a caption or a button.
_LEAST_WORDS = 30
# Each goes to the end where nothing ends it: to look for more costs as much again each time.
_UNREAD = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_IS_MARKUP = re.compile(
    r"<(?:!doctype html|html|head|body|div|p|article|meta|title)\b", re.IGNORECASE
)
_HEADLINE = re.compile(r"\A\s*<(h[1-3])\b[^>]*>(.*?)</\1>", re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CELL = re.compile(r"<(/?)(?:table|tbody|thead|tr|td|th)\b[^>]*>")
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)
# How pages without linked data say that they are not free, by name and content in lower case.
_LOCKED = {("isaccessibleforfree", "false"), ("article:content_tier", "locked")}
_META_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image")
_SPACE = re.compile(r"\s+")


class Page(Struct, frozen=True):
    """A page as it came from `url`, which `asked` led to, and what its entry says in the feed.

    `coding` is the body's content-coding, `charset` what the server says the text is in; `words`
    are those of the feed's text.
    """

    body: bytes
    url: str
    asked: str
    title: str
    excerpt: str
    words: int
    coding: str = ""
    charset: str | None = None
    limit: int = MOST_CHARACTERS

    __repr__ = repr_without("body")


class Article(Struct, frozen=True):
    """The text of an article, clean, with its excerpt, words, and picture; or why there is none."""

    html: str = ""
    excerpt: str = ""
    words: int = 0
    image: str = ""
    reason: str = ""

    __repr__ = repr_without("html")


def read_article(page: Page) -> Article:
    """The article of a page, where it is one, about the same as the entry, and longer.

    Raises:
        FeedError: the page cannot be decoded.
    """
    text = _text_of(page)
    if not _IS_MARKUP.search(text[:20_000]):
        return Article(reason="the page is no HTML")
    bare = _UNREAD.sub(" ", text)
    if len(bare) > page.limit:
        return Article(reason=f"the page has more than {page.limit:,} characters")
    data = linked_data(text)
    page_text, image = _facts_of(bare, data, page.url)
    clean = _cleaned(page, _extracted(page, bare), image)
    if clean.words < _LEAST_WORDS and data.text:
        # Where a script draws the page, the data may have its text all the same.
        clean = _cleaned(page, paragraphs(data.text[:MAX_HTML]), image)
    return _judged(page, page_text, clean)


def _text_of(page: Page) -> str:
    body = decode_body(page.body, page.coding, 5 * page.limit)
    declared = _META_CHARSET.search(body[:4_096])
    charset = page.charset or (declared[1].decode() if declared else None)
    return to_utf_8(body, charset).decode("utf-8", "replace")


def _facts_of(bare: str, data: LinkedData, url: str) -> tuple[PageText, str]:
    """What a page says of itself, and the address of its picture."""
    from trafilatura.utils import load_html

    from digest.rendering.article_walls import PageText

    tree = load_html(bare)
    if tree is None:
        return PageText(url, "", ""), ""
    # Which is about scripts, on every page.
    visible = tree.xpath("//text()[not(ancestor::noscript)]")
    title = _SPACE.sub(" ", tree.findtext(".//title") or "").strip()
    asks_password = bool(tree.xpath("//input[@type='password']"))
    is_locked = data.is_locked or any(map(_says_locked, tree.iter("meta")))
    written = _SPACE.sub(" ", " ".join(visible))
    return PageText(url, title, written, asks_password, is_locked), _picture_of(tree, url)


def _says_locked(meta: Any) -> bool:
    name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
    return (name.lower(), (meta.get("content") or "").lower()) in _LOCKED


def _picture_of(tree: Any, url: str) -> str:
    named = {
        meta.get("property") or meta.get("name"): meta.get("content") for meta in tree.iter("meta")
    }
    found = next((named[name] for name in _META_PICTURES if named.get(name)), "")
    return absolute_link(url, found.strip(), MAX_LINK)


def _extracted(page: Page, bare: str) -> str:
    """The article as HTML, by trafilatura; empty where it finds none."""
    from trafilatura import extract

    found = None
    # What it cannot read it raises in ways of its own.
    with suppress(ValueError, TypeError, AttributeError):
        found = extract(
            bare,
            url=page.url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_images=True,
            include_links=True,
        )
    return _content_of(found or "", page.title)


def _cleaned(page: Page, html: str, image: str) -> CleanEntry:
    """The article as an entry that says it."""
    from digest.rendering.clean import clean_entries

    entry = ParsedEntry(
        guid="",
        link=page.asked,
        title=page.title,
        author="",
        published=None,
        html=html,
        base=page.url,
        image=image,
    )
    (clean,) = clean_entries((KeyedEntry("", "", entry),))
    return clean


def _content_of(document: str, title: str) -> str:
    body = _BODY.search(document)
    content = body[1] if body else ""
    headline = _HEADLINE.match(content)
    if headline and (headline[1] == "h1" or headline[2].strip() == escape(title, quote=False)):
        # The entry has it already.
        content = content[headline.end() :]
    # A listing in a listing: so comes <pre><code>.
    content = content.replace("<pre><pre>", "<pre>").replace("</pre></pre>", "</pre>")
    return _TABLE.sub(_without_layout, content)[:MAX_HTML]


def _without_layout(table: re.Match[str]) -> str:
    """A table as it is, or what is in its cells where it lays out a page: these have paragraphs."""
    return _CELL.sub(r"<\1div>", table[0]) if "<p>" in table[0] else table[0]


def _judged(page: Page, page_text: PageText, clean: CleanEntry) -> Article:
    from digest.rendering.article_walls import is_about, wall_of
    from digest.rendering.plain import read_text

    text, _ = read_text(clean.html)
    if wall := wall_of(page_text, page.asked, text, clean.words):
        return Article(reason=wall)
    if clean.words < _LEAST_WORDS:
        return Article(reason="no article was found on the page")
    if not is_about(page.title, page.excerpt, text):
        return Article(reason="the page is about something else")
    if clean.words <= page.words:
        return Article(reason=f"the page has no more words than the feed ({clean.words:,})")
    # A page that is laid out as a table has no prose to take one from.
    return Article(clean.html, clean.excerpt or page.excerpt, clean.words, clean.image)
