"""What the settings of every kind of source answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from digest.config.base import Model
from digest.config.fields import Interval, Name, Size, Title


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
