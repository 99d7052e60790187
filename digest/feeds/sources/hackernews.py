"""Hacker News, through its search: https://hn.algolia.com/api."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.json_values import json_object, number, objects, text
from digest.feeds.sources import Document, Options, Source
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.config.sources.hackernews import HackernewsSettings

_API = "https://hn.algolia.com/api/v1"
_HOME = "https://news.ycombinator.com"
_TAGS = {"front": "front_page", "ask": "ask_hn", "show": "show_hn"}


class Hackernews(Source["HackernewsSettings"]):
    """A list of stories in one answer: those with the most points, or the newest.

    `best`, and any list with a threshold, is the 200 stories of two days that have the most points.
    Thresholds are judged here: the service refuses, at times for days, to filter by points.
    """

    def request(
        self, settings: HackernewsSettings, state: FeedState | None, now: datetime
    ) -> Request:
        """The whole list, since points change all the time."""
        del state
        asked = {"tags": _TAGS.get(settings.list, "story"), "query": settings.query or ""}
        ranked = settings.list in {"front", "best"} or settings.min_points or settings.min_comments
        if ranked and settings.list != "front":
            asked["numericFilters"] = f"created_at_i>={(now - timedelta(days=2)).timestamp():.0f}"
        url = f"{_API}/{'search' if ranked else 'search_by_date'}?hitsPerPage=200&"
        return Request(url + urlencode(asked), accept="application/json")

    def options(self, settings: HackernewsSettings) -> Options:
        """What it is called, and the thresholds."""
        about = "" if settings.list == "front" else f": {settings.query or settings.list}"
        least = {"points": settings.min_points, "num_comments": settings.min_comments}
        return {"title": f"Hacker News{about}", "least": least}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The stories of the answer that reach the thresholds, in its order."""
        (document,) = documents
        answer = json_object(document.body)
        if not isinstance(answer.get("hits"), list):
            raise FeedError("is no answer of Hacker News: it has no hits", status=200)
        hits = [hit for hit in objects(answer, "hits") if text(hit, "objectID")]
        for of, least in options["least"].items():
            hits = [hit for hit in hits if not least or (number(hit, of) or 0) >= least]
        feed = ParsedFeed(options["title"], tuple(map(_entry, hits)), "hackernews", _HOME)
        return bounded(feed, document.url)


def _entry(hit: dict[str, Any]) -> ParsedEntry:
    measured = {"points": number(hit, "points"), "comments": number(hit, "num_comments")}
    discussion = f"{_HOME}/item?id={text(hit, 'objectID')}"
    return ParsedEntry(
        guid=text(hit, "objectID"),
        link=text(hit, "url") or discussion,
        title=text(hit, "title"),
        author=text(hit, "author"),
        published=read_date(text(hit, "created_at")),
        html=text(hit, "story_text"),
        facts=tuple(Fact(name, value) for name, value in measured.items() if value is not None),
        discussion=discussion,
    )


SOURCE = Hackernews()
