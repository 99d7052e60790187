"""The rules of the fast reader: what each element of a feed adds, as feedparser has it.

A rule has what to call where its element begins and where it ends, an argument for both calls, and
the place that the element's children are in. A place is a kind of surroundings ("channel", "entry",
"author"); `TABLES` has the rules of each by the names of elements. An element without a rule makes
the whole document one for the tolerant reader, but for elements under a prefix that feedparser does
not know: it keeps those under names that nobody reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from digest.feeds.parsing.fast_builder import FeedBuilder
from digest.feeds.parsing.namespaces import NoRuleError

if TYPE_CHECKING:
    from collections.abc import Callable

    Attributes = dict[str, str]


class Rule(NamedTuple):
    """What to call where an element begins and ends, with `argument`; its children's place."""

    begin: Callable[[FeedBuilder, str, Attributes], None] | None = None
    end: Callable[[FeedBuilder, str], None] | None = None
    argument: str = ""
    inside: str = "leaf"


_SKIP = Rule()


def _skipping(*names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, _SKIP)


def _bare_field(field: str) -> Rule:
    """A field that feedparser does not know: attributes would take the place of its text."""
    return Rule(FeedBuilder.begin_bare, FeedBuilder.end_field, field)


_TITLE = Rule(FeedBuilder.begin_text, FeedBuilder.end_title, "text/plain", "text")
_DESCRIPTION = Rule(
    FeedBuilder.begin_description, FeedBuilder.end_description, "description", "text"
)
_SUMMARY = Rule(FeedBuilder.begin_description, FeedBuilder.end_description, "summary", "text")
_IGNORED_TEXT = Rule(FeedBuilder.begin_text, None, "text/plain", "text")
_AUTHOR = Rule(FeedBuilder.begin_author, FeedBuilder.end_author, inside="author")
_LINK = Rule(FeedBuilder.begin_link, FeedBuilder.end_link)
_ID = Rule(FeedBuilder.begin_id, FeedBuilder.end_id)
_PUBLISHED, _UPDATED, _CREATED = (
    Rule(None, FeedBuilder.end_field, field) for field in ("published", "updated", "created")
)

_ITUNES = "http://www.itunes.com/"
_MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"
_CATEGORY = Rule(FeedBuilder.begin_category, FeedBuilder.end_category)
_MEDIA = {
    "media:category": Rule(FeedBuilder.begin_category, FeedBuilder.end_category, _MEDIA_SCHEME),
    "media:keywords": Rule(FeedBuilder.begin_bare, FeedBuilder.end_keywords),
    "media:content": Rule(FeedBuilder.begin_media, None, "media_content", "media"),
    "media:credit": Rule(FeedBuilder.begin_media, FeedBuilder.end_credit, "media_credit"),
    "media:description": _DESCRIPTION,
    "media:group": Rule(inside="media"),
    "media:thumbnail": Rule(FeedBuilder.begin_media, FeedBuilder.end_thumbnail, "media_thumbnail"),
    "media:title": Rule(FeedBuilder.begin_text, FeedBuilder.end_media_title, "text/plain"),
    "media:community": Rule(inside="community"),
    **_skipping(
        *("media:copyright", "media:player", "media:rating"),
        *("media:text", "media:hash", "media:license", "media:restriction"),
    ),
}
_IMAGE_PART = Rule(FeedBuilder.begin_part, FeedBuilder.end_image_part)
_PERSON_SKIPPED = _skipping("name", "uri", "url", "homepage", "email")
_SKIPPED = {
    **_skipping(
        *("category", "comments", "copyright", "docs", "expirationdate", "generator", "icon"),
        *("language", "logo", "post-id", "rating", "site", "webmaster"),
        *("cc:license", "creativecommons:license"),
        *("dc:contributor", "dc:coverage", "dc:format", "dc:identifier", "dc:language"),
        *("dc:publisher", "dc:relation", "dc:rights", "dc:source", "dc:subject", "dc:type"),
        *(
            "feedburner:browserfriendly",
            "feedburner:emailserviceid",
            "feedburner:feedburnerhostname",
        ),
        *("feedburner:feedflare", "feedburner:info", "feedburner:origenclosurelink"),
        "feedburner:origlink",
        *("itunes:block", "itunes:complete", "itunes:episode", "itunes:episodetype"),
        *("itunes:explicit", "itunes:isclosedcaptioned", "itunes:keywords", "itunes:new-feed-url"),
        *("itunes:order", "itunes:season", "itunes:subtitle", "itunes:title", "itunes:type"),
        "xhtml:meta",
    ),
    **dict.fromkeys(("rights", "subtitle"), _IGNORED_TEXT),
    "contributor": Rule(inside="person skipped"),
    "itunes:category": Rule(inside="categories"),
}
_DATES = {
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms:issued"), _PUBLISHED),
    **dict.fromkeys(
        ("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), _UPDATED
    ),
    **dict.fromkeys(("created", "dcterms:created"), _CREATED),
    "prism:publicationdate": Rule(None, FeedBuilder.end_field, "prism_publicationdate"),
}
_TEXTS = {
    "title": _TITLE,
    "dc:title": _TITLE,
    "description": _DESCRIPTION,
    "dc:description": _DESCRIPTION,
    "link": _LINK,
}
_ENTRY = {
    **_SKIPPED,
    **_MEDIA,
    **_DATES,
    **_TEXTS,
    **dict.fromkeys(("category", "dc:subject"), _CATEGORY),
    "itunes:category": Rule(FeedBuilder.begin_podcast_category, FeedBuilder.end_category, _ITUNES),
    "itunes:keywords": Rule(FeedBuilder.begin_bare, FeedBuilder.end_keywords, _ITUNES),
    **dict.fromkeys(("guid", "id"), _ID),
    "comments": Rule(None, FeedBuilder.end_address, "comments"),
    **dict.fromkeys(("author", "dc:creator", "itunes:author"), _AUTHOR),
    **dict.fromkeys(("summary", "itunes:summary"), _SUMMARY),
    "content": Rule(FeedBuilder.begin_content, FeedBuilder.end_content, "text/plain", "text"),
    "content:encoded": Rule(
        FeedBuilder.begin_content, FeedBuilder.end_content, "text/html", "text"
    ),
    "enclosure": Rule(FeedBuilder.begin_enclosure),
    "image": Rule(FeedBuilder.begin_titled_image, FeedBuilder.end_image, "", "item image"),
    "itunes:duration": _bare_field("itunes_duration"),
    "itunes:image": Rule(FeedBuilder.begin_image),
    "source": Rule(FeedBuilder.forget_title, None, "", "source"),
}
_IMAGE = Rule(FeedBuilder.forget_title, None, "", "image")
_TEXT_INPUT = Rule(FeedBuilder.forget_title, None, "", "text input")
_FEED = {
    **_SKIPPED,
    **_skipping(*_DATES),
    **_TEXTS,
    **_skipping("itunes:image", "media:thumbnail", "media:content", "media:rating", "cloud"),
    **_skipping("media:category", "media:copyright", "media:credit", "media:keywords"),
    "itunes:summary": _SUMMARY,
    "image": _IMAGE,
    "textinput": _TEXT_INPUT,
    "ttl": _bare_field("ttl"),
    "sy:updateperiod": _bare_field("sy_updateperiod"),
    "sy:updatefrequency": _bare_field("sy_updatefrequency"),
    "sy:updatebase": _SKIP,
    "skiphours": Rule(FeedBuilder.begin_skipped, None, "skiphours", "hours"),
    "skipdays": Rule(FeedBuilder.begin_skipped, None, "skipdays", "days"),
}
_CHANNEL = {
    **_FEED,
    # Of the authors of a channel feedparser makes no author of its entries.
    **_skipping("author", "managingeditor", "itunes:author", "dc:creator"),
    "itunes:owner": Rule(inside="owner"),
}
_THE_ENTRY = Rule(FeedBuilder.begin_entry, FeedBuilder.end_entry, "", "entry")
_INNER_TITLE = Rule(None, FeedBuilder.end_inner_title)
TABLES: dict[str, dict[str, Rule]] = {
    "document": {
        "rss": Rule(FeedBuilder.begin_rss, None, "", "rss"),
        # As expat has it: under another namespace it would be another format.
        "http://www.w3.org/2005/Atom feed": Rule(FeedBuilder.begin_atom, None, "", "feed"),
        "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF": Rule(
            FeedBuilder.begin_rdf, None, "", "rdf"
        ),
    },
    "rss": {"channel": Rule(FeedBuilder.begin_channel, None, "", "channel")},
    "channel": {**_CHANNEL, "item": _THE_ENTRY},
    "rdf": {
        "channel": Rule(FeedBuilder.begin_channel, None, "", "channel of rdf"),
        "item": _THE_ENTRY,
        "image": _IMAGE,
        "textinput": _TEXT_INPUT,
    },
    "channel of rdf": _CHANNEL,
    "feed": {
        **_FEED,
        "entry": _THE_ENTRY,
        "author": _AUTHOR,
        "id": _ID,
    },
    "entry": _ENTRY,
    "media": _MEDIA,
    "community": _skipping("media:starrating", "media:statistics", "media:tags"),
    "author": {
        "name": Rule(FeedBuilder.begin_part, FeedBuilder.end_part, "name"),
        "email": Rule(FeedBuilder.begin_part, FeedBuilder.end_part, "email"),
        "uri": Rule(FeedBuilder.begin_part, FeedBuilder.end_part, "uri"),
        "url": Rule(FeedBuilder.begin_part, FeedBuilder.end_part, "uri"),
    },
    "person skipped": _PERSON_SKIPPED,
    "owner": _skipping("itunes:name", "itunes:email"),
    "categories": {"itunes:category": Rule(inside="categories")},
    "source": {
        **_SKIPPED,
        **_skipping(*_DATES, "link", "id"),
        "title": _INNER_TITLE,
        "author": Rule(inside="person skipped"),
    },
    "item image": {
        "url": Rule(FeedBuilder.begin_part, FeedBuilder.end_image),
        **dict.fromkeys(("link", "width", "height"), _IMAGE_PART),
    },
    "image": {"title": _INNER_TITLE, **_skipping("link", "url", "width", "height", "description")},
    "text input": {"title": _INNER_TITLE, **_skipping("link", "name", "description")},
    "hours": _skipping("hour"),
    "days": _skipping("day"),
    "skipped": {},
    "skipped freely": {},
    "text": {},
    "leaf": {},
}
# Prefixes of names that feedparser treats by name, or with which it makes names that we read.
_HANDLED = {
    *("cc", "content", "creativecommons", "dc", "dcterms", "feedburner", "georss", "gml"),
    *("itunes", "media", "psc", "sy", "xhtml", "xml"),
}
_PARTS = {"detail", "parsed"}
# Names without a prefix that feedparser treats by name, or keeps what it needs under.
_CORE = {
    *("abstract", "author", "author_detail", "authors", "body", "category", "channel", "cloud"),
    *("content", "contributor", "contributors", "copyright", "created", "description", "email"),
    *("enclosure", "enclosures", "entry", "expirationdate", "feed", "fullitem", "generator"),
    *(
        "geom",
        "georssgeom",
        "guid",
        "guidislink",
        "height",
        "homepage",
        "id",
        "image",
        "info",
        "issued",
    ),
    *("item", "keywords", "language", "lastbuilddate", "license", "link", "links"),
    *("managingeditor", "modified", "name", "newlocation", "pubdate", "published", "publisher"),
    *("publishers", "rights", "rss", "source", "subtitle", "summary", "tagline", "tags"),
    *("textinput", "title", "updated", "uri", "url", "webmaster", "where", "width"),
    *("date", "ttl", "skiphours", "skipdays"),
}
_OPEN_PLACES = {"entry", "channel", "channel of rdf", "feed", "skipped freely"}


def rule_for(name: str, place: str) -> Rule:
    """The rule for an element in a place; `name` as `ElementNames` has it.

    Raises:
        NoRuleError: the document is for the tolerant reader.
    """
    if rule := TABLES[place].get(name):
        return rule
    prefix, _, local = name.rpartition(":")
    if place == "text" and prefix == "xhtml" and local != "body":
        return Rule(FeedBuilder.begin_markup, FeedBuilder.end_markup, local, "text")
    is_open = place in _OPEN_PLACES
    if place in {"document", "leaf", "text"} or prefix in _HANDLED or local in _PARTS:
        raise NoRuleError
    if not prefix and (local in _CORE or "_" in local or not is_open):
        raise NoRuleError
    return Rule(inside="skipped freely" if is_open else "skipped")
