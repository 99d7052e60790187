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
from digest.feeds.sources import MOST_REFRESHED, Document, Options, Source
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.config.sources.hackernews import HackernewsSettings

_API = "https://hn.algolia.com/api/v1"
_HOME = "https://news.ycombinator.com"
# The front page has polls and jobs too.
_WHATEVER_IT_IS = "(story,poll,job)"
_TAGS = {"front": "front_page", "ask": "ask_hn", "show": "show_hn"}


class Hackernews(Source["HackernewsSettings"]):
    """A list of stories in one answer: those with the most points, or the newest.

    `best`, and any list with a threshold, is the 200 stories of two days that have the most points.
    Nothing is asked by points: since June 2026 the service refuses that, at times for days.
    """

    def request(
        self, settings: HackernewsSettings, state: FeedState | None, now: datetime
    ) -> Request:
        """The whole list, since points change all the time."""
        del state
        asked = {"tags": _TAGS.get(settings.list, "story"), "query": settings.query or ""}
        if settings.is_ranked and settings.list != "front":
            asked["numericFilters"] = f"created_at_i>={(now - timedelta(days=2)).timestamp():.0f}"
        return _search("search" if settings.is_ranked else "search_by_date", 200, asked)

    def options(self, settings: HackernewsSettings) -> Options:
        """What it is called."""
        about = "" if settings.list == "front" else f": {settings.query or settings.list}"
        return {"title": f"Hacker News{about}"}

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The stories of the answer, in its order."""
        (document,) = documents
        entries = tuple(map(_entry, _hits(document)))
        return bounded(ParsedFeed(options["title"], entries, "hackernews", _HOME), document.url)

    def refresh(self, settings: HackernewsSettings, guids: Sequence[str]) -> Request:
        """These stories, whatever list they are on."""
        del settings
        stories = ",".join(f"story_{guid}" for guid in guids)
        return _search("search", MOST_REFRESHED, {"tags": f"{_WHATEVER_IT_IS},({stories})"})

    def facts(self, document: Document) -> dict[str, tuple[Fact, ...]]:
        """The points and comments of the stories that there are."""
        return {text(hit, "objectID"): _facts(hit) for hit in _hits(document)}


def _search(how: str, most: int, asked: Mapping[str, str]) -> Request:
    query = urlencode({"hitsPerPage": str(most), **asked})
    return Request(f"{_API}/{how}?{query}", accept="application/json")


def _hits(document: Document) -> list[dict[str, Any]]:
    answer = json_object(document.body)
    if not isinstance(answer.get("hits"), list):
        raise FeedError("is no answer of Hacker News: it has no hits", status=200)
    return [hit for hit in objects(answer, "hits") if text(hit, "objectID")]


def _entry(hit: dict[str, Any]) -> ParsedEntry:
    discussion = f"{_HOME}/item?id={text(hit, 'objectID')}"
    return ParsedEntry(
        guid=text(hit, "objectID"),
        link=text(hit, "url") or discussion,
        title=text(hit, "title"),
        author=text(hit, "author"),
        published=read_date(text(hit, "created_at")),
        html=text(hit, "story_text"),
        facts=_facts(hit),
        discussion=discussion,
    )


def _facts(hit: dict[str, Any]) -> tuple[Fact, ...]:
    measured = {"points": number(hit, "points"), "comments": number(hit, "num_comments")}
    return tuple(Fact(name, value) for name, value in measured.items() if value is not None)


SOURCE = Hackernews()
