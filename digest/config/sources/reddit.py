"""The settings of sources that list what was posted to Reddit."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from digest.config.fields import Texts, Title
from digest.config.secrets import Secret
from digest.config.sources.base import Identity, SourceSettings

_SUBREDDIT = re.compile(r"(?:/?r/)?([A-Za-z0-9][A-Za-z0-9_]{1,20})/?")


class RedditSettings(SourceSettings):
    """Posts in one or more subreddits, by one of Reddit's orders."""

    example: ClassVar[str] = "reddit:selfhosted+python:top"

    kind: Literal["reddit"]
    subreddits: Texts = Field(description="Their names; all of them are one request.")
    sort: Literal["hot", "new", "top", "rising"] = Field(
        "hot", description="The order, as in `reddit:selfhosted:top`."
    )
    top: Literal["hour", "day", "week", "month", "year", "all"] | None = Field(
        None, description="With `sort: top`: of how long; default: day."
    )
    limit: int = Field(25, ge=1, le=100, description="How many posts a poll asks for.")
    user: Title | None = Field(None, description="Your name there; goes with `token`.")
    token: Secret | None = Field(
        None, description="The token in your own feeds' addresses, at reddit.com/prefs/feeds."
    )

    identity: Identity = Field(
        "guid", description="What tells entries apart; guid: Reddit's own id."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "subreddits": "subreddit sub subs communities community r multireddit",
        "sort": "order listing list sort_by",
        "top": "t time time_filter timeframe range of",
        "limit": "per_page",
        "user": "username login reader",
        "token": "feed_token feed api_key auth key",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """Subreddits and, where it is not hot, the order: `reddit:selfhosted+python:top:week`."""
        names, *more = argument.split(":", 2)
        return {"subreddits": names.split("+"), **dict(zip(("sort", "top"), more, strict=False))}

    @property
    def address(self) -> str:
        """Its kind, its subreddits in one order and one case, and how they are sorted."""
        names = "+".join(sorted(map(str.lower, self.subreddits)))
        sort = "" if self.sort == "hot" else self.sort
        span = self.top if self.top != "day" else None
        return ":".join(filter(None, (self.kind, names, sort, span)))

    @property
    def is_ranked(self) -> bool:
        """Whether it is what others like, and not the newest."""
        return self.sort != "new"

    @field_validator("subreddits")
    @classmethod
    def _bare_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        found = [_SUBREDDIT.fullmatch(name) for name in names]
        if not all(found) or not found:
            raise ValueError("must be names of subreddits, as in selfhosted, of 2 to 21 letters")
        bare = [match[1] for match in found if match]
        return tuple({name.lower(): name for name in bare}.values())

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if self.top and self.sort != "top":
            raise ValueError("top goes with sort: top")
        if bool(self.user) != bool(self.token):
            raise ValueError("give user and token together, or neither")
        return self
