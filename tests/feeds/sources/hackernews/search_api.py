"""A stand-in of the search of Hacker News, with its rules: https://hn.algolia.com/api."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import HttpServer, Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_MOST_HITS, _MOST_REACHED, _MOST_REQUESTS = 1_000, 1_000, 10_000
_FILTER = re.compile(r"(\w+)(<=|>=|<|>|=)(-?\d+)")


@dataclass
class Item:
    """A story, or a comment, at the service; `points` may be null, as of jobs."""

    number: int
    created_at: datetime
    points: int | None = 1
    comments: int | None = 0
    title: str = ""
    tags: frozenset[str] = frozenset({"story"})
    more: dict[str, Any] = field(default_factory=dict)

    def is_tagged(self, tag: str) -> bool:
        return tag in self.tags or tag == f"story_{self.number}"

    def hit(self) -> dict[str, Any]:
        return {
            "objectID": str(self.number),
            "title": self.title or f"Story {self.number}",
            "url": f"https://pages.example/{self.number}",
            "author": "ada",
            "points": self.points,
            "num_comments": self.comments,
            "created_at": self.created_at.isoformat(),
            "created_at_i": int(self.created_at.timestamp()),
            "_tags": [*self.tags, f"story_{self.number}"],
            **self.more,
        }


class SearchApi(HttpServer):
    """Answers searches of the items that there are; `status` is what it answers to everything."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.items: dict[int, Item] = {}
        self.status = 200
        self._clock = clock
        self._asked: Counter[str] = Counter()

    def post(self, number: int, points: int | None = 1, **more: Any) -> Item:
        """Have a story of now."""
        self.items[number] = Item(number, self._clock(), points, **more)
        return self.items[number]

    @property
    def refreshes(self) -> list[list[str]]:
        """The stories that were asked for by number, request by request."""
        tags = [parse_qs(urlsplit(seen.path).query)["tags"][0] for seen in self.seen]
        return [re.findall(r"story_(\d+)", asked) for asked in tags if "story_" in asked]

    def reply_at(self, path: str) -> Reply | Callable[[Seen], Reply]:
        parts = urlsplit(path)
        self._asked[f"{self._clock():%Y-%m-%d %H}"] += 1
        if self.status != 200:
            return _error(self.status, "trouble")
        if self._asked[f"{self._clock():%Y-%m-%d %H}"] > _MOST_REQUESTS:
            return _error(429, "Rate limit exceeded")
        if parts.path not in {"/api/v1/search", "/api/v1/search_by_date"}:
            return _error(404, "not found")
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        try:
            found = [item for item in self.items.values() if _matches(item, asked)]
        except ValueError as error:
            return _error(400, str(error))
        if parts.path.endswith("by_date"):
            found.sort(key=lambda item: item.created_at, reverse=True)
        else:
            found.sort(key=lambda item: item.points or 0, reverse=True)
        return Reply(json.dumps(_page(found, asked)), headers={"Content-Type": "application/json"})


def _page(found: list[Item], asked: dict[str, str]) -> dict[str, Any]:
    size = min(int(asked.get("hitsPerPage", 20)), _MOST_HITS)
    page, reached = int(asked.get("page", 0)), found[:_MOST_REACHED]
    hits = [item.hit() for item in reached[page * size : (page + 1) * size]]
    pages = -(-len(reached) // size)
    return {"hits": hits, "nbHits": len(found), "page": page, "nbPages": pages, "hitsPerPage": size}


def _matches(item: Item, asked: dict[str, str]) -> bool:
    tags = re.findall(r"\(([^()]*)\)|([^,()]+)", asked.get("tags", ""))
    groups = [group.split(",") if group else [tag] for group, tag in tags]
    words, title = asked.get("query", "").lower().split(), item.hit()["title"].lower().split()
    return (
        all(any(map(item.is_tagged, group)) for group in groups)
        # Each may be the beginning of one.
        and all(any(other.startswith(word) for other in title) for word in words)
        and all(_holds(item, each) for each in asked.get("numericFilters", "").split(",") if each)
    )


def _holds(item: Item, condition: str) -> bool:
    match = _FILTER.fullmatch(condition)
    if match is None or match[1] != "created_at_i":
        # Since June 2026 what is not indexed by number is refused: points and comments too.
        raise ValueError(f"invalid numeric filter: {condition}")
    value, limit = item.created_at.timestamp(), int(match[3])
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
    }[match[2]]


def _error(status: int, message: str) -> Reply:
    return Reply(json.dumps({"message": message, "status": status}), status)
