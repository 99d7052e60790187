"""What the settings of every kind of source answer."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from digest.config.addresses import without_credentials
from digest.config.base import Model
from digest.config.fields import HeaderName, Interval, Name, Size, Title, WebUrl
from digest.config.secrets import MAY_BE_MISSING, HeaderSecret


class SourceSettings(Model):
    """An item of `feeds`, of any kind.

    Each kind is a module of this package with a subclass whose `kind` is `Literal["its name"]`.
    """

    kind: str
    name: Title | None = Field(None, description="Default: the feed's own title.")
    tags: tuple[Name, ...] = Field((), description="For `tag:NAME` in a digest's feeds.")
    every: Interval | None = Field(None, description="Default: polling.every.")
    paused: bool = Field(default=False, description="Not polled while true; `digest feeds pause`.")
    allow_private_networks: bool | None = Field(
        None, description="Default: polling.allow_private_networks."
    )
    identity: Literal["auto", "guid", "link", "content"] = Field(
        "auto",
        description="What tells entries apart; auto: guid, link or content, whichever is unique.",
    )
    updates: Literal["ignore", "mark", "resend"] = Field(
        "ignore",
        description="Entries edited later: ignore, mark those not sent yet, or send them again.",
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
        "max_entries": "limit max max_items max_articles max_posts count items entries"
        " items_per_feed number",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:  # noqa: ARG003
        """The settings that `kind:argument` stands for.

        Raises:
            ValueError: it stands for none, which is the rule.
        """
        raise ValueError("has no short form; write a map with its settings")

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
    def lacks(self) -> str:
        """What has to be set before it can be polled, in one line; empty where nothing has to.

        The short form of a kind may be enough to name a source, and not to read it.
        """
        return ""


def _one_line(value: HeaderSecret) -> HeaderSecret:
    if any(c in value.get_secret_value() for c in "\r\n\0"):
        raise ValueError("must be one line")
    return value


class WebSourceSettings(SourceSettings):
    """A source whose address the operator gives."""

    url: WebUrl = Field(description="Where it is.")
    headers: dict[
        HeaderName, Annotated[HeaderSecret, AfterValidator(_one_line), MAY_BE_MISSING]
    ] = Field(default_factory=dict, description="Sent to this source's host only.")

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
