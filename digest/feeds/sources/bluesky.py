"""Bluesky: what an account posts, by the part of its API that needs none."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.parsing import post_html
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.json_values import inner, json_object, number, objects, text
from digest.feeds.sources import Document, Options, Source
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from digest.config.sources.bluesky import BlueskySettings

_API = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"
_APP = "https://bsky.app"
# What Bluesky's app blurs until somebody asks for it, and what it does not show at all.
_BLURRED = {"porn", "sexual", "nudity", "graphic-media", "gore"}
_HIDDEN = {"!hide", "!takedown"}
_NO_PROFILE = 400


class Bluesky(Source["BlueskySettings"]):
    """The newest posts of an account; pinned ones only where they are among those."""

    def request(self, settings: BlueskySettings, state: FeedState | None, now: datetime) -> Request:
        """Its posts; by its DID once that is known, since handles change hands."""
        del now
        asked = {
            "actor": (state.resolved if state else "") or settings.account,
            "filter": "posts_with_replies" if settings.replies else "posts_no_replies",
            "limit": 50,
        }
        return Request(f"{_API}?{urlencode(asked)}", accept="application/json")

    def options(self, settings: BlueskySettings) -> Options:
        """Whether posts of others count, and whether replies do."""
        return {"reposts": settings.reposts, "replies": settings.replies}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The posts of the answer, in its order; each under its own author."""
        (document,) = documents
        answer = json_object(document.body)
        if not isinstance(answer.get("feed"), list):
            raise FeedError("is no answer of Bluesky: it has no feed", status=200)
        items = [item for item in objects(answer, "feed") if text(inner(item, "post"), "uri")]
        # Its own posts tell more of it than what it shares.
        of_own = sorted(items, key=_is_own, reverse=True)
        owner = next(filter(None, map(_owner, of_own)), {})
        entries = {
            text(inner(item, "post"), "uri"): _entry(item)
            for item in items
            if (_is_own(item) or (options["reposts"] and _is_repost(item)))
            and not _HIDDEN & _labels(inner(item, "post"))
        }
        home = _profile(owner) if owner else ""
        feed = ParsedFeed(
            _name(owner), tuple(entries.values()), "bluesky", home, resolved=text(owner, "did")
        )
        return bounded(feed, document.url)

    def remedy(self, settings: BlueskySettings, status: int) -> str:
        """What Bluesky means by a bad request: that it knows no such account."""
        if status != _NO_PROFILE:
            return ""
        return (
            f"see whether {_APP}/profile/{settings.account} is there, and how its handle is spelt"
        )


def _owner(item: dict[str, Any]) -> dict[str, Any]:
    """The account that posted or shared it."""
    return inner(item, "post", "author") if _is_own(item) else inner(item, "reason", "by")


def _is_own(item: dict[str, Any]) -> bool:
    return not text(inner(item, "reason"), "$type")


def _is_repost(item: dict[str, Any]) -> bool:
    return text(inner(item, "reason"), "$type").endswith("#reasonRepost")


def _labels(post: dict[str, Any]) -> set[str]:
    return {text(label, "val") for label in objects(post, "labels")}


def _entry(item: dict[str, Any]) -> ParsedEntry:
    post = inner(item, "post")
    record = inner(post, "record")
    # Of what is shared it counts when that was.
    shared = read_date(text(inner(item, "reason"), "indexedAt"))
    is_blurred = bool(_BLURRED & _labels(post))
    pictures = [] if is_blurred else list(_pictures(inner(post, "embed")))
    html = "".join(
        (
            post_html.in_paragraphs(_text_of(record)),
            *(post_html.picture(address, alt) for address, alt in pictures),
            *_embedded(inner(post, "embed")),
        )
    )
    author = _name(inner(post, "author"))
    measured = {"likes": number(post, "likeCount"), "comments": number(post, "replyCount")}
    return ParsedEntry(
        guid=text(post, "uri"),
        link=_address(post),
        title=post_html.title_of(html, author),
        author=author,
        published=shared or read_date(text(record, "createdAt") or text(post, "indexedAt")),
        html=html,
        image=pictures[0][0] if pictures else "",
        facts=tuple(Fact(name, value) for name, value in measured.items() if value),
    )


def _name(author: dict[str, Any]) -> str:
    return text(author, "displayName").strip() or text(author, "handle")


def _profile(author: dict[str, Any]) -> str:
    handle = text(author, "handle")
    # Of an account whose domain no longer says that the handle is its own.
    who = text(author, "did") if handle in {"", "handle.invalid"} else handle
    return f"{_APP}/profile/{_quoted(who)}"


def _quoted(part: str) -> str:
    return quote(part, safe=":", errors="replace")


def _address(post: dict[str, Any]) -> str:
    key = text(post, "uri").rpartition("/")[2]
    return f"{_profile(inner(post, 'author'))}/post/{_quoted(key)}"


def _text_of(record: dict[str, Any]) -> str:
    """The text of a post as HTML, with the links that its facets put over bytes of it."""
    written = text(record, "text").encode("utf-8", "replace")
    html, at = [], 0
    facets = [inner(facet, "index") | {"to": _target(facet)} for facet in objects(record, "facets")]
    for facet in sorted(facets, key=lambda facet: number(facet, "byteStart") or 0):
        start, end = number(facet, "byteStart"), number(facet, "byteEnd")
        if not (isinstance(start, int) and isinstance(end, int)):
            continue
        # Facets may overlap, and lie; what does is text.
        if facet["to"] and at <= start < end <= len(written):
            html += [
                _shown(written[at:start]),
                post_html.linked(facet["to"], _shown(written[start:end])),
            ]
            at = end
    return "".join((*html, _shown(written[at:])))


def _shown(written: bytes) -> str:
    return escape(written.decode("utf-8", "replace"), quote=False)


def _target(facet: dict[str, Any]) -> str:
    """Where a facet leads: a page, an account or a tag; nowhere for any other."""
    for feature in objects(facet, "features"):
        match text(feature, "$type").rpartition("#")[2]:
            case "link":
                return text(feature, "uri")
            case "mention":
                return f"{_APP}/profile/{_quoted(text(feature, 'did'))}"
            case "tag":
                return f"{_APP}/hashtag/{_quoted(text(feature, 'tag'))}"
    return ""


def _pictures(embed: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The address of each picture of an embed, and what is to be seen on it."""
    for part in (embed, inner(embed, "media")):
        for image in objects(part, "images"):
            yield text(image, "thumb") or text(image, "fullsize"), text(image, "alt")
        if thumbnail := text(part, "thumbnail"):
            yield thumbnail, text(part, "alt")
        if thumbnail := text(inner(part, "external"), "thumb"):
            yield thumbnail, ""


def _embedded(embed: dict[str, Any]) -> Iterator[str]:
    """The page and the post that a post puts below its text."""
    for part in (embed, inner(embed, "media")):
        external = inner(part, "external")
        yield post_html.card(text(external, "uri"), text(external, "title"))
    # With pictures or a page beside it, the quoted post is one level further down.
    for quoted in (inner(embed, "record"), inner(embed, "record", "record")):
        if text(quoted, "uri") and (value := inner(quoted, "value")):
            author = _name(inner(quoted, "author"))
            words = post_html.in_paragraphs(_text_of(value))
            yield post_html.quotation(author, _address(quoted), words)


SOURCE = Bluesky()
