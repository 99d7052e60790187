"""What services write around a newsletter: the way out of the list, and to the same on the web."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.feeds.newsletters.phrases import ABOUT_LIST, BROWSER, HERE, LEAVING, SERVICE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lxml import html

_WEB = ("https://", "http://")
_LONGEST_LINK_TEXT = 80
# Characters around the words in the text of such a link: `Click here to unsubscribe`. With more,
# as in `FTC makes it easier to unsubscribe`, it is the title of a story.
_MOST_BEFORE, _MOST_AFTER = 18, 30
_MOST_BROWSER_LINKS = 2
# Links that are looked at from the beginning, and as many from the end: furniture is there.
_MOST_LINKS = 300
# A block with a link of the furniture in it, and no more text than this, is furniture itself.
LONGEST_FURNITURE = 300
_BLOCKS = {"p", "td", "th", "div", "li", "center", "h1", "h2", "h3", "h4", "h5", "h6"}
# What fills the line of a mailbox behind a preheader, so that nothing else is shown there.
FILLING = re.compile("(?:[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2007\ufeff][ \u00a0]*){4,}")


def browser_links(body: html.HtmlElement) -> Sequence[html.HtmlElement]:
    """The links to the same message on the web."""
    found = [
        link
        for link in _outer_links(body)
        if _address(link).startswith(_WEB) and BROWSER.search(_telling_words(link))
    ]
    # Each article of a list may have such a link; then it is none to the message.
    return found if len({*map(_address, found)}) <= _MOST_BROWSER_LINKS else ()


def link_words(link: html.HtmlElement) -> str:
    """The text of a link, or of its pictures."""
    alts = (picture.get("alt") or "" for picture in link.iter("img"))
    return words_of(link) or " ".join(" ".join(alts).split())


def _outer_links(body: html.HtmlElement) -> Sequence[html.HtmlElement]:
    links = list(body.iter("a"))
    return [*links[:_MOST_LINKS], *links[_MOST_LINKS:][-_MOST_LINKS:]]


def _address(link: html.HtmlElement) -> str:
    return (link.get("href") or "").strip()


def words_of(element: html.HtmlElement) -> str:
    """The text in an element, on one line."""
    return " ".join(FILLING.sub("", element.text_content()).split())


def drop(element: html.HtmlElement) -> None:
    """Take an element away, if that was not done."""
    if element.getparent() is not None:
        element.drop_tree()


def without_furniture(
    body: html.HtmlElement,
    browser: Collection[html.HtmlElement],
    leaving: Collection[str],
    kept: str,
) -> None:
    """Take away links by which a reader leaves, and those in `browser`, with their blocks.

    `leaving` are addresses by which readers leave the list; a link to `kept` stays whatever it is.
    """
    for link in _outer_links(body):
        address = _address(link)
        if address == kept or link.getparent() is None:
            continue
        leaves = address in leaving or _leaves(link)
        if leaves or link in browser or SERVICE.search(_telling_words(link)):
            block = _around(link, body)
            if leaves:
                _drop_following(block, body)
            drop(link if _is_all(block, body) else block)
    _without_sentences_on_the_list(body)


def _telling_words(link: html.HtmlElement) -> str:
    """The text of a link; that of the line around it where it only says here.

    Nothing where it is longer than furniture's.
    """
    if short_words(link, _LONGEST_LINK_TEXT) is None:
        return ""
    words = link_words(link)
    parent = link.getparent()
    if parent is not None and HERE.fullmatch(words):
        words = short_words(parent, LONGEST_FURNITURE) or words
    return words


def _leaves(link: html.HtmlElement) -> bool:
    """Whether a link says that it leads out of the list, and has hardly a word more."""
    words = _telling_words(link)
    found = LEAVING.search(words)
    if not found or words != link_words(link):
        return bool(found)
    return found.start() <= _MOST_BEFORE and len(words) - found.end() <= _MOST_AFTER


def _around(link: html.HtmlElement, body: html.HtmlElement) -> html.HtmlElement:
    """The block around a link, if it has hardly more text than a line of furniture."""
    for parent in link.iterancestors():
        if parent is body or short_words(parent, LONGEST_FURNITURE) is None:
            break
        if parent.tag in _BLOCKS:
            return parent
    return link


def _is_all(block: html.HtmlElement, body: html.HtmlElement) -> bool:
    """Whether a message says nothing but what is in a block."""
    every = short_words(body, 2 * LONGEST_FURNITURE)
    if every is None or every != short_words(block, LONGEST_FURNITURE):
        return False
    return _alts(body) == _alts(block)


def _alts(element: html.HtmlElement) -> list[str]:
    return [alt for picture in element.iter("img") if (alt := picture.get("alt"))]


def _drop_following(block: html.HtmlElement, body: html.HtmlElement) -> None:
    """Take away what is below the way out, like an address, if that is little of the message."""
    following: list[html.HtmlElement] = []
    for element in (block, *block.iterancestors()):
        if element is body:
            break
        following += element.itersiblings()
    texts = [short_words(element, LONGEST_FURNITURE) for element in following]
    size = sum(LONGEST_FURNITURE + 1 if text is None else len(text) for text in texts)
    every = short_words(body, 3 * size)
    if size <= LONGEST_FURNITURE and every is None:
        for element in following:
            drop(element)


def _without_sentences_on_the_list(body: html.HtmlElement) -> None:
    """Take away the blocks that say why the message came, which have no link of their own."""
    for block in list(body.iter("p", "td", "div", "li")):
        words = short_words(block, LONGEST_FURNITURE)
        if words and ABOUT_LIST.match(words) and not _is_all(block, body):
            drop(block)


def short_words(element: html.HtmlElement, most: int) -> str | None:
    """The text in an element; None where it is longer, of which no more is read."""
    size, pieces = 0, []
    for number, piece in enumerate(element.itertext()):
        words = " ".join(FILLING.sub("", piece[: most * 4]).split())
        size += len(words) + bool(words)
        if size > most + 1 or number > most:
            return None
        pieces.append(piece)
    return " ".join("".join(pieces).split())
