"""Proposes how JSON that is no feed can be read: paths to the list in it, and into its items."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from digest.feeds.parsing.dates import read_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Item = dict[str, Any]

_DEEPEST = 4
_SAMPLE = 30
_MOST_KEYS = 60
_MOST = 0.6
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ADDRESS = re.compile(r"(?:https?://|/)\S+", re.IGNORECASE)
# Maps that some APIs put around all that an item has, and around a text.
_AROUND = ("", "properties.", "attributes.", "fields.", "data.", "node.")
_INSIDE = ("", ".rendered", ".main", ".text")
# What APIs call the parts of an item, the likeliest first; what is in a map, by its path.
_NAMES = {
    "title": "title name headline subject label summary",
    "link": "html_url url link web_url webUrl permalink href uri canonical_url links.self",
    "id": "id guid uuid slug key number",
    "date": "published_at publishedAt published date_published date created_at createdAt created"
    " pubDate pub_date webPublicationDate timestamp updated_at time",
    "text": "summary description excerpt abstract body content text teaser",
    "image": "image image_url thumbnail picture cover cover_image",
    "author": "author.name author user.login user.name author.login by creator byline"
    " authors[].name authors",
}


def proposed_paths(document: Any) -> dict[str, str]:
    """The settings of a `json` that read the list of a document; none without a clear one."""
    read = [(path, items, _parts(items)) for path, items in _lists(document, "")]
    told = [each for each in read if "title" in each[2]]
    if not told:
        return {}
    path, _, parts = max(told, key=lambda each: (len(each[2]), len(each[1])))
    return {**({"items": path} if path else {}), **parts}


def _lists(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, Sequence[Item]]]:
    """The lists of objects in a document, in its maps and not in other lists, with their paths."""
    if isinstance(value, list):
        items = [item for item in value[:_SAMPLE] if isinstance(item, dict)]
        if items and len(items) >= _MOST * len(value[:_SAMPLE]):
            yield path, items
    elif isinstance(value, dict) and depth < _DEEPEST:
        for name in list(value)[:_MOST_KEYS]:
            step = name if _PLAIN_NAME.fullmatch(name) else json.dumps(name)
            yield from _lists(value[name], f"{path}.{step}" if path else step, depth + 1)


def _parts(items: Sequence[Item]) -> dict[str, str]:
    found = {setting: _path_to(setting, items) for setting in _NAMES}
    if found["text"] == found["title"]:
        found["text"] = ""
    return {setting: path for setting, path in found.items() if path}


def _path_to(setting: str, items: Sequence[Item]) -> str:
    paths = (
        f"{around}{name}{inside}"
        for around in _AROUND
        for name in _NAMES[setting].split()
        for inside in _INSIDE
    )
    return next((path for path in paths if _share(items, path, _FITS[setting])), "")


def _share(items: Sequence[Item], path: str, fits: Callable[[Any], bool]) -> bool:
    """Whether most items have something fitting there."""
    return sum(fits(_value(item, path)) for item in items) >= _MOST * len(items)


def _value(item: Any, path: str) -> Any:
    name, _, rest = path.partition(".")
    value = item.get(name.removesuffix("[]")) if isinstance(item, dict) else None
    if name.endswith("[]"):
        value = value[0] if isinstance(value, list) and value else None
    return _value(value, rest) if rest else value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and bool(_ADDRESS.fullmatch(value.strip()))


def _is_id(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, int) and not isinstance(value, bool))


def _is_date(value: Any) -> bool:
    return _is_id(value) and read_date(str(value)) is not None


def _is_names(value: Any) -> bool:
    return _is_text(value) or (
        isinstance(value, list) and all(map(_is_text, value)) and bool(value)
    )


_FITS: dict[str, Callable[[Any], bool]] = {
    "title": _is_text,
    "link": _is_address,
    "id": _is_id,
    "date": _is_date,
    "text": _is_text,
    "image": _is_address,
    "author": _is_names,
}
