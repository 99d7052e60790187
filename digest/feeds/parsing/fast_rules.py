"""The rules of the fast reader: what each element that counts adds, as feedparser has it.

A rule has what to call where its element begins and where it ends, with an argument for both calls.
Rules are found by the name of an element, or by its place and its name where several have one.
Which elements count, and where, is in `places`; an element that counts and has no rule makes the
whole document one for the tolerant reader.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from digest.feeds.parsing.fast_builder import FeedBuilder
from digest.feeds.parsing.namespaces import NoRuleError
from digest.feeds.parsing.places import LEAF, TEXT, counts, place_within

if TYPE_CHECKING:
    from collections.abc import Callable

    Attributes = dict[str, str]


class Rule(NamedTuple):
    """What to call where an element begins and ends, with `argument`; its children's place."""

    begin: Callable[[FeedBuilder, str, Attributes], None] | None = None
    end: Callable[[FeedBuilder, str], None] | None = None
    argument: str = ""
    inside: str = ""


def _bare_field(field: str) -> Rule:
    return Rule(FeedBuilder.begin_bare, FeedBuilder.end_field, field)


_ITUNES = "http://www.itunes.com/"
_MEDIA_SCHEME = "http://search.yahoo.com/mrss/category_schema"
_ENTRY = Rule(FeedBuilder.begin_entry, FeedBuilder.end_entry)
_AUTHOR = Rule(FeedBuilder.begin_author, FeedBuilder.end_author)
_ID = Rule(FeedBuilder.begin_id, FeedBuilder.end_id)
_CATEGORY = Rule(FeedBuilder.begin_category, FeedBuilder.end_category)
_PUBLISHED, _UPDATED, _CREATED = (
    Rule(None, FeedBuilder.end_field, field) for field in ("published", "updated", "created")
)
RULES = {
    "rss": Rule(FeedBuilder.begin_rss),
    "feed": Rule(FeedBuilder.begin_atom),
    "rdf:rdf": Rule(FeedBuilder.begin_rdf),
    "channel": Rule(FeedBuilder.begin_channel),
    **dict.fromkeys(("item", "entry"), _ENTRY),
    # Texts, by the name that decides their type where they have none.
    "title": Rule(FeedBuilder.begin_text, FeedBuilder.end_title, "title"),
    **{
        name: Rule(FeedBuilder.begin_text, FeedBuilder.end_last_resort, name)
        for name in ("dc:title", "itunes:title", "media:title", "media:description")
    },
    **{
        name: Rule(FeedBuilder.begin_description, FeedBuilder.end_description, name)
        for name in ("description", "dc:description", "summary", "itunes:summary")
    },
    **{
        name: Rule(FeedBuilder.begin_content, FeedBuilder.end_content, name)
        for name in ("content", "content:encoded")
    },
    "link": Rule(FeedBuilder.begin_link, FeedBuilder.end_link),
    **dict.fromkeys(("guid", "id"), _ID),
    "enclosure": Rule(FeedBuilder.begin_enclosure),
    "comments": Rule(None, FeedBuilder.end_address, "comments"),
    "itunes:image": Rule(FeedBuilder.begin_image, FeedBuilder.end_image),
    "image": Rule(FeedBuilder.begin_image, FeedBuilder.end_image),
    "image/url": Rule(FeedBuilder.begin_part, FeedBuilder.end_image_url),
    "itunes:duration": Rule(None, FeedBuilder.end_field, "itunes_duration"),
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms:issued"), _PUBLISHED),
    **dict.fromkeys(
        ("updated", "modified", "lastbuilddate", "dc:date", "dcterms:modified"), _UPDATED
    ),
    **dict.fromkeys(("created", "dcterms:created"), _CREATED),
    "prism:publicationdate": Rule(None, FeedBuilder.end_field, "prism_publicationdate"),
    **dict.fromkeys(("category", "dc:subject"), _CATEGORY),
    "itunes:category": Rule(FeedBuilder.begin_podcast_category, FeedBuilder.end_category, _ITUNES),
    "itunes:keywords": Rule(None, FeedBuilder.end_keywords, _ITUNES),
    **dict.fromkeys(("author", "dc:creator", "itunes:author"), _AUTHOR),
    **{
        name: Rule(FeedBuilder.begin_part, FeedBuilder.end_part, part)
        for name, part in {"name": "name", "email": "email", "uri": "uri", "url": "uri"}.items()
    },
    "media:group": Rule(),
    "media:content": Rule(FeedBuilder.begin_media, None, "media_content"),
    "media:thumbnail": Rule(FeedBuilder.begin_media, FeedBuilder.end_thumbnail, "media_thumbnail"),
    "media:credit": Rule(FeedBuilder.begin_credit, FeedBuilder.end_credit, "media_credit"),
    "media:category": Rule(FeedBuilder.begin_category, FeedBuilder.end_category, _MEDIA_SCHEME),
    "media:keywords": Rule(None, FeedBuilder.end_keywords),
    "ttl": _bare_field("ttl"),
    "sy:updateperiod": _bare_field("sy_updateperiod"),
    "sy:updatefrequency": _bare_field("sy_updatefrequency"),
    "skiphours": Rule(FeedBuilder.begin_skipped, None, "skiphours"),
    "skipdays": Rule(FeedBuilder.begin_skipped, None, "skipdays"),
}


# A hostile document has as many names as it likes.
@lru_cache(maxsize=1_000)
def rule_for(name: str, place: str) -> Rule:
    """The rule for an element in a place; `name` as `ElementNames` has it.

    Raises:
        NoRuleError: the document is for the tolerant reader.
    """
    inside = place_within(name, place)
    prefix, _, local = name.rpartition(":")
    if counts(name, place):
        rule = RULES.get(f"{place}/{name}", RULES.get(name))
        if not rule:
            raise NoRuleError
        return rule._replace(inside=inside)
    if place == TEXT and prefix == "xhtml" and local != "body":
        return Rule(FeedBuilder.begin_markup, FeedBuilder.end_markup, local, TEXT)
    if place in {TEXT, LEAF, "document"}:
        raise NoRuleError
    if place in {"author", "image"}:
        return Rule(FeedBuilder.begin_part, FeedBuilder.end_ignored_part, "", inside)
    return Rule(inside=inside)
