"""The settings of feeds: RSS, Atom, RDF and JSON Feed."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from digest.config.fields import WebUrl
from digest.config.sources.base import WebSourceSettings


class FeedSettings(WebSourceSettings):
    """A feed: RSS, Atom, RDF or JSON Feed."""

    example: ClassVar[str] = "https://planetpython.org/rss20.xml"

    kind: Literal["feed"] = Field("feed", description="May be left out.")
    url: WebUrl = Field(description="Where the feed is.")

    synonyms: ClassVar[dict[str, str]] = {"url": "link"}

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """Its address alone."""
        return super().short_form(argument)

    @property
    def address(self) -> str:
        """The feed's address, without credentials."""
        return self.url
