"""The HTML of a newsletter without what is not for its readers: hidden text, trackers, furniture.

What is left is cleaned as any content is; here goes what only mails have, by the styles and tables
that cleaning takes away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from lxml import etree, html

from digest.feeds.newsletters.phrases import BROWSER, LEAVING, SERVICE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

# Of a larger one only the beginning is read; Gmail shows 102,000 bytes.
_LONGEST = 600_000
_LONGEST_LINK_TEXT = 80
_LONGEST_HERE = 15
_MOST_BROWSER_LINKS = 2
# Links that are looked at from the beginning, and as many from the end: furniture is there.
_MOST_LINKS = 300
# A block with a link of the furniture in it, and no more text than this, is furniture itself.
_LONGEST_FURNITURE = 300
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?!\.?\d)"
    r"|(?<![\w-])opacity\s*:\s*0(?!\.?\d)",
    re.IGNORECASE,
)
_TINY_TEXT = re.compile(r"font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)?\s*(?:;|$|!)", re.IGNORECASE)
_PREHEADER = re.compile(
    r"\b(?:preheader|pre-header|preview-?text|mcnpreviewtext|hidden-?preview)\b", re.IGNORECASE
)
# What fills the line of a mailbox behind a preheader, so that nothing else is shown there.
_FILLING = re.compile("(?:[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2007\ufeff][ \u00a0]*){4,}")
_SIZES = re.compile(r"(?<![\w-])(width|height)\s*:\s*(\d+)(?:\.\d+)?px", re.IGNORECASE)
_LARGEST_PIXEL = 3
_OPENS = re.compile(
    r"/(?:track/open|trackopen|open\.(?:php|aspx|gif)|wf/open|e/o/|ss/o/|o\.gif|beacon|pixel"
    r"|imp(?:ression)?s?/|email-?open|opens?/)",
    re.IGNORECASE,
)
_GONE = ("head", "script", "style", "title", "meta", "link", "object", "embed", "form", "svg")
_BLOCKS = {"p", "td", "div", "li", "tr", "table", "center", "h1", "h2", "h3", "h4", "h5", "h6"}
_TABLE = ("table", "tbody", "thead", "tfoot", "tr", "td", "th")
# What stands apart without a block around it.
_STANDING = {"div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "hr"} | {
    *("table", "blockquote", "figure")
}
_KEPT = {"href", "title", "dir", "lang", "colspan", "rowspan", "start"}
_OF_PICTURES = {"src", "alt", "title", "width", "height"}
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
    browser = [*dict.fromkeys(link for link, words in links if BROWSER.search(words))]
    # Each article of a list may have such a link; then it is none to the message.
    is_whole = len(browser) <= _MOST_BROWSER_LINKS
    furniture = (LEAVING, SERVICE, BROWSER) if is_whole else (LEAVING, SERVICE)
    _without_furniture(body, furniture, leaving, kept)
    _without_hidden(body)
    _without_pixels(body)
    _without_title(body, title)
    _without_layout(body)
    _without_wrappers(body)
    shown = "".join(filter(None, (body.text, *map(_source, body))))
    words = len(body.text_content().split())
    shown = _FILLING.sub("", shown).strip()
    direction = body.get("dir") or document.get("dir") or ""
    if shown and direction.lower() in {"rtl", "auto"}:
        shown = f'<div dir="{direction.lower()}">{shown}</div>'
    return Content(shown, browser[0] if browser and is_whole else "", links, words)


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", no_network=True)


def _source(element: html.HtmlElement) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html"))


def _words(element: html.HtmlElement) -> str:
    return " ".join(_FILLING.sub("", element.text_content()).split())


def _links(body: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """The web addresses that are linked, each with the text that leads there."""
    for link in body.iter("a"):
        address = (link.get("href") or "").strip()
        if address.lower().startswith(_WEB):
            yield address, _words(link)


def _without_furniture(
    body: html.HtmlElement,
    furniture: Sequence[re.Pattern[str]],
    leaving: Collection[str],
    kept: str,
) -> None:
    """Take away links by which a reader leaves, or sees the same elsewhere, with their blocks."""
    links = list(body.iter("a"))
    for link in [*links[:_MOST_LINKS], *links[_MOST_LINKS:][-_MOST_LINKS:]]:
        address = (link.get("href") or "").strip()
        if address != kept and (address in leaving or _is_furniture(link, furniture)):
            _drop(_around(link, body))
    for link in links:
        if not (link.get("href") or "").strip().lower().startswith((*_WEB, "mailto:")):
            link.attrib.pop("href", None)


def _is_furniture(link: html.HtmlElement, furniture: Sequence[re.Pattern[str]]) -> bool:
    words = _short_words(link, _LONGEST_LINK_TEXT)
    if words is None:
        return False
    words = words or " ".join(picture.get("alt") or "" for picture in link.iter("img"))
    parent = link.getparent()
    if len(words) <= _LONGEST_HERE and parent is not None:
        # `Unsubscribe here`, of which only the last word leads there.
        words = _short_words(parent, _LONGEST_FURNITURE) or words
    return any(pattern.search(words) for pattern in furniture)


def _around(link: html.HtmlElement, body: html.HtmlElement) -> html.HtmlElement:
    """The largest block around a link that has hardly more text than a line of furniture."""
    largest = link
    for parent in link.iterancestors():
        if parent is body or _short_words(parent, _LONGEST_FURNITURE) is None:
            break
        if parent.tag in _BLOCKS:
            largest = parent
            if parent.tag in {"p", "td", "li"}:
                break
    return largest


def _short_words(element: html.HtmlElement, most: int) -> str | None:
    """The text in an element; None where it is longer, of which no more is read."""
    size, pieces = 0, []
    for number, piece in enumerate(element.itertext()):
        words = " ".join(_FILLING.sub("", piece[: most * 4]).split())
        size += len(words) + bool(words)
        if size > most + 1 or number > most:
            return None
        pieces.append(piece)
    return " ".join("".join(pieces).split())


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _without_hidden(body: html.HtmlElement) -> None:
    for element in list(body.iterdescendants()):
        if not isinstance(element.tag, str) or _is_hidden(element):
            _drop(element)


def _is_hidden(element: html.HtmlElement) -> bool:
    style = element.get("style") or ""
    if element.get("hidden") is not None or _HIDDEN.search(style):
        return True
    # Cells around other elements have it to leave no gaps between them.
    if not len(element) and element.tag != "img" and _TINY_TEXT.search(style):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_PREHEADER.search(names)) and len(_words(element)) <= _LONGEST_FURNITURE


def _without_pixels(body: html.HtmlElement) -> None:
    """Take away pictures that only tell who reads, and those that came with the message."""
    for picture in list(body.iter("img")):
        address = (picture.get("src") or "").strip()
        if not address.lower().startswith(_WEB) or _is_pixel(picture, address):
            _drop(picture)


def _is_pixel(picture: html.HtmlElement, address: str) -> bool:
    sizes = dict(_SIZES.findall((picture.get("style") or "").lower()))
    sizes |= {name: picture.get(name) for name in ("width", "height") if picture.get(name)}
    numbers = [int(size) for size in sizes.values() if size.isdecimal() and len(size) < 6]
    if numbers and max(numbers) <= _LARGEST_PIXEL:
        return True
    try:
        path = urlsplit(address).path
    except ValueError:
        return True
    return not picture.get("alt") and bool(_OPENS.search(path))


def _without_title(body: html.HtmlElement, title: str) -> None:
    """Take away the first block that says what the subject does."""
    folded = title.casefold()
    same = (e for e in body.iter("h1", "h2", "h3", "td", "p") if _words(e).casefold() == folded)
    if title and (found := next(same, None)) is not None:
        _drop(found)


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
        for name in set(element.attrib) - (_OF_PICTURES if element.tag == "img" else _KEPT):
            del element.attrib[name]


def _without_wrappers(body: html.HtmlElement) -> None:
    """Take away blocks that have nothing in them, and those that have only other blocks."""
    for block in reversed(list(body.iter("div", "p", "span"))):
        has_text = bool((block.text or "").strip() or any((e.tail or "").strip() for e in block))
        if not len(block) and not has_text:
            _drop(block)
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
            _drop(element)
