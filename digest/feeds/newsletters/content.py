"""The HTML of a newsletter without what is not for its readers: hidden text, trackers, furniture.

What is left is cleaned as any content is; here goes what only mails have, by the styles and tables
that cleaning takes away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree, html

from digest.feeds.hidden import is_hidden
from digest.feeds.newsletters.furniture import (
    FILLING,
    LONGEST_FURNITURE,
    browser_links,
    drop,
    link_words,
    without_furniture,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Of a larger one only the beginning is read; Gmail shows 102,000 bytes.
_LONGEST = 600_000
_PREHEADER = re.compile(
    r"\b(?:preheader|pre-header|preview-?text|mcnpreviewtext|hidden-?preview)\b", re.IGNORECASE
)
# Words of a message that is made of pictures, and pixels of a picture that says nothing.
_FEW_WORDS = 20
_ICON = 40
_GONE = ("head", "script", "style", "title", "meta", "link", "object", "embed", "form", "svg")
_TABLE = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")
# What stands apart without a block around it.
_STANDING = {"div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "hr"} | {
    *("table", "blockquote", "figure")
}
_KEPT = {"href", "title", "dir", "lang", "colspan", "rowspan", "start"}
_INSIDE_LAYOUT = {"table", "p", "div", "h1", "h2", "h3", "h4", "ul", "ol", "center"}
_WEB = ("https://", "http://")


class Content(NamedTuple):
    """What a newsletter says: HTML, the address of it on the web, and its links with their text."""

    html: str
    browser_link: str
    links: tuple[tuple[str, str], ...]
    words: int


def read_content(
    text: str, title: str = "", leaving: Collection[str] = (), kept: str = ""
) -> Content:
    """The content of HTML, without its `title`, which is shown above it.

    `leaving` are addresses by which readers leave the list; a link to `kept` stays whatever it is.
    """
    try:
        document = html.document_fromstring(text[:_LONGEST].encode("utf-8", "replace"), _parser())
    except (etree.ParserError, ValueError):
        return Content("", "", (), 0)
    body: html.HtmlElement = next(iter(document.iter("body")), document)
    etree.strip_elements(body, etree.Comment, *_GONE, with_tail=False)
    links = tuple(_links(body))
    browser = browser_links(body)
    _without_hidden(body)
    without_furniture(body, browser, leaving, kept)
    _without_pictures(body)
    _without_title(body, title)
    _without_other_links(body)
    _without_layout(body)
    _without_wrappers(body)
    shown = "".join(filter(None, (body.text, *map(_source, body))))
    words = len(body.text_content().split())
    shown = FILLING.sub("", shown).strip()
    direction = body.get("dir") or document.get("dir") or ""
    if shown and direction.lower() in {"rtl", "auto"}:
        shown = f'<div dir="{direction.lower()}">{shown}</div>'
    return Content(shown, browser[0].get("href").strip() if browser else "", links, words)


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", no_network=True)


def _source(element: html.HtmlElement) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html"))


def _links(body: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """The web addresses that are linked, each with the text that leads there."""
    for link in body.iter("a"):
        address = (link.get("href") or "").strip()
        if address.lower().startswith(_WEB):
            yield address, link_words(link)


def _without_hidden(body: html.HtmlElement) -> None:
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str) or _is_hidden(element):
            drop(element)


def _is_hidden(element: html.HtmlElement) -> bool:
    if is_hidden(element):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_PREHEADER.search(names)) and len(words_of(element)) <= LONGEST_FURNITURE


def _without_pictures(body: html.HtmlElement) -> None:
    """Take pictures away, so that nobody asks for one: that tells the sender who reads, and when.

    What is written to them stands in their place where a message is little else.
    """
    is_pictorial = len(words_of(body).split()) <= _FEW_WORDS
    for picture in list(body.iter("img")):
        text = " ".join((picture.get("alt") or "").split())
        if text and is_pictorial and _is_large(picture):
            picture.tag, picture.text = "span", text
        else:
            drop(picture)


def _is_large(picture: html.HtmlElement) -> bool:
    sizes = [picture.get(name) or "" for name in ("width", "height")]
    return not any(size.isdecimal() and int(size[:6]) <= _ICON for size in sizes)


def _without_title(body: html.HtmlElement, title: str) -> None:
    """Take away the first block that says what the subject does."""
    folded = title.casefold()
    same = (e for e in body.iter("h1", "h2", "h3", "td", "p") if words_of(e).casefold() == folded)
    if title and (found := next(same, None)) is not None:
        drop(found)


def _without_other_links(body: html.HtmlElement) -> None:
    """Make text of links that lead nowhere, and take away those without a text."""
    for link in list(body.iter("a")):
        if not words_of(link):
            drop(link)
        elif not (link.get("href") or "").strip().lower().startswith((*_WEB, "mailto:")):
            link.drop_tag()


def _without_layout(body: html.HtmlElement) -> None:
    """Make blocks of the tables that only say where something stands."""
    for table in list(body.iter("table")):
        if not _is_data(table):
            _unrolled(table)
    for font in list(body.iter("font")):
        font.drop_tag()
    for centred in body.iter("center"):
        centred.tag = "div"
    for element in body.iter():
        for name in set(element.attrib) - _KEPT:
            del element.attrib[name]


def _without_wrappers(body: html.HtmlElement) -> None:
    """Take away blocks that have nothing in them, and those that have only other blocks."""
    for block in reversed(list(body.iter("div", "p", "span"))):
        has_text = bool((block.text or "").strip() or any((e.tail or "").strip() for e in block))
        if not len(block) and not has_text:
            drop(block)
        elif block.tag == "div" and not (has_text or block.get("dir")) and _is_wrapper(block):
            block.drop_tag()


def _is_wrapper(block: html.HtmlElement) -> bool:
    return block.getparent() is not None and all(inner.tag in _STANDING for inner in block)


def _is_data(table: html.HtmlElement) -> bool:
    """Whether a table has rows and columns of texts, rather than parts of a page."""
    if (table.get("role") or "").lower() in {"presentation", "none"}:
        return False
    if any(element.tag in _INSIDE_LAYOUT for element in table.iterdescendants()):
        return False
    if next(table.iter("th", "caption"), None) is not None:
        return True
    rows = [sum(cell.tag == "td" for cell in row) for row in table.iter("tr")]
    return len(rows) > 1 and min(rows) > 1 and next(table.iter("img"), None) is None


def _unrolled(table: html.HtmlElement) -> None:
    """Make a block of each cell of a table, but for the tables in it."""
    table.tag = "div"
    waiting = list(table)
    while waiting:
        element = waiting.pop()
        if element.tag in _TABLE[1:]:
            element.tag = "div"
            waiting.extend(element)
        elif element.tag == "colgroup":
            drop(element)
