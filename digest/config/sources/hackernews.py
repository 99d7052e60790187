"""The settings of sources that list what was posted to Hacker News."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from digest.config.fields import Title
from digest.config.sources.base import SourceSettings
from digest.model import Thresholds


class HackernewsSettings(SourceSettings):
    """Stories on Hacker News, by one of its lists or by words."""

    example: ClassVar[str] = "hackernews:front"

    kind: Literal["hackernews"]
    list: Literal["front", "best", "new", "ask", "show", "search"] = Field(
        "front", description="Which one, as in `hackernews:best`; search finds stories by words."
    )
    query: Title | None = Field(None, description="The words that search finds.")
    min_points: int = Field(
        0, ge=0, description="A story waits for as many, up to 48 hours; judged for each edition."
    )
    min_comments: int = Field(
        0, ge=0, description="A story waits for as many, up to 48 hours; judged for each edition."
    )
    identity: Literal["auto", "guid", "link", "content"] = Field(
        "guid", description="What tells stories apart; guid: the number each has there."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "list": "listing page feed view",
        "query": "search words keywords keyword q term terms",
        "min_points": "points score min_score minimum_points upvotes min_upvotes threshold",
        "min_comments": "comments minimum_comments",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """The list of this name, as in `hackernews:front` or `hackernews:search:self hosting`."""
        name, colon, query = argument.partition(":")
        return {"list": name, "query": query} if colon else {"list": name}

    @property
    def address(self) -> str:
        """Its kind and its list, or words: with other thresholds it is the same source."""
        parts = (self.kind, self.list, self.query.lower() if self.query else "")
        return ":".join(filter(None, parts))

    @property
    def thresholds(self) -> Thresholds:
        """The points and comments that a story needs."""
        least = {"points": self.min_points, "comments": self.min_comments}
        return Thresholds({name: number for name, number in least.items() if number})

    @property
    def is_ranked(self) -> bool:
        """Whether it is those with the most points, and not the newest.

        With a threshold it is: what reaches that is among the former, after hours.
        """
        return self.list in {"front", "best"} or bool(self.thresholds.least)

    @field_validator("query")
    @classmethod
    def _in_one_spelling(cls, query: str | None) -> str | None:
        return " ".join(query.split()) if query is not None else None

    @model_validator(mode="after")
    def _words_are_searched(self) -> Self:
        if self.list == "search" and not self.query:
            raise ValueError("list: search needs a query")
        if self.list != "search" and self.query is not None:
            raise ValueError(f"a query goes with list: search, and not with list: {self.list}")
        return self
