"""What an entry says as text: its title, its excerpt, and how many words there are to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from digest.feeds.limits import MAX_TITLE
from digest.feeds.lookalikes import visible
from digest.feeds.text import one_line
from digest.rendering.content_pictures import without_small_captions
from digest.rendering.excerpts import excerpt, telling
from digest.rendering.plain import read_text

if TYPE_CHECKING:
    from digest.model import ParsedEntry

EXCERPT_CHARACTERS = 280
# Of a post all is shown where most services have their limit.
POST_CHARACTERS = 500
_TITLE_CHARACTERS = 80
# A title that is longer, and is how the text begins, is a text: bridges to social networks.
_LONGEST_TITLE = 160
_ADDRESS = re.compile(r"https?://(?:www\.)?(\S{31})\S{10,}")
_NO_TITLE = re.compile(
    r"https?://\S+|\W*(?:untitled|no title|ohne titel|sans titre|sin t[íi]tulo|senza titolo"
    r"|sem t[íi]tulo|zonder titel)\W*",
    re.IGNORECASE,
)
# The last part of an address where it says something: words, not the number of a post.
_SLUG = re.compile(r"[^\W\d_]{3,}(?:[-_.]\w+)*")
# Written without spaces, unlike Korean.
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORDS_A_CHARACTER = 230 / 500


class EntryText(Struct, frozen=True):
    """What is kept of what an entry says; the title of a post is its first words."""

    title: str
    excerpt: str
    words: int


def read_entry(parsed: ParsedEntry, safe: str, picture_text: str) -> EntryText:
    """The text of an entry whose clean HTML is `safe`; `picture_text` is written to its picture."""
    text, paragraphs = read_text(without_small_captions(safe))
    prose = telling(paragraphs, parsed.title)
    if not prose:
        is_said = picture_text and picture_text != parsed.title
        prose = picture_text if is_said else telling(read_text(safe)[1], parsed.title)
    words = count_words(text)
    if _has_title(parsed, text):
        return EntryText(parsed.title, excerpt(prose, EXCERPT_CHARACTERS), words)
    # What is boilerplate in an article can be all that a post says, like a single emoji.
    post = _with_short_addresses(prose or one_line(text, POST_CHARACTERS * 2))
    title = excerpt(post, _TITLE_CHARACTERS) or _title_without_text(parsed.link)
    return EntryText(title, excerpt(post, POST_CHARACTERS), words)


def _has_title(parsed: ParsedEntry, text: str) -> bool:
    title = parsed.title
    if not visible(title) or _NO_TITLE.fullmatch(title) or _is_id(title, parsed):
        return False
    return len(title) <= _LONGEST_TITLE or not text.lstrip().startswith(title)


def _is_id(title: str, parsed: ParsedEntry) -> bool:
    """Whether a title is the number that ends the address or the id of its entry."""
    return title.isdecimal() and f"/{title}" in {parsed.link[-len(title) - 1 :], f"/{parsed.guid}"}


def _title_without_text(link: str) -> str:
    """What an entry goes by that says nothing: words of its address, or where it is."""
    parts = urlsplit(link)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    if _SLUG.fullmatch(last):
        return excerpt(one_line(re.sub("[-_]", " ", last), MAX_TITLE), _TITLE_CHARACTERS)
    return (parts.hostname if last else link) or "Untitled"


def _with_short_addresses(text: str) -> str:
    """Text whose addresses are shown as browsers and social networks do: without the rest."""
    return _ADDRESS.sub(r"\1…", text) if "://" in text else text


def count_words(text: str) -> int:
    """The words there are to read, at 230 a minute.

    In Chinese and Japanese, which are read at about 500 characters a minute, each character is
    as much of a word as takes the same time.
    """
    cjk = 0 if text.isascii() else len(_CJK.findall(text))
    spaced = len((_CJK.sub(" ", text) if cjk else text).split())
    return spaced + round(cjk * _WORDS_A_CHARACTER)
