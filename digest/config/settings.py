"""The settings: typed, frozen, and the one place that says which keys exist and what they mean."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from digest.config.addresses import password_of, without_credentials
from digest.config.fields import (
    Addresses,
    CertificateFile,
    Command,
    Duration,
    HeaderName,
    Host,
    Interval,
    Name,
    Names,
    RelativePath,
    SecretUrl,
    Sender,
    Size,
    Title,
    WebUrl,
    Zone,
    anchored,
)
from digest.config.schedule import parse_schedule
from digest.model import ALERTS, CatchUp, Schedule

SQLITE_PREFIX = "sqlite:///"
_FORMATS = Literal["markdown", "html", "text", "json"]


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=False
    )


class LogSettings(_Model):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important level that is logged."
    )
    format: Literal["auto", "human", "json"] = Field(
        "auto", description="auto: for people on a terminal, JSON lines elsewhere."
    )


class PollingSettings(_Model):
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
    allow_private_networks: bool = Field(
        default=False,
        description="Whether feeds may be on loopback, private or link-local addresses.",
    )
    user_agent: Title | None = Field(
        None, description="Default: the product, its version and a contact URL."
    )


class FeedSettings(_Model):
    """A feed."""

    url: WebUrl = Field(description="Where the feed is.")
    name: Title | None = Field(None, description="Default: the feed's own title.")
    tags: tuple[Name, ...] = Field((), description="For `tag:NAME` in a digest's feeds.")
    every: Interval | None = Field(None, description="Default: polling.every.")
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


class SmtpSettings(_Model):
    """The mail server that email channels send through."""

    host: Host = Field(description="The server's name.")
    port: int = Field(587, ge=1, le=65535, description="587 for starttls, 465 for tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="none sends in clear, and so refuses credentials."
    )
    username: str | None = Field(None, description="Where the server asks for a login.")
    password: SecretStr | None = Field(None, description="A secret; for username.")
    password_file: Path | None = Field(None, description="A file with the password.")
    token_command: Command | None = Field(
        None,
        description="Instead of password: a command whose first line is a token (XOAUTH2).",
    )
    ca_file: CertificateFile | None = Field(
        None, description="Whose certificates are trusted, in PEM form. Default: the system's."
    )
    max_per_minute: int | None = Field(
        None, ge=1, description="The most messages a minute, in all. Default: no limit."
    )
    sender: Sender = Field(alias="from", description="`Name <address>`, or an address.")

    @model_validator(mode="after")
    def _credentials_need_encryption(self) -> SmtpSettings:
        if self.password is not None and self.token_command is not None:
            raise ValueError("give password or token_command, not both")
        if (self.username is None) != (self.password is None and self.token_command is None):
            raise ValueError(
                "username and password belong together, or username and token_command;"
                " give both or neither"
            )
        if self.security == "none" and self.username is not None:
            raise ValueError("security: none would send the login in clear; use starttls or tls")
        return self


class EmailSettings(_Model):
    """A channel that sends email through `smtp`."""

    kind: Literal["email"]
    to: Addresses = Field(description="The recipients; each gets a message of their own.")

    @field_validator("to")
    @classmethod
    def _each_once(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        addresses = [parseaddr(address)[1].lower() for address in to]
        for n, address in enumerate(addresses):
            if address in addresses[:n]:
                raise ValueError(f"{address} is given twice")
        return to


class SlackSettings(_Model):
    """A channel that posts to Slack, through an incoming webhook or as an app with a bot token."""

    kind: Literal["slack"]
    webhook_url: SecretUrl | None = Field(
        None, description="The incoming webhook's address; a secret."
    )
    webhook_url_file: Path | None = Field(None, description="A file with the webhook's address.")
    bot_token: SecretStr | None = Field(
        None, description="The token of an app with chat:write, instead of a webhook; a secret."
    )
    bot_token_file: Path | None = Field(None, description="A file with the token.")
    channel: str | None = Field(
        None, min_length=1, description="With bot_token: the channel's id, like C0123456789."
    )
    api_url: WebUrl = Field(
        "https://slack.com/api/", description="With bot_token: where Slack is, for proxies."
    )

    @model_validator(mode="after")
    def _one_way_to_post(self) -> SlackSettings:
        if (self.webhook_url is None) == (self.bot_token is None):
            raise ValueError("give webhook_url, or bot_token and channel")
        if (self.bot_token is None) != (self.channel is None):
            raise ValueError("bot_token and channel belong together")
        return self


class FileSettings(_Model):
    """A channel that writes each edition to a file."""

    kind: Literal["file"]
    path: str = Field(
        min_length=1,
        description="`{digest}` and `{date}` are filled in; relative to the configuration file.",
    )
    format: _FORMATS = Field("markdown", description="`markdown`, `html`, `text` or `json`.")

    @field_validator("path")
    @classmethod
    def _known_placeholders(cls, path: str, info: ValidationInfo) -> str:
        rest = path.replace("{digest}", "").replace("{date}", "")
        if "{" in rest or "}" in rest:
            raise ValueError("the only placeholders are {digest} and {date}")
        if path.endswith("/") or Path(path).name in {"", ".", ".."}:
            raise ValueError("must name a file, like 'digests/{digest}-{date}.md'")
        return str(anchored(Path(path), info))


ChannelSettings = Annotated[
    EmailSettings | SlackSettings | FileSettings, Field(discriminator="kind")
]


class DigestSettings(_Model):
    """A digest: which feeds, when, and to which channels."""

    title: Title | None = Field(None, description="Default: the digest's name.")
    schedule: Annotated[
        Schedule,
        BeforeValidator(
            lambda value: value if isinstance(value, Schedule) else parse_schedule(str(value))
        ),
        PlainSerializer(lambda value: value.text, when_used="json"),
        WithJsonSchema({"type": "string", "examples": ["every monday at 09:00", "0 9 * * mon"]}),
    ] = Field(description="A phrase, or five cron fields; `cron:` is another name for it.")
    timezone: Zone | None = Field(None, description="Default: the file's timezone.")
    feeds: Names = Field(("all",), description="all, or a list of names, addresses and `tag:NAME`.")
    first_edition: Duration = Field(
        timedelta(days=7),
        description="How far back into a new feed's backlog; 0: nothing. Undated entries are old.",
    )
    max_entries: int = Field(
        50,
        ge=1,
        le=1000,
        description="The most stories in one edition; the rest come with the next.",
    )
    when_empty: Literal["skip", "send"] = Field(
        "skip", description="Whether an edition without stories is sent."
    )
    catch_up: CatchUp = Field(
        "auto",
        description="Of editions missed while down: send each, merge them into one, or skip them;"
        " auto: send up to two, merge more.",
    )
    template: RelativePath | None = Field(
        None, description="A folder whose files override the built-in templates by name."
    )
    send_to: Names = Field(description="The channels it goes to.")

    @model_validator(mode="before")
    @classmethod
    def _cron_is_a_schedule(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "cron" not in data:
            return data
        if "schedule" in data:
            raise ValueError("give schedule or cron, not both")
        rest = {key: value for key, value in data.items() if key != "cron"}
        return rest | {"schedule": data["cron"]}

    @field_validator("feeds", "send_to")
    @classmethod
    def _named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(without_credentials(name)[0] for name in names))

    @field_validator("template")
    @classmethod
    def _folder_exists(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError(f"there is no folder {folder}")
        return folder


class AlertSettings(_Model):
    """Who is told of what needs a person."""

    send_to: Names = Field(description="The channels that alerts go to.")


def _short_form(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


class Settings(_Model):
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
            name for name in self.digests if any(f.url == url for f in self.feeds_of(name))
        )

    def title_of(self, digest: str) -> str:
        """What readers call a digest."""
        return self.digests[digest].title or digest

    def zone_of(self, digest: str) -> ZoneInfo:
        """The time zone of a digest's schedule and dates."""
        return ZoneInfo(self.digests[digest].timezone or self.timezone)

    def secrets(self) -> tuple[str, ...]:
        """Every secret, for redaction."""
        headers = [v.get_secret_value() for feed in self.feeds for v in feed.headers.values()]
        slack = [one for one in self.channels.values() if isinstance(one, SlackSettings)]
        hooks = [one.webhook_url.get_secret_value() for one in slack if one.webhook_url]
        bots = [one.bot_token.get_secret_value() for one in slack if one.bot_token]
        password = self.smtp.password if self.smtp else None
        whole = [*headers, *hooks, *bots, password.get_secret_value() if password else ""]
        # A server that repeats what it was sent may repeat a part: the token without its scheme,
        # the password of a pair, the last part of a webhook's path.
        tokens = [value.rpartition(" ")[2] for value in headers]
        passwords = [password_of(value) for value in headers]
        keys = [hook.rpartition("/")[2] for hook in hooks]
        return tuple(dict.fromkeys(filter(None, (*whole, *tokens, *passwords, *keys))))


def _matches(feed: FeedSettings, wanted: tuple[str, ...]) -> bool:
    names = {feed.url, feed.name, *(f"tag:{tag}" for tag in feed.tags)}
    return not names.isdisjoint(wanted)
