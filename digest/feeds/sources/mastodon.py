"""Mastodon: what an account posts, a server has on a tag, or talks about, by its public API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.parsing import post_html
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.json_values import inner, json_value, number, objects, text
from digest.feeds.sources import Document, Options, Source
from digest.feeds.text import paragraphs
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from digest.config.sources.mastodon import MastodonSettings

_LOOKUP = "/api/v1/accounts/lookup"
_ACCOUNT_ID = re.compile(r"[0-9A-Za-z]{1,40}")
_PINNED = "?pinned=true"
# `:blobcat:`, of which only the server has the picture.
_CUSTOM_EMOJI = re.compile(r":\w{2,60}:")
# How servers refuse who has no account there; the last is what they say of a tag.
_CLOSED = {401, 403, 422}
_MISSING = {404, 410}
_DAYS = 2


class Mastodon(Source["MastodonSettings"]):
    """The newest 40 posts of an account or on a tag, or the 20 links that most people share."""

    def request(
        self, settings: MastodonSettings, state: FeedState | None, now: datetime
    ) -> Request:
        """The list; of an account first its id, until that is known."""
        del now
        account = state.resolved if state else ""
        listed = quote(settings.listed)
        if settings.links:
            path = "/api/v1/trends/links?limit=20"
        elif settings.tag:
            path = f"/api/v1/timelines/tag/{listed}?limit=40"
        elif account:
            path = _statuses(account, self.options(settings))
        else:
            path = f"{_LOOKUP}?acct={listed}"
        return Request(f"https://{settings.host}{path}", accept="application/json")

    def options(self, settings: MastodonSettings) -> Options:
        """What is listed, and which posts of it count."""
        page = f"tags/{quote(settings.listed)}" if settings.tag else "explore/links"
        return {
            "lists": "account" if settings.account else "tag" if settings.tag else "links",
            "title": f"#{settings.listed}" if settings.tag else "Most shared links",
            "home": f"https://{settings.host}/{page}",
            "replies": settings.replies,
            "reposts": settings.reposts,
            "pins": settings.pins,
        }

    def further(self, first: Document, options: Options) -> Sequence[str]:
        """The posts of an account whose id was asked for, and what it pinned, where wanted."""
        if options["lists"] != "account":
            return ()
        parts = urlsplit(first.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if parts.path == _LOOKUP:
            account = _account_id(first)
            wanted = [_statuses(account, options)]
            pinned = f"/api/v1/accounts/{account}/statuses{_PINNED}"
        else:
            wanted, pinned = [], f"{parts.path}{_PINNED}"
        return [origin + path for path in [*wanted, *([pinned] if options["pins"] else [])]]

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The posts of all answers, each once, or the links."""
        first, *rest = documents
        title, home = options["title"], options["home"]
        if options["lists"] == "links":
            links = tuple(map(_link, _listed(first)))
            return bounded(ParsedFeed(title, links, "mastodon", home), first.url)
        account = _account_id(first) if urlsplit(first.url).path == _LOOKUP else ""
        found = [post for each in (rest if account else documents) for post in _listed(each)]
        wanted = [post for post in found if _is_wanted(post, options)]
        entries = {entry.guid: entry for entry in map(_post, wanted)}
        if options["lists"] == "account":
            owner = inner(found[0], "account") if found else {}
            title, home = _name(owner), text(owner, "url")
        feed = ParsedFeed(title, tuple(entries.values()), "mastodon", home, resolved=account)
        return bounded(feed, first.url)

    def remedy(self, settings: MastodonSettings, status: int) -> str:
        """What else there is where a server is closed, and what may be wrong with a name."""
        if status in _MISSING and settings.account:
            return f"see whether https://{settings.host}/@{settings.listed} is there"
        if status not in _CLOSED:
            return ""
        if settings.links:
            return f"{settings.host} answers only to who has an account; ask another server"
        page = f"@{settings.listed}" if settings.account else f"tags/{settings.listed}"
        feed = f"https://{settings.host}/{page}.rss"
        return f"{settings.host} answers only to who has an account; follow {feed} as a feed"


def _statuses(account: str, options: Options) -> str:
    without = [("exclude_replies", "replies"), ("exclude_reblogs", "reposts")]
    left_out = "".join(f"&{name}=true" for name, option in without if not options[option])
    return f"/api/v1/accounts/{quote(account)}/statuses?limit=40{left_out}"


def _account_id(document: Document) -> str:
    """The id of the account that was looked up.

    Raises:
        FeedError: it is no account.
    """
    account = json_value(document.body)
    number_of_account = text(account, "id") if isinstance(account, dict) else ""
    if not _ACCOUNT_ID.fullmatch(number_of_account):
        raise FeedError("is no answer of Mastodon: it has no account", status=200)
    return number_of_account


def _listed(document: Document) -> list[dict[str, Any]]:
    """The objects of a list.

    Raises:
        FeedError: it is none.
    """
    found = json_value(document.body)
    if not isinstance(found, list):
        raise FeedError("is no answer of Mastodon: it is no list", status=200)
    return objects({"listed": found}, "listed")


def _is_wanted(post: dict[str, Any], options: Options) -> bool:
    if boosted := inner(post, "reblog"):
        return bool(options["reposts"] and text(boosted, "uri"))
    # Of an account the server leaves them out; who goes on with a post of their own is no reply.
    replied_to = text(post, "in_reply_to_account_id")
    is_reply = bool(replied_to) and replied_to != text(inner(post, "account"), "id")
    return bool(text(post, "uri")) and (options["replies"] or not is_reply)


def _name(account: dict[str, Any]) -> str:
    shown = " ".join(_CUSTOM_EMOJI.sub("", text(account, "display_name")).split())
    return shown or text(account, "username")


def _post(status: dict[str, Any]) -> ParsedEntry:
    """A post, or the one that it boosts, at the time of that."""
    post = inner(status, "reblog") or status
    warning = text(post, "spoiler_text").strip()
    is_shown = not warning and post.get("sensitive") is not True
    media = objects(post, "media_attachments") if is_shown else []
    measured = {
        "likes": number(post, "favourites_count"),
        "comments": number(post, "replies_count"),
    }
    page = inner(post, "card")
    pictures = [picture for each in media if (picture := _picture(each))]
    # What comes after a warning is behind the link.
    html = paragraphs(warning) if warning else "".join(_content(post, media))
    author = _name(inner(post, "account"))
    return ParsedEntry(
        guid=text(post, "uri"),
        link=text(post, "url") or text(post, "uri"),
        title=post_html.title_of(html, author),
        author=author,
        published=read_date(text(status, "created_at")),
        html=html,
        image=next(iter(pictures), text(page, "image") if is_shown else ""),
        seconds=next(filter(None, map(_seconds, media)), None),
        video=any(text(each, "type") == "video" for each in media),
        categories=tuple(text(tag, "name") for tag in objects(post, "tags")),
        facts=tuple(Fact(name, value) for name, value in measured.items() if value),
    )


def _content(post: dict[str, Any], media: list[dict[str, Any]]) -> Iterator[str]:
    yield text(post, "content")
    yield post_html.choices(
        [text(each, "title") for each in objects(inner(post, "poll"), "options")]
    )
    for each in media:
        yield post_html.picture(_picture(each), text(each, "description"))
    page = inner(post, "card")
    yield post_html.card(text(page, "url"), text(page, "title"))
    if quoted := inner(post, "quote", "quoted_status"):
        warning = text(quoted, "spoiler_text").strip()
        words = paragraphs(warning) if warning else text(quoted, "content")
        yield post_html.quotation(_name(inner(quoted, "account")), text(quoted, "url"), words)


def _picture(media: dict[str, Any]) -> str:
    return "" if text(media, "type") == "audio" else text(media, "preview_url")


def _seconds(media: dict[str, Any]) -> int | None:
    """The length of a recording; a `gifv` is a picture that moves."""
    if text(media, "type") not in {"video", "audio"}:
        return None
    length = number(inner(media, "meta", "original"), "duration")
    return round(length) or None if length and length > 0 else None


def _link(link: dict[str, Any]) -> ParsedEntry:
    days = objects(link, "history")[:_DAYS]
    people = sum(count for day in days if isinstance(count := number(day, "accounts"), int))
    return ParsedEntry(
        guid=text(link, "url"),
        link=text(link, "url"),
        title=text(link, "title") or text(link, "url"),
        author=text(link, "author_name") or text(link, "provider_name"),
        published=read_date(text(link, "published_at")),
        html=paragraphs(text(link, "description")),
        image=text(link, "image"),
        facts=(Fact("people", people),) if people > 0 else (),
    )


SOURCE = Mastodon()
