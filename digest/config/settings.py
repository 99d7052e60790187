"""The settings: typed, frozen, and the one place that says which keys exist and what they mean."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from digest.config.addresses import password_of, without_credentials
from digest.config.base import Model
from digest.config.channels import ChannelSettings, EmailSettings, SlackSettings, SmtpSettings
from digest.config.digests import DigestSettings
from digest.config.fields import (
    HeaderName,
    Interval,
    Name,
    Names,
    Size,
    Title,
    WebUrl,
    Zone,
    anchored,
)
from digest.config.web import WebSettings
from digest.model import ALERTS

SQLITE_PREFIX = "sqlite:///"


class LogSettings(Model):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important level that is logged."
    )
    format: Literal["auto", "human", "json"] = Field(
        "auto", description="auto: for people on a terminal, JSON lines elsewhere."
    )


class PollingSettings(Model):
    """How feeds are polled."""

    every: Interval = Field(
        timedelta(hours=1), description="No feed is polled more often than this."
    )
    concurrency: int = Field(50, ge=1, le=1000, description="Open requests at a time, in all.")
    per_host: int = Field(
        1,
        ge=0,
        description="Open requests per host, with a pause between; 0: no limit and no pause.",
    )
    timeout: Interval = Field(
        timedelta(seconds=30), description="For a whole poll of a feed, redirects included."
    )
    max_body: Size = Field(
        10_000_000, description="The largest body, before and after decompression."
    )
    daily_entries: int = Field(
        2_000, ge=1, description="The most new entries that are taken of a feed in a day (UTC)."
    )
    daily_size: Size = Field(
        20_000_000,
        description="The most text of entries that is kept of a feed in a day (UTC).",
    )
    keep_content: Interval = Field(
        timedelta(days=30),
        description="How long the text of an entry is kept after its last edition.",
    )
    allow_private_networks: bool = Field(
        default=False,
        description="Whether feeds may be on loopback or private addresses, each on its own host.",
    )
    user_agent: Title | None = Field(
        None, description="Default: the product, its version and a contact URL."
    )


class FeedSettings(Model):
    """A feed."""

    url: WebUrl = Field(description="Where the feed is.")
    name: Title | None = Field(None, description="Default: the feed's own title.")
    tags: tuple[Name, ...] = Field((), description="For `tag:NAME` in a digest's feeds.")
    every: Interval | None = Field(None, description="Default: polling.every.")
    paused: bool = Field(default=False, description="Not polled while true; `digest feeds pause`.")
    allow_private_networks: bool | None = Field(
        None, description="Default: polling.allow_private_networks."
    )
    headers: dict[HeaderName, SecretStr] = Field(
        default_factory=dict, description="Sent to this feed's host only."
    )
    headers_file: Path | None = Field(
        None, description="A file of `Name: value` lines, instead of headers."
    )
    identity: Literal["auto", "guid", "link", "content"] = Field(
        "auto",
        description="What tells entries apart; auto: guid, link or content, what is unique.",
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

    kind: ClassVar[str] = "feed"

    @property
    def key(self) -> str:
        """What its state is stored under: its address."""
        return self.url

    @property
    def default_name(self) -> str:
        """What it is called where neither its operator nor it says: its host."""
        return urlsplit(self.url).netloc

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

    @field_validator("headers")
    @classmethod
    def _one_line_each(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in headers.items():
            if any(c in value.get_secret_value() for c in "\r\n\0"):
                raise ValueError(f"the value of {name} must be one line")
        return headers


class AlertSettings(Model):
    """Who is told of what needs a person."""

    send_to: Names = Field(description="The channels that alerts go to.")


def _short_form(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


class Settings(Model):
    """A whole configuration file."""

    timezone: Zone = Field("UTC", description="An IANA name, for digests without their own.")
    database: str = Field(
        f"{SQLITE_PREFIX}data/digest.db",
        validate_default=True,
        description="Relative to the configuration file.",
    )
    watch: bool = Field(
        default=False, description="Whether a changed file is taken over without being told."
    )
    log: LogSettings = Field(LogSettings(), description="What is logged; see below.")
    polling: PollingSettings = Field(
        PollingSettings(), description="How feeds are polled; see below."
    )
    feeds: tuple[Annotated[FeedSettings, BeforeValidator(_short_form)], ...] = Field(
        min_length=1, description="An address, or a map with `url` and more."
    )
    smtp: SmtpSettings | None = Field(
        None, description="The mail server; email channels need it. See below."
    )
    channels: dict[Name, ChannelSettings] = Field(
        default_factory=dict, description="Where digests can go."
    )
    digests: dict[Name, DigestSettings] = Field(
        min_length=1, description="What goes out, and when."
    )
    alerts: AlertSettings | None = Field(
        None, description="Who is told of what needs a person; see below."
    )
    web: WebSettings | None = Field(
        None, description="Pages in a browser; absent: no web server. See below."
    )

    @field_validator("database")
    @classmethod
    def _known_database(cls, database: str, info: ValidationInfo) -> str:
        if not database.startswith(SQLITE_PREFIX) or database == SQLITE_PREFIX:
            # The value may hold a password, so the message does not repeat it.
            raise ValueError(f"must be {SQLITE_PREFIX}PATH")
        return SQLITE_PREFIX + str(anchored(Path(database.removeprefix(SQLITE_PREFIX)), info))

    @field_validator("digests")
    @classmethod
    def _no_alerts(cls, digests: dict[str, DigestSettings]) -> dict[str, DigestSettings]:
        if ALERTS in digests:
            raise ValueError(f"{ALERTS!r} is what alerts go by; call the digest something else")
        return digests

    @property
    def database_path(self) -> Path:
        """The database's file."""
        return Path(self.database.removeprefix(SQLITE_PREFIX))

    def feeds_of(self, digest: str) -> tuple[FeedSettings, ...]:
        """The feeds a digest subscribes to, in the order of the file."""
        wanted = self.digests[digest].feeds
        if "all" in wanted:
            return self.feeds
        return tuple(feed for feed in self.feeds if _matches(feed, wanted))

    def digests_of(self, url: str) -> tuple[str, ...]:
        """The digests that subscribe to a feed."""
        return tuple(
            name for name in self.digests if any(f.key == url for f in self.feeds_of(name))
        )

    @property
    def hosts_inside(self) -> frozenset[str | None]:
        """The hosts of feeds that may be on this machine or network by a word of their own."""
        return frozenset(
            urlsplit(feed.key).hostname for feed in self.feeds if feed.allow_private_networks
        )

    @property
    def links_url(self) -> str | None:
        """Where readers find their own pages, without a slash at the end; None: they have none.

        RFC 8058 wants HTTPS for what unsubscribes with one click.
        """
        url = self.web.public_url if self.web else None
        if url is None or not url.lower().startswith("https://"):
            return None
        return url.rstrip("/")

    def audience_of(self, channel: str) -> tuple[str, ...]:
        """The recipients of an email channel that the file names; none where it is no such."""
        settings = self.channels.get(channel)
        return settings.to if isinstance(settings, EmailSettings) else ()

    def lists(self) -> tuple[str, ...]:
        """The channels that have a list of recipients: those that send email."""
        return tuple(name for name, one in self.channels.items() if isinstance(one, EmailSettings))

    def digests_to(self, channel: str) -> tuple[str, ...]:
        """The digests that go to a channel."""
        return tuple(name for name, digest in self.digests.items() if channel in digest.send_to)

    def title_of(self, digest: str) -> str:
        """What readers call a digest."""
        return self.digests[digest].title or digest

    def zone_of(self, digest: str) -> ZoneInfo:
        """The time zone of a digest's schedule and dates."""
        return ZoneInfo(self.digests[digest].timezone or self.timezone)

    def has_threads(self, digest: str) -> bool:
        """Whether a digest goes into threads of Slack."""
        channels = (self.channels[name] for name in self.digests[digest].send_to)
        return any(isinstance(channel, SlackSettings) and channel.threads for channel in channels)

    def secrets(self) -> tuple[str, ...]:
        """Every secret, for redaction."""
        headers = [v.get_secret_value() for feed in self.feeds for v in feed.headers.values()]
        slack = [one for one in self.channels.values() if isinstance(one, SlackSettings)]
        hooks = [one.webhook_url.get_secret_value() for one in slack if one.webhook_url]
        bots = [one.bot_token.get_secret_value() for one in slack if one.bot_token]
        password = self.smtp.password if self.smtp else None
        key = self.smtp.dkim.key if self.smtp and self.smtp.dkim else None
        page = self.web.password if self.web else None
        mail = [one.get_secret_value() for one in (password, key, page) if one]
        # A key is quoted by line, if at all.
        mail += key.get_secret_value().splitlines()[1:-1] if key else []
        whole = [*headers, *hooks, *bots, *mail]
        # A server that repeats what it was sent may repeat a part: the token without its scheme,
        # the password of a pair, the last part of a webhook's path.
        tokens = [value.rpartition(" ")[2] for value in headers]
        passwords = [password_of(value) for value in headers]
        keys = [hook.rpartition("/")[2] for hook in hooks]
        return tuple(dict.fromkeys(filter(None, (*whole, *tokens, *passwords, *keys))))


def _matches(feed: FeedSettings, wanted: tuple[str, ...]) -> bool:
    names = {feed.key, feed.name, *(f"tag:{tag}" for tag in feed.tags)}
    return not names.isdisjoint(wanted)
