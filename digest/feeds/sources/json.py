"""JSON that is no feed, such as an API's: a list in it, found by the operator's JMESPaths."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from digest.config.json_paths import filled, is_template, paths_in
from digest.errors import FeedError
from digest.feeds.limits import MAX_ITEMS
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.json_values import json_document
from digest.feeds.parsing.text_types import UNSAID, body_html
from digest.feeds.sources import Document, Options, WebSource
from digest.feeds.text import well_formed
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from digest.config.sources.json import JsonSettings

_PATHS = ("items", "title", "link", "id", "date", "text", "image", "author")
_MOST_NAMES = 8
_TEST = "`digest feeds test` shows what it finds"


class JsonItems(WebSource["JsonSettings"]):
    """The items of a list in a document, in its order."""

    accept: ClassVar[str] = "application/json, */*;q=0.5"

    def options(self, settings: JsonSettings) -> Options:
        """The paths, and what is lacking of them."""
        return {name: getattr(settings, name) for name in _PATHS} | {"lacks": settings.lacks}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The items of the list; an empty list is fine, and none at all is an error."""
        (document,) = documents
        if options["lacks"]:
            raise FeedError(options["lacks"])
        whole = json_document(document.body)
        items = _found(options["items"], whole)
        if not isinstance(items, list):
            raise FeedError(_no_list(options["items"], whole), status=200, lasting=True)
        entries = [_entry(item, options) for item in items[:MAX_ITEMS]]
        told = tuple(entry for entry in entries if entry.title or entry.link)
        if items and not told:
            reason = f"the path {options['items']!r} finds items, and none has a title or a link"
            raise FeedError(f"{reason}; {_TEST}", status=200, lasting=True)
        return bounded(ParsedFeed("", told, "json"), document.url)

    def proposal(self, document: Document) -> Mapping[str, str]:
        """Paths to the list of a document and to what its items have, if it has one list."""
        from digest.feeds.json_proposals import proposed_paths

        try:
            return proposed_paths(json_document(document.body))
        except FeedError:
            return {}


def _found(path: str | None, document: Any) -> Any:
    """What a path finds; nothing where a function of it has no use for what is there."""
    # Only worker processes need it; the daemon stays small.
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(path, document) if path else None
    except (JMESPathError, ArithmeticError, RecursionError, TypeError, ValueError):
        # Not all that its functions refuse is an error of its own kind.
        return None


def _no_list(path: str, document: Any) -> str:
    if isinstance(document, dict):
        names = ", ".join(repr(str(name)[:30]) for name in list(document)[:_MOST_NAMES])
        there = f"the document has {names}" if names else "the document is empty"
    else:
        there = f"the document is a {'list' if isinstance(document, list) else 'single value'}"
    return f"the path {path[:60]!r} finds no list: {there}"


def _entry(item: Any, paths: Options) -> ParsedEntry:
    found = {name: _found(paths[name], item) for name in ("id", "title", "date", "text", "image")}
    text = _text(found["text"])
    return ParsedEntry(
        guid=_text(found["id"]),
        link=_link(item, paths["link"]),
        title=_text(found["title"]),
        author=", ".join(_texts(_found(paths["author"], item))),
        published=_date(found["date"]),
        html=body_html(text, UNSAID, is_literal=True) if text else "",
        image=_text(found["image"]),
    )


def _texts(value: Any) -> list[str]:
    """The texts and numbers of a value, those of a list each by itself."""
    values = value if isinstance(value, list) else [value]
    return list(filter(None, map(_text, values[:_MOST_NAMES])))


def _text(value: Any) -> str:
    """A text, or a number as it is written; of a list the first; nothing where it is neither."""
    match value:
        case str():
            return value
        case bool() | None:
            return ""
        case int():
            return str(value)
        case float():
            return repr(value) if isfinite(value) else ""
        case list():
            return next(iter(_texts(value)), "") if not _is_nested(value) else ""
    return ""


def _is_nested(values: list[Any]) -> bool:
    return any(isinstance(value, list) for value in values)


def _date(value: Any) -> datetime | None:
    """The moment that a text names, or a number of seconds or milliseconds since 1970."""
    is_fraction = isinstance(value, float) and isfinite(value)
    return read_date(str(int(value)) if is_fraction else _text(value))


def _link(item: Any, setting: str | None) -> str:
    """What a path finds, or an address with what its paths find; nothing where one finds none."""
    if setting is None:
        return ""
    if not is_template(setting):
        return _text(_found(setting, item))
    texts = [_text(_found(path, item)) for path in paths_in(setting)]
    values = [quote(well_formed(text), safe="/") for text in texts]
    return filled(setting, values) if all(values) else ""


SOURCE = JsonItems()
