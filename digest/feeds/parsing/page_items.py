"""Reads the items of a web page by CSS selectors, some with an `@attribute` behind them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from digest.config.selectors import split_selector
from digest.errors import FeedError
from digest.feeds.limits import MAX_ITEMS, MAX_LINK
from digest.feeds.parsing.page_tree import date_in, date_of, html_of, image_of, link_of, text_of
from digest.feeds.text import absolute_link, paragraphs
from digest.model import ParsedEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml import etree

    # By the names of settings; None where a setting is left out.
    Selectors = Mapping[str, str | None]
    Element = etree._Element  # noqa: SLF001 - the type has no other name
    # The first element that a selector finds, and the attribute behind the selector.
    Found = tuple[Element | None, str]


def select(scope: Element, selector: str) -> list[Element]:
    """The elements in an element, itself included, that a selector finds, 10,000 at most.

    Raises:
        FeedError: it takes too much.
    """
    from lxml import etree

    try:
        found = cast("list[Element]", _compiled(selector)(scope))
    except etree.XPathError as error:
        raise FeedError(f"the selector {selector!r} cannot be tried: {error}", status=200) from None
    return found[:MAX_ITEMS]


@lru_cache(maxsize=64)
def _compiled(selector: str) -> etree.XPath:
    from cssselect import HTMLTranslator
    from lxml import etree

    return etree.XPath(HTMLTranslator().css_to_xpath(selector))


def read_item(item: Element, selectors: Selectors, base: str) -> ParsedEntry:
    """An item of a page whose addresses are relative to `base`, as an entry."""
    title = _first(item, selectors["title"])
    return ParsedEntry(
        guid="",
        link=_absolute(base, _link(item, selectors["link"], title)),
        title=_line(title) if selectors["title"] else text_of(_titled_link(item, item)),
        author=_line(_first(item, selectors["author"])),
        published=_date(_first(item, selectors["date"])),
        html=_html(_first(item, selectors["text"])),
        base=base,
        image=_absolute(base, _image(_first(item, selectors["image"]))),
    )


def _first(item: Element, setting: str | None) -> Found:
    if setting is None:
        return None, ""
    selector, attribute = split_selector(setting)
    found = select(item, selector) if selector else [item]
    return (found[0] if found else None), attribute


def _line(found: Found) -> str:
    element, attribute = found
    if element is None:
        return ""
    return element.get(attribute, "") if attribute else text_of(element)


def _link(item: Element, setting: str | None, title: Found) -> str:
    """Where an item leads: by its setting, else by its title, its links, or the mark it has."""
    if setting is not None:
        element, attribute = _first(item, setting)
        if element is None:
            return ""
        return element.get(attribute, "") if attribute else link_of(element)
    if title[0] is not None and (address := link_of(title[0])):
        return address
    address = _titled_link(item, item).get("href", "")
    # Headings of a changelog have no page of their own, and a place on this one.
    return address or (f"#{item.get('id')}" if item.get("id") else "")


def _titled_link(item: Element, otherwise: Element) -> Element:
    """The first link with a text in an item."""
    links = (link for link in item.iter("a") if link.get("href") and text_of(link))
    return next(links, otherwise)


def _date(found: Found) -> datetime | None:
    element, attribute = found
    if element is None:
        return None
    return date_in(element.get(attribute, "")) if attribute else date_of(element)


def _html(found: Found) -> str:
    element, attribute = found
    if element is None:
        return ""
    return paragraphs(element.get(attribute, "")) if attribute else html_of(element)


def _image(found: Found) -> str:
    element, attribute = found
    if element is None:
        return ""
    return element.get(attribute, "") if attribute else image_of(element)


def _absolute(base: str, address: str) -> str:
    return absolute_link(base, address.strip(), MAX_LINK)
