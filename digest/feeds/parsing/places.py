"""Which elements of a feed count, by where they stand; the root of what both readers read.

A place is what an element's children are in: "entry", "media", "author"... An element counts only
where the table of its place has its name, so that a caption is no description, and nothing within
an element of another vendor is the title, link or date of an entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEXT, LEAF = "text", "leaf"
# In what does not count nothing does; but entries may be in a list of their own.
SKIPPED, WRAPPER = "skipped", "wrapper"


def _each(place: str, names: str) -> Iterable[tuple[str, str]]:
    return ((name, place) for name in names.split())


ENTRIES = dict(_each("entry", "item entry"))
_FEED = {
    **ENTRIES,
    **dict(_each(TEXT, "title dc:title itunes:title")),
    **dict(_each(LEAF, "link ttl skiphours skipdays sy:updateperiod sy:updatefrequency")),
}
_MEDIA = {
    **dict(_each(TEXT, "media:title media:description")),
    **dict(_each(LEAF, "media:thumbnail media:credit media:category media:keywords")),
}
_PICTURE = {name: place for name, place in _MEDIA.items() if name != "media:credit"}

PLACES: Mapping[str, Mapping[str, str]] = {
    "document": {"rss": "rss", "feed": "feed", "rdf:rdf": "rdf", "channel": "channel", **ENTRIES},
    "rss": {"channel": "channel", **ENTRIES},
    "rdf": {"channel": "channel", **ENTRIES},
    "channel": _FEED,
    "feed": {**_FEED, **dict(_each(LEAF, "id guid")), "author": "author"},
    WRAPPER: ENTRIES,
    "entry": {
        **_MEDIA,
        **dict(_each(TEXT, "title dc:title itunes:title")),
        **dict(_each(TEXT, "description dc:description abstract summary itunes:summary")),
        **dict(_each(TEXT, "content content:encoded fullitem body xhtml:body")),
        **dict(_each(LEAF, "link guid id enclosure comments slash:comments")),
        **dict(_each(LEAF, "itunes:image itunes:duration")),
        **dict(_each(LEAF, "published issued pubdate dcterms:issued")),
        **dict(_each(LEAF, "updated modified lastbuilddate dc:date dcterms:modified")),
        **dict(_each(LEAF, "created dcterms:created prism:publicationdate")),
        **dict(_each(LEAF, "category keywords tags dc:subject itunes:category itunes:keywords")),
        **dict(_each("author", "author dc:creator dc:author itunes:author managingeditor")),
        "media:group": "group",
        "media:content": "media",
        "image": "image",
    },
    "group": {**_MEDIA, "media:content": "media"},
    "media": _MEDIA,
    "picture": _PICTURE,
    "author": dict(_each(LEAF, "name email uri url homepage")),
    "image": {"url": LEAF},
    TEXT: {},
    LEAF: {},
    SKIPPED: {},
}
# Where what does not count may have entries in it.
_AROUND_ENTRIES = {"rss", "rdf", "channel", "feed", WRAPPER}


def place_within(name: str, place: str) -> str:
    """The place of the children of an element (named as `ElementNames` has it) in a place."""
    if inside := PLACES[place].get(name):
        return inside
    return WRAPPER if place in _AROUND_ENTRIES else SKIPPED


def counts(name: str, place: str) -> bool:
    """Whether an element counts in a place."""
    return name in PLACES[place]
