"""What the settings of every kind of source answer."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from digest.config.base import Model
from digest.config.fields import Interval, Name, Size, Title


class Extra(NamedTuple):
    """What a kind needs that is not installed with the program: an extra, and a module of it."""

    name: str
    module: str


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
