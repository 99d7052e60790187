"""What the settings of every kind of channel answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from digest.config.base import Model
from digest.config.secrets import secrets_in

if TYPE_CHECKING:
    from pathlib import Path


class ChannelSettings(Model):
    """The settings of a channel; what is not overridden is so of one that posts to an address.

    Each kind is a module of this package with a subclass whose `kind` is `Literal["its name"]`.
    """

    kind: str

    needs_smtp: ClassVar[bool] = False
    """Whether it sends through the mail server of the file."""
    keeps_list: ClassVar[bool] = False
    """Whether it has a list of recipients that grows and shrinks beside the file."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The recipients that the file names, each of whom gets a delivery."""
        return ()

    @property
    def open_to_all(self) -> bool:
        """Whether anybody can subscribe on a page."""
        return False

    @property
    def has_threads(self) -> bool:
        """Whether an edition is one post with replies below it."""
        return False

    @property
    def shares(self) -> str | None:
        """What it shares with other channels that name the same: one pace, and one fate."""
        return None

    @property
    def takes_alerts(self) -> bool:
        """Whether `alerts` may go there."""
        return True

    @property
    def server_url(self) -> str | None:
        """The address that it posts to; may be secret as a whole."""
        return None

    @property
    def file_path(self) -> Path | None:
        """The file that it writes, with `{digest}` and `{date}` in it."""
        return None

    def secrets(self) -> tuple[str, ...]:
        """Every secret of the channel, for redaction."""
        return tuple(secrets_in(self))
