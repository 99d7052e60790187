"""What the settings of every kind of source answer."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from digest.config.addresses import without_credentials
from digest.config.base import Model
from digest.config.extras import Extra
from digest.config.fields import Interval, Name, Size, Title, WebUrl
from digest.config.headers import SecretHeaders
from digest.model import NO_THRESHOLDS, Thresholds


def require_one(settings: SourceSettings, *names: str) -> None:
    """Settings of which each names the source by itself.

    Raises:
        ValueError: none of them is given, or several are.
    """
    given = [name for name in names if getattr(settings, name) is not None]
    if len(given) != 1:
        found = f"not {' and '.join(given)}" if given else "none is there"
        raise ValueError(f"takes one of {', '.join(names[:-1])} and {names[-1]}; {found}")


_FULL_TEXT = Extra("full-text", "trafilatura")
Identity = Literal["auto", "guid", "link", "content"]


class SourceSettings(Model):
    """An item of `feeds`, of any kind.

    Each kind is a module of this package with a subclass whose `kind` is `Literal["its name"]`.
    `example` is an item that works, in YAML and on one line; the first lines of the docstrings of
    the class and of `short_form` say what it is. People read all three in `digest feeds kinds`.
    """

    example: ClassVar[str] = ""
    extra: ClassVar[Extra | None] = None

    kind: str
    name: Title | None = Field(None, description="Default: the feed's own title.")
    tags: tuple[Name, ...] = Field((), description="For `tag:NAME` in a digest's feeds.")
    every: Interval | None = Field(None, description="Default: polling.every.")
    paused: bool = Field(default=False, description="Not polled while true; `digest feeds pause`.")
    allow_private_networks: bool | None = Field(
        None, description="Default: polling.allow_private_networks."
    )
    identity: Identity = Field(
        "auto",
        description="What tells entries apart; auto: guid, link or content, whichever is unique.",
    )
    updates: Literal["ignore", "mark", "resend"] = Field(
        "ignore",
        description="Entries edited later: ignore, mark those not sent yet, or send them again.",
    )
    full_text: bool = Field(
        default=False,
        description="Whether the article is fetched from its page; needs the extra `full-text`.",
    )
    max_entries: int | None = Field(
        None, ge=1, description="The most entries of this feed in one edition."
    )
    daily_entries: int | None = Field(None, ge=1, description="Default: polling.daily_entries.")
    daily_size: Size | None = Field(None, description="Default: polling.daily_size.")

    synonyms: ClassVar[dict[str, str]] = {
        "polling.timeout": "feed_timeout fetch_timeout request_timeout http_timeout",
        "digests.NAME.include": "keeplist keeplist_rules keep_rules filter_action_rules",
        "digests.NAME.exclude": "blocklist blocklist_rules block_rules",
        "kind": "type source_type feed_type provider",
        "name": "title text description label display_name feed_title alias id",
        "tags": "category categories tag group groups folder folders labels topic topics",
        "every": "interval poll_interval polling_interval refresh refresh_interval refresh_rate"
        " update_interval update_every check_interval check_every fetch_interval fetch_every"
        " frequency period ttl cron minutes",
        "paused": "pause disabled disable skip inactive muted",
        "paused: false": "enabled active",
        "allow_private_networks": "allow_private allow_local allow_localhost allow_private_ips"
        " private local",
        "identity": "guid trust_guid unique unique_by dedup_by id_from",
        "updates": "on_update on_updates updated edited",
        "full_text": "fulltext full_content fetch_full_content fetch_content content_fetch crawler"
        " scrape scraper extract readability mercury get_full_text full_article",
        "max_entries": "limit max max_items max_articles max_posts count items entries"
        " items_per_feed number",
    }

    @field_validator("full_text")
    @classmethod
    def _has_pages(cls, wanted: bool) -> bool:
        if wanted:
            _FULL_TEXT.require()
        return wanted

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:  # noqa: ARG003
        """The settings that `kind:argument` stands for.

        Raises:
            ValueError: it stands for none, which is the rule.
        """
        raise ValueError("has no short form; write a map with its settings")

    def sources(self) -> tuple[Self, ...]:
        """The sources it stands for: itself, or one for each of a list in it."""
        return (self,)

    def is_among(self, names: tuple[str, ...]) -> bool:
        """Whether its address, its name or one of its tags, as `tag:NAME`, is among these."""
        own = {self.address, self.name, *(f"tag:{tag}" for tag in self.tags)}
        return not own.isdisjoint(names)

    @property
    def address(self) -> str:
        """What the store knows it by, and a digest can name it by: the same for the same source."""
        raise NotImplementedError

    @property
    def default_name(self) -> str:
        """What it is called where neither its operator nor the source itself says."""
        return self.address

    @property
    def host(self) -> str | None:
        """The host that the file says to ask; None where the kind knows it."""
        return None

    @property
    def thresholds(self) -> Thresholds:
        """What the facts of its entries must come to; each has a setting `min_` and its name."""
        return NO_THRESHOLDS

    @property
    def is_ranked(self) -> bool:
        """Whether it lists what ranks high: entries leave the list and come back."""
        return False

    @property
    def lacks(self) -> str:
        """What has to be set before it can be polled, in one line; empty where nothing has to.

        The short form of a kind may be enough to name a source, and not to read it.
        """
        return ""


class WebSourceSettings(SourceSettings):
    """A source whose address the operator gives."""

    url: WebUrl = Field(description="Where it is.")
    headers: SecretHeaders = Field(
        default_factory=dict, description="Sent to this source's host only."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "url": "href feed feed_url address uri source rss atom location site path",
        "url: https://NAME:PASSWORD@example.com/feed.xml": "username user login auth basic_auth"
        " http_auth password passwd pass credentials",
        "headers": "header http_headers request_headers extra_headers cookie cookies token api_key"
        " bearer authorization",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """Its address behind its kind, which names it; what else it needs takes a map."""
        return {"url": argument}

    @property
    def address(self) -> str:
        """Its kind and its address, without credentials."""
        return f"{self.kind}:{self.url}"

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
