"""The settings of feeds: RSS, Atom, RDF and JSON Feed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from digest.config.addresses import without_credentials
from digest.config.fields import HeaderName, WebUrl
from digest.config.secrets import MAY_BE_MISSING, HeaderSecret
from digest.config.sources.base import SourceSettings


def _one_line(value: HeaderSecret) -> HeaderSecret:
    if any(c in value.get_secret_value() for c in "\r\n\0"):
        raise ValueError("must be one line")
    return value


class FeedSettings(SourceSettings):
    """A feed: RSS, Atom, RDF or JSON Feed."""

    example: ClassVar[str] = "https://planetpython.org/rss20.xml"

    kind: Literal["feed"] = Field("feed", description="May be left out.")
    url: WebUrl = Field(description="Where the feed is.")
    headers: dict[
        HeaderName, Annotated[HeaderSecret, AfterValidator(_one_line), MAY_BE_MISSING]
    ] = Field(default_factory=dict, description="Sent to this feed's host only.")

    synonyms: ClassVar[dict[str, str]] = {
        "url": "link href feed feed_url xml_url address uri source rss atom location site path",
        "url: https://NAME:PASSWORD@example.com/feed.xml": "username user login auth basic_auth"
        " http_auth password passwd pass credentials",
        "headers": "header http_headers request_headers extra_headers cookie cookies token api_key"
        " bearer authorization",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """Its address alone."""
        return {"url": argument}

    @property
    def address(self) -> str:
        """The feed's address, without credentials."""
        return self.url

    @property
    def default_name(self) -> str:
        """The host and port of its address."""
        return urlsplit(self.url).netloc

    @property
    def host(self) -> str | None:
        """The host of its address."""
        return urlsplit(self.url).hostname

    @model_validator(mode="before")
    @classmethod
    def _credentials_to_header(cls, data: Any) -> Any:
        """A password in a URL would be stored and logged with it, so it becomes a header."""
        if not isinstance(data, dict) or not isinstance(data.get("url"), str):
            return data
        url, authorization = without_credentials(data["url"])
        headers = data.get("headers") or {}
        if authorization is None or not isinstance(headers, dict):
            return data | {"url": url}
        return data | {"url": url, "headers": {"Authorization": authorization, **headers}}
