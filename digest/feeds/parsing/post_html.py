"""Parts of posts that services give as data, as HTML: links, pictures, polls, quoted posts."""

from __future__ import annotations

import re
from html import escape

from digest.feeds.text import without_markup

_HAS_ALT = re.compile(r' alt="[^"]*\w')
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


def linked(address: str, html: str) -> str:
    """HTML that leads to an address; unlinked where that is none of the web."""
    if not address.lower().startswith(("https://", "http://")) or not address.isprintable():
        return html
    return f'<a href="{escape(address)}">{html}</a>'


def in_paragraphs(html: str) -> str:
    """Paragraphs of HTML in lines, of which blank ones are between two; its elements are inline."""
    parts = _BLANK_LINES.split(html.replace("\r\n", "\n").strip())
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)


def card(address: str, title: str) -> str:
    """The page that a post points to, by its title."""
    shown = escape(title.strip() or address, quote=False)
    return f"<p>{linked(address, shown)}</p>" if address else ""


def picture(address: str, alt: str) -> str:
    """A picture, and what is to be seen on it."""
    return f'<p><img src="{escape(address)}" alt="{escape(alt)}"></p>' if address else ""


def quotation(author: str, address: str, html: str) -> str:
    """A post that is quoted by another."""
    who = linked(address, escape(author, quote=False))
    return f"<blockquote><p>{who}:</p>{html}</blockquote>"


def choices(titles: list[str]) -> str:
    """What a poll lets people choose from."""
    items = "".join(f"<li>{escape(title, quote=False)}</li>" for title in titles)
    return f"<ul>{items}</ul>" if items else ""


def title_of(html: str, author: str) -> str:
    """What a post goes by: who posted it, if it has no word, and none to its pictures either.

    Empty otherwise: then it goes by its own first words.
    """
    return "" if without_markup(html).strip() or _HAS_ALT.search(html) else author
