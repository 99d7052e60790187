"""Pages without a feed: what is listed there, found by the operator's CSS selectors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from digest.errors import FeedError
from digest.feeds.limits import MAX_NAME
from digest.feeds.parsing.bounds import bounded
from digest.feeds.sources import Document, Options, WebSource
from digest.feeds.text import one_line
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.config.sources.page import PageSettings

_SELECTORS = ("item", "title", "link", "date", "text", "image", "author")
_TEST = "`digest feeds test` shows what it finds"
# What pages that stand in front of others are called, which no list is.
_WALLS = {
    "asks whether a person is there": re.compile(
        r"just a moment|attention required|are you (?:a )?(?:human|robot)|verify(?:ing)? (?:that )?"
        r"you|security check|checking your browser|ddos-guard|bot verification|captcha",
        re.IGNORECASE,
    ),
    "asks to accept cookies": re.compile(
        r"before you continue|bevor sie fortfahren|cookie (?:consent|settings|notice|wall)"
        r"|\bconsent\b|privacy (?:settings|gate)|einwilligung|zustimmung",
        re.IGNORECASE,
    ),
    "asks for a login": re.compile(
        r"^(?:log|sign)[ -]?in\b|^anmelden\b|access denied", re.IGNORECASE
    ),
}


class PageItems(WebSource["PageSettings"]):
    """The items of a page, in its order."""

    accept: ClassVar[str] = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"

    def options(self, settings: PageSettings) -> Options:
        """The selectors, and what is lacking of them."""
        selectors = {name: getattr(settings, name) for name in _SELECTORS}
        return {**selectors, "lacks": settings.lacks}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The items of the page; a page without any has another form now, and is an error."""
        # Only worker processes need them; the daemon stays small.
        from digest.feeds.parsing.page_items import read_item, select
        from digest.feeds.parsing.page_tree import base_of, page_tree

        (document,) = documents
        if options["lacks"]:
            raise FeedError(options["lacks"])
        page = page_tree(document.body)
        if page is None:
            raise FeedError("is not a page of HTML", status=200)
        title = one_line(page.findtext(".//title") or "", MAX_NAME)
        items = select(page, options["item"])
        if not items:
            raise _nothing_found(options["item"], title)
        base = base_of(page, document.url)
        entries: dict[tuple[str, str], ParsedEntry] = {}
        for entry in (read_item(item, options, base) for item in items):
            if entry.link or entry.title:
                entries.setdefault((entry.link, entry.title), entry)
        if not entries:
            found = f"the selector {options['item']!r} finds items, and none has a title or a link"
            raise FeedError(f"{found}; {_TEST}", status=200, lasting=True)
        feed = ParsedFeed(title, tuple(entries.values()), "page", document.url)
        return bounded(feed, document.url)

    def proposal(self, document: Document) -> Mapping[str, str]:
        """Selectors for the list of a page, if it has one."""
        from digest.feeds.parsing.page_tree import page_tree
        from digest.feeds.proposals import proposed_selectors

        page = page_tree(document.body)
        return {} if page is None else proposed_selectors(page)


def _nothing_found(selector: str, title: str) -> FeedError:
    """Why a page has no items: its title tells of one that stands in front of it."""
    nothing = f"the selector {selector!r} finds nothing in the page"
    wall = next((asks for asks, words in _WALLS.items() if words.search(title)), None)
    if wall:
        return FeedError(f"{nothing}: it {wall} ({title[:60]!r})", status=200)
    redesigned = f"{nothing}; it may have been redesigned; {_TEST}"
    return FeedError(redesigned, status=200, lasting=True)


SOURCE = PageItems()
