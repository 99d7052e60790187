"""Proposes how a page without a feed can be read: selectors for what is listed on it.

A list is what a selector finds several times, each with a link and a title of its own. Of all such
lists of a page that counts which looks most like news: many items, long titles, headings, dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from itertools import islice
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.feeds.parsing.page_items import select
from digest.feeds.parsing.page_tree import date_in, date_of, image_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lxml import etree

    Element = etree._Element  # noqa: SLF001 - the type has no other name
    Elements = Sequence[Element]

_LEAST_ITEMS = 3
# How many of a list are looked at; the rest is like them.
_SAMPLE = 30
_MOST_LINKS = 3_000
# How far above its link an item may be.
_LEVELS = 6
# What most items of a list have, its selector finds.
_MOST = 0.6
_FULL_TITLE = 50
_LONGEST_DATE = 60
_LEAST_TEXT = 40
_HEADINGS = ("h1", "h2", "h3", "h4")
_ASIDE = {"nav", "footer", "aside", "form"}
_CALLED_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu|breadcrumbs?|footer|sidebar|pagination|pager|share|social|cookie|"
    r"toc|tags?|related|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
# What says nothing of what is in it.
_PLAIN = {"a", "div", "p", "span", "td", "dd", "li"}
_ITSELF = ("title", "*")
_NAME = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
_YEAR = re.compile(r"\d{4}|\d\.\d\d\b")


class _List(Struct, frozen=True):
    """What a selector finds, and the titles and addresses of its first items."""

    selector: str
    items: tuple[Element, ...]
    score: float


def proposed_selectors(page: Element) -> dict[str, str]:
    """The settings of a `page` that read the list of a page, five at most; none without a list."""
    lists = sorted(_lists(page), key=lambda each: each.score, reverse=True)
    for best in lists[:20]:
        found = select(page, best.selector)
        # A selector that finds as much in menus is of no use.
        if len(found) <= len(best.items) * 1.25 + 1:
            return {"item": best.selector, **_parts(best.items[:_SAMPLE])}
    return {}


def _lists(page: Element) -> Iterator[_List]:
    groups: dict[str, list[Element]] = defaultdict(list)
    for element in _candidates(page):
        for selector in dict.fromkeys(_selectors_of(element)):
            groups[selector].append(element)
    for selector, items in groups.items():
        if len(items) >= _LEAST_ITEMS and (score := _score(items)):
            yield _List(selector, tuple(items), score)


def _candidates(page: Element) -> Iterable[Element]:
    """What may be an item, in the order of the page: elements around links, and marked headings."""
    around: dict[Element, None] = {}
    for link in islice(page.iter("a"), _MOST_LINKS):
        if _leads_on(link.get("href", "")) and text_of(link) and not _is_aside(link):
            around[link] = None
            above = islice(link.iterancestors(), _LEVELS)
            around.update((each, None) for each in above if each.tag not in {"body", "html"})
    if not around:
        marked = islice(page.iter(*_HEADINGS), _MOST_LINKS)
        around.update((each, None) for each in marked if each.get("id") and not _is_aside(each))
    return around


def _leads_on(href: str) -> bool:
    return bool(href) and not href.lower().startswith(("#", "javascript:", "mailto:", "tel:"))


def _is_aside(element: Element) -> bool:
    for each in (element, *element.iterancestors()):
        if each.tag in _ASIDE or each.get("role") == "navigation":
            return True
        called = f"{each.get('class', '')} {each.get('id', '')}"
        if each.tag != "body" and _CALLED_ASIDE.search(called):
            return True
    return False


def _selectors_of(element: Element) -> Iterator[str]:
    """Selectors that may find an element and those like it, the most telling first."""
    tag = str(element.tag)
    yield from (f"{tag}.{name}" for name in _classes(element))
    for level, above in enumerate(islice(element.iterancestors(), 3)):
        # Browsers put a tbody around rows, and who looks there should find the same.
        is_child = level == 0 and tag != "tr"
        for place in _places(above):
            yield f"{place} > {tag}" if is_child else f"{place} {tag}"
    yield tag


def _places(element: Element) -> Iterator[str]:
    mark = element.get("id", "")
    if _NAME.fullmatch(mark):
        yield f"#{mark}"
    yield from (f"{element.tag}.{name}" for name in _classes(element))
    if element.tag in {"main", "article", "table", "ul", "ol", "dl"}:
        yield str(element.tag)


def _classes(element: Element) -> list[str]:
    names = element.get("class", "").split()[:4]
    return [name for name in names if _NAME.fullmatch(name)]


def _score(items: Elements) -> float:
    """How much a list looks like news; 0 where it is none."""
    sample = items[:_SAMPLE]
    inside = {*items}
    if any(above in inside for item in sample for above in item.iterancestors()):
        return 0
    titles = [_title_element(item) for item in sample]
    texts = [text_of(title) for title in titles]
    links = {_address(item, title) for item, title in zip(sample, titles, strict=True)}
    distinct = min(len(links - {""}), len({*texts} - {""})) / len(sample)
    if distinct < _MOST:
        return 0
    length = sum(min(_width(text), _FULL_TITLE) for text in texts) / len(sample) / _FULL_TITLE
    headings = _share(sample, lambda item: len(_headings(item)) == 1)
    crowded = _share(sample, lambda item: len(_headings(item)) > 1)
    dates = _share(sample, lambda item: next(_dated(item), None) is not None)
    # A row around each item says the same as the item, and has fewer of them.
    size = log(1 + min(len(items), _SAMPLE))
    # More belongs to an item than its title.
    whole = 0.8 if sample[0].tag in {"a", *_HEADINGS} else 1
    return distinct * length * size * (1 + dates) * (1 + headings / 2) * (1 - crowded) * whole


def _share(items: Elements, has: Callable[[Element], bool]) -> float:
    return sum(map(has, items)) / len(items)


def _width(text: str) -> int:
    """The width of a text in columns: a Chinese character says as much as two letters."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _headings(item: Element) -> Elements:
    return [each for each in item.iter(*_HEADINGS) if text_of(each)]


def _title_element(item: Element) -> Element:
    """The first heading of an item, else its link with the longest text, else itself."""
    if headings := _headings(item):
        return headings[0]
    links = [link for link in item.iter("a") if _leads_on(link.get("href", ""))]
    return max(links, key=lambda link: _width(text_of(link)), default=item)


def _address(item: Element, title: Element) -> str:
    links = (*title.iter("a"), *title.iterancestors("a"), *item.iter("a"))
    address = next((link.get("href", "") for link in links if link.get("href")), "")
    return address or item.get("id", "")


def _dated(item: Element) -> Iterator[Element]:
    """The elements of an item that name a date, the best first."""
    for time in item.iter("time"):
        if date_of(time):
            yield time
    for each in item.iter():
        text = text_of(each, _LONGEST_DATE + 1)
        if len(text) <= _LONGEST_DATE and _YEAR.search(text) and date_in(text):
            yield each


def _parts(items: Elements) -> dict[str, str]:
    """Selectors for what each item of a list has, by the names of settings."""
    parts = {
        "title": _common(items, _title_element),
        "date": _common(items, lambda item: _narrowest(_dated(item))),
        "text": _common(items, _paragraph),
        "image": _common(items, _picture) if _are_of_their_own(items) else None,
    }
    # Without a title, it is the text of the item that counts.
    return {name: found for name, found in parts.items() if found and (name, found) != _ITSELF}


def _picture(item: Element) -> Element | None:
    return next(item.iter("img"), None)


def _are_of_their_own(items: Elements) -> bool:
    """Whether each item has another picture, and not the icon of its kind."""
    addresses = {image_of(picture) for item in items if (picture := _picture(item)) is not None}
    return len(addresses) >= _MOST * len(items)


def _narrowest(elements: Iterator[Element]) -> Element | None:
    """The first that has no other of them in it."""
    found = list(islice(elements, 5))
    inner = (each for each in found if not any(each in other.iterancestors() for other in found))
    return next(inner, None)


def _paragraph(item: Element) -> Element | None:
    title = _title_element(item)
    return next(
        (
            each
            for each in item.iter("p", "div", "dd", "td", "span")
            if _width(text_of(each)) >= _LEAST_TEXT and not _overlap(each, title)
        ),
        None,
    )


def _overlap(element: Element, other: Element) -> bool:
    return element is other or element in other.iterancestors() or other in element.iterancestors()


def _common(items: Elements, wanted: Callable[[Element], Element | None]) -> str | None:
    """The selector that finds what is wanted first in most items; None if none does."""
    pairs = [(item, element) for item in items if (element := wanted(item)) is not None]
    if len(pairs) < _MOST * len(items):
        return None
    proposed = Counter(
        selector for item, element in pairs for selector in _selectors_within(item, element)
    )
    best, finds = "", 0
    for selector, _ in proposed.most_common(12):
        right = sum(next(iter(select(item, selector)), None) is each for item, each in pairs)
        if right > finds:
            best, finds = selector, right
    return best if finds >= _MOST * len(items) else None


def _selectors_within(item: Element, element: Element) -> Iterator[str]:
    """Selectors that may find an element in its item, the most telling first."""
    if element is item:
        yield "*"
        return
    tag = str(element.tag)
    classes = [f"{tag}.{name}" for name in _classes(element)]
    yield from (*classes, tag) if tag in _PLAIN else (tag, *classes)
    before = element.getprevious()
    if before is not None:
        yield f"{before.tag} + {tag}"
    above = element.getparent()
    if above is None:
        return
    if above is not item:
        yield from (f"{place} {tag}" for place in _places(above))
    cell = element if tag == "td" else above if above.tag == "td" else None
    if cell is not None:
        row = f"td:nth-child({1 + len(list(cell.itersiblings(preceding=True)))})"
        yield row if cell is element else f"{row} {tag}"
