"""The settings of JSON that is no feed, read by JMESPath expressions."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.json_paths import JsonPath, LinkPath
from digest.config.sources.base import WebSourceSettings


class JsonSettings(WebSourceSettings):
    """The answer of an API, or any JSON: a list in it, found by paths (JMESPath).

    All but `items` are looked for in each item.
    """

    example: ClassVar[str] = (
        "{kind: json, url: 'https://example.com/api/news', items: articles, title: title}"
    )

    kind: Literal["json"]
    items: JsonPath = Field(
        "@", description="The list, like `data.items`; `@` is the whole document."
    )
    title: JsonPath | None = Field(None, description="Its title; this or `link` has to be given.")
    link: LinkPath | None = Field(
        None,
        description="Where it is, or an address with paths, like `https://example.com/item/{id}`.",
    )
    id: JsonPath | None = Field(None, description="What tells it apart. Default: its link.")
    date: JsonPath | None = Field(None, description="When it was published.")
    text: JsonPath | None = Field(None, description="What there is to read of it.")
    image: JsonPath | None = Field(None, description="The address of its picture.")
    author: JsonPath | None = Field(None, description="Who wrote it.")

    synonyms: ClassVar[dict[str, str]] = {
        "items": "item list entries results path root data articles rows",
        "title": "heading headline",
        "link": "links permalink html_url web_url",
        "id": "guid uuid key",
        "date": "published time published_at created_at timestamp",
        "text": "summary body content excerpt",
        "image": "picture img thumbnail",
        "author": "by byline creator",
    }

    @property
    def lacks(self) -> str:
        """What readers would see of an item."""
        if self.title or self.link:
            return ""
        return (
            "needs `title` or `link`, a path to that of an item;"
            f" `digest feeds test {self.address}` proposes them"
        )
