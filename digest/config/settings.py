"""The settings: typed, frozen, and the one place that says which keys exist and what they mean."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from digest.config.base import Model
from digest.config.channels import AnyChannel
from digest.config.channels.email import SmtpSettings
from digest.config.digests import DigestSettings
from digest.config.fields import (
    Name,
    Names,
    Zone,
    anchored,
)
from digest.config.polling import PollingSettings
from digest.config.secrets import secrets_in
from digest.config.sources import AnySource
from digest.config.summaries import ModelSettings
from digest.config.web import WebSettings
from digest.model import ALERTS

SQLITE_PREFIX = "sqlite:///"


class LogSettings(Model):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important level that is logged."
    )
    format: Literal["auto", "human", "json"] = Field(
        "auto", description="auto: text on a terminal, JSON lines elsewhere."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "level": "log_level verbosity verbose debug severity threshold",
        "format": "formatter output style json type",
    }


class AlertSettings(Model):
    """Who is told of what needs a person."""

    send_to: Names = Field(description="The channels that alerts go to.")

    synonyms: ClassVar[dict[str, str]] = {
        "send_to": "channels channel to deliver_to destinations destination targets target notify"
        " recipients email emails via",
    }


class Settings(Model):
    """A whole configuration file."""

    timezone: Zone = Field(
        "UTC",
        description="An IANA name, for what commands show and for digests without their own.",
    )
    database: str = Field(
        f"{SQLITE_PREFIX}data/digest.db",
        validate_default=True,
        description="Relative to the configuration file.",
    )
    watch: bool = Field(
        default=False, description="Whether the daemon takes over a changed file by itself."
    )
    log: LogSettings = Field(LogSettings(), description="What is logged; see below.")
    polling: PollingSettings = Field(
        PollingSettings(), description="How feeds are polled; see below."
    )
    feeds: tuple[AnySource, ...] = Field(
        min_length=1, description="Each an address, `kind:...`, or a map; see below."
    )
    smtp: SmtpSettings | None = Field(
        None, description="The mail server; email channels need it. See below."
    )
    channels: dict[Name, AnyChannel] = Field(
        default_factory=dict, description="Where digests can go."
    )
    digests: dict[Name, DigestSettings] = Field(
        min_length=1, description="What goes out, and when."
    )
    models: tuple[ModelSettings, ...] = Field(
        (),
        max_length=8,
        description="What writes summaries, the preferred first; see below.",
    )
    alerts: AlertSettings | None = Field(
        None, description="Who hears of what needs a person; see below."
    )
    web: WebSettings | None = Field(
        None, description="Pages in a browser; without it there is no web server. See below."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "timezone": "tz time_zone zone timezones",
        "database": "db database_url database_path database_file db_path db_url db_file sqlite"
        " storage store data data_dir state state_file cache cache_file",
        "watch": "reload auto_reload hot_reload watch_config",
        "log": "logging logs logger",
        "polling": "poll fetch fetching fetcher crawler",
        "feeds": "feed sources source urls url rss atom rss_feeds feed_urls feed_list"
        " subscriptions inputs input sites websites blogs",
        "smtp": "mail mailer sendmail mail_server mailserver smtp_server email email_server"
        " email_settings",
        "channels": "channel outputs output destinations destination targets target notifications"
        " notifiers notifier delivery deliveries",
        "channels: {NAME: {kind: email}}": "recipients subscribers to",
        "digests": "digest newsletters newsletter editions edition jobs job reports report"
        " schedules briefings briefing",
        "models": "model llm llms ai openai ollama summarizer",
        "alerts": "alert alerting monitoring errors on_error admin",
        "web": "server http webserver web_server ui dashboard api",
        "web.listen": "port listen_address bind",
        "web.public_url": "base_url site_url root_url external_url",
        "polling.timeout": "timeout feed_timeout fetch_timeout request_timeout http_timeout"
        " http_client_timeout",
    }

    @field_validator("database")
    @classmethod
    def _known_database(cls, database: str, info: ValidationInfo) -> str:
        if not database.startswith(SQLITE_PREFIX) or database == SQLITE_PREFIX:
            # The value may hold a password, so the message does not repeat it.
            raise ValueError(f"must be {SQLITE_PREFIX}PATH, like {SQLITE_PREFIX}data/digest.db")
        return SQLITE_PREFIX + str(anchored(Path(database.removeprefix(SQLITE_PREFIX)), info))

    @field_validator("digests")
    @classmethod
    def _no_alerts(cls, digests: dict[str, DigestSettings]) -> dict[str, DigestSettings]:
        if ALERTS in digests:
            raise ValueError(f"{ALERTS!r} is what alerts go by; call the digest something else")
        return digests

    _secret_files: tuple[Path, ...] = PrivateAttr(())
    _file: Path | None = PrivateAttr(None)
    _items: tuple[int, ...] = PrivateAttr(())

    def model_post_init(self, context: Any) -> None:
        """Keep where they and their secrets were read from, which no key says."""
        self._secret_files = tuple((context or {}).get("secret_files", ()))
        self._file = (context or {}).get("file")

    @model_validator(mode="after")
    def _with_each_source(self) -> Self:
        sources = [item.sources() for item in self.feeds]
        whole = self.model_copy(update={"feeds": tuple(chain(*sources))})
        whole._items = tuple(n for n, item in enumerate(sources) for _ in item)  # noqa: SLF001 - its own
        return whole

    @property
    def items(self) -> tuple[int, ...]:
        """For each of `feeds`, the place of its item in the file: a list makes several of one."""
        return self._items

    @property
    def secret_files(self) -> tuple[Path, ...]:
        """The files that secrets were read from, each once."""
        return self._secret_files

    @property
    def file(self) -> Path | None:
        """The file that they were read from, from the root on."""
        return self._file

    def feeds_of(self, digest: str) -> tuple[AnySource, ...]:
        """The feeds a digest subscribes to, in the order of the file."""
        wanted = self.digests[digest].feeds
        if "all" in wanted:
            return self.feeds
        return tuple(feed for feed in self.feeds if feed.is_among(wanted))

    def digests_of(self, address: str) -> tuple[str, ...]:
        """The digests that subscribe to a feed."""
        return tuple(
            name
            for name in self.digests
            if any(feed.address == address for feed in self.feeds_of(name))
        )

    @property
    def hosts_inside(self) -> frozenset[str | None]:
        """The hosts of feeds that may be on this machine or network by a word of their own."""
        return frozenset(feed.host for feed in self.feeds if feed.allow_private_networks)

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
        """The recipients of a channel that the file names; none where there is no such channel."""
        settings = self.channels.get(channel)
        return settings.recipients if settings else ()

    def lists(self) -> tuple[str, ...]:
        """The channels that have a list of recipients."""
        return tuple(name for name, channel in self.channels.items() if channel.keeps_list)

    def digests_to(self, channel: str) -> tuple[str, ...]:
        """The digests that go to a channel."""
        return tuple(name for name, digest in self.digests.items() if channel in digest.send_to)

    def title_of(self, digest: str) -> str:
        """What readers call a digest."""
        return self.digests[digest].title or digest

    @property
    def feedback_digests(self) -> frozenset[str]:
        """The digests whose readers can say what they want more of."""
        asking = frozenset(name for name, digest in self.digests.items() if digest.feedback)
        return asking if self.links_url else frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of what operators read."""
        return ZoneInfo(self.timezone)

    def zone_of(self, digest: str) -> ZoneInfo:
        """The time zone of a digest's schedule and dates."""
        return ZoneInfo(self.digests[digest].timezone or self.timezone)

    def secrets(self) -> tuple[str, ...]:
        """Every secret, for redaction."""
        return tuple(dict.fromkeys(secrets_in(self)))


def database_url(given: object, base: Path) -> str | None:
    """What a file says of its database, or the default, from the root on; None: it cannot be."""
    text = str(given or Settings.model_fields["database"].default)
    if not text.startswith(SQLITE_PREFIX):
        return None
    try:
        return SQLITE_PREFIX + str(base / Path(text.removeprefix(SQLITE_PREFIX)).expanduser())
    except RuntimeError:
        return None
