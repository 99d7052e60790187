"""The settings of pages without a feed, read by CSS selectors."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from digest.config.selectors import CssSelector, ElementSelector
from digest.config.sources.base import WebSourceSettings


class PageSettings(WebSourceSettings):
    """A page without a feed: what is listed on it, found by CSS selectors.

    All but `item` are looked for in each item, and take the first element that they find, or an
    attribute of it: `a@href`, or `@id` for one of the item itself.
    """

    example: ClassVar[str] = (
        "{kind: page, url: 'https://example.com/news', item: article, title: h2}"
    )

    kind: Literal["page"]
    item: ElementSelector | None = Field(
        None, description="What each item is, like `article.post`; has to be given."
    )
    title: CssSelector | None = Field(
        None, description="Default: the text of its link, or of the whole item."
    )
    link: CssSelector | None = Field(
        None, description="Default: the link of its title, else the first that has a text."
    )
    date: CssSelector | None = Field(
        None, description="When it was published, like `time@datetime` or `.date`."
    )
    text: CssSelector | None = Field(None, description="What there is to read of it.")
    image: CssSelector | None = Field(None, description="Its picture, like `img`.")
    author: CssSelector | None = Field(None, description="Who wrote it.")

    synonyms: ClassVar[dict[str, str]] = {
        "item": "items selector css css_selector item_selector container entries articles article"
        " row rows elements",
        "title": "heading headline title_selector",
        "link": "links link_selector",
        "date": "published time published_at date_selector timestamp",
        "text": "summary body content excerpt teaser",
        "image": "picture img thumbnail",
        "author": "by byline creator",
    }

    @property
    def lacks(self) -> str:
        """The selector of its items."""
        if self.item is not None:
            return ""
        return (
            "needs `item`, the selector of its items;"
            f" `digest feeds test {self.address}` proposes one"
        )
