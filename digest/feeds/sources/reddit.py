"""Reddit, through the feeds of its subreddits, with the reader's own feed token or without."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from msgspec.structs import replace

from digest.feeds.http.messages import Request
from digest.feeds.parsing.bounds import bounded
from digest.feeds.sources import Document, Options, Source
from digest.feeds.sources.feed import parse_feed
from digest.model import ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.config.sources.reddit import RedditSettings
    from digest.model import FeedState, ParsedEntry

_HOME = "https://www.reddit.com"
_TOKENS = f"{_HOME}/prefs/feeds"
# Around what its author wrote in a post; the rest is a thumbnail and links.
_TEXT_BEGINS, _TEXT_ENDS = "<!-- SC_OFF -->", "<!-- SC_ON -->"
# Where pictures and films of posts are, which the post shows better.
_MEDIA = "redd.it"


class Reddit(Source["RedditSettings"]):
    """The posts of several subreddits in one feed; it has no points, and no number of comments.

    Whoever has no token may ask about once a minute, with everybody else behind the address.
    """

    def request(self, settings: RedditSettings, state: FeedState | None, now: datetime) -> Request:
        """The feed; the token is in no address that is kept."""
        del now
        asked = {"limit": str(settings.limit)}
        if settings.sort == "top":
            asked["t"] = settings.top or "day"
        if settings.user:
            asked["user"] = settings.user
        token = settings.token.get_secret_value() if settings.token else ""
        return Request(
            f"{_page(settings)}.rss?{urlencode(asked)}",
            etag=state.etag if state else None,
            last_modified=state.last_modified if state else None,
            answered_by=state.answered_by if state else None,
            accept="application/atom+xml",
            secret_query={"feed": token} if token else {},
        )

    def options(self, settings: RedditSettings) -> Options:
        """What it is called, its page, and what brings others of its posts."""
        names = " + ".join(f"r/{name}" for name in settings.subreddits)
        sort = "" if settings.sort == "hot" else f": {settings.sort}"
        page = _page(settings)
        return {"title": f"{names}{sort}", "page": page, "limit": settings.limit}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The posts in their order; its own page may have the token in its address."""
        (document,) = documents
        posts = map(_post, parse_feed(document.body, document.url).entries)
        feed = ParsedFeed(options["title"], tuple(posts), "reddit", options["page"])
        return bounded(feed, document.url)

    def remedy(self, settings: RedditSettings, status: int) -> str:
        """By the token, which lets readers in."""
        match status:
            case 403 if settings.token:
                return f"look for a slip in user and token, which are at {_TOKENS}"
            case 403:
                return f"give user and token, which are at {_TOKENS}: it refuses most others"
            case 429 if not settings.token:
                return f"give user and token, which are at {_TOKENS}: it allows you more"
            case 404:
                return "there is no such subreddit, or it is private or banned"
        return ""


def _page(settings: RedditSettings) -> str:
    sort = "" if settings.sort == "hot" else f"{settings.sort}/"
    return f"{_HOME}/r/{'+'.join(settings.subreddits)}/{sort}"


def _post(entry: ParsedEntry) -> ParsedEntry:
    """A post with its own text alone; what it shows itself is seen at its page."""
    text = entry.html.partition(_TEXT_BEGINS)[2].partition(_TEXT_ENDS)[0]
    host = urlsplit(entry.link).hostname or ""
    is_shown = host == _MEDIA or host.endswith(f".{_MEDIA}")
    return replace(
        entry,
        link=entry.discussion if is_shown else entry.link,
        discussion="" if is_shown else entry.discussion,
        author=entry.author.removeprefix("/u/"),
        html=text.strip(),
    )


SOURCE = Reddit()
