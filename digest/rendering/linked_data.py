"""What a page's linked data (JSON-LD, schema.org) says of its article."""

from __future__ import annotations

import json
import re
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# It goes to the end where nothing ends it: to look for more costs as much again each time.
_SCRIPT = re.compile(
    r"<script\b[^>]{0,200}?ld\+json[^>]{0,200}>(.*?)(?:</script|\Z)", re.IGNORECASE | re.DOTALL
)
_IS_ARTICLE = re.compile(r"Article$|Posting$|^(?:Report|Review|WebPage)$")
_NOT_FREE = re.compile(r"(?:.*/)?(?:false|no|0)", re.IGNORECASE)
# Most pages have less than five, and most of these less than ten objects.
_MOST_SCRIPTS, _MOST_OBJECTS = 50, 5_000


class LinkedData(Struct, frozen=True):
    """The text of an article, plain, where the data has it; `is_locked`: it is not free."""

    text: str = ""
    is_locked: bool = False


def linked_data(page: str) -> LinkedData:
    """What the data says of the articles of a page; of other things, such as offers, nothing."""
    articles = [found for found in _objects(_values(page)) if _is_article(found)]
    texts = [text for found in articles if isinstance(text := found.get("articleBody"), str)]
    return LinkedData(unescape(max(texts, key=len, default="")), any(map(_is_locked, articles)))


def _values(page: str) -> Iterator[Any]:
    for script in islice(_SCRIPT.finditer(page), _MOST_SCRIPTS):
        try:
            # Line ends in texts are what most of them get wrong.
            yield json.loads(script[1], strict=False)
        except (ValueError, RecursionError):
            continue


def _objects(values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Objects by themselves, in lists, and in the `@graph` of others."""
    waiting = [*values]
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            yield value
            waiting.append(value.get("@graph"))


def _is_article(found: dict[str, Any]) -> bool:
    kinds = found.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _IS_ARTICLE.search(kind) for kind in named)


def _is_locked(article: dict[str, Any]) -> bool:
    """It is said as false, "False", "no" or `http://schema.org/False`."""
    return bool(_NOT_FREE.fullmatch(str(article.get("isAccessibleForFree", ""))))
