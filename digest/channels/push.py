"""What channels have in common that notify a phone: a line, and a link to the edition."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from digest.channels.base import HttpChannel
from digest.config.channels import ChannelSettings
from digest.rendering.push_message import PushMessage, push_message

if TYPE_CHECKING:
    from typing import Self

    from digest.channels.pace import Paces
    from digest.config import Settings
    from digest.model import Edition

S = TypeVar("S", bound=ChannelSettings)


class PushChannel(HttpChannel[S]):
    """A channel that notifies; an edition is one message, which names a few of its stories."""

    recipient = "phone"
    longest_link: ClassVar[int] = 2_000
    has_page = False

    @classmethod
    def open(cls, name: str, settings: S, whole: Settings, paces: Paces) -> Self:
        """The channel of this name, which knows whether editions have pages to lead to."""
        channel = super().open(name, settings, whole, paces)
        channel.has_page = bool(whole.web and whole.web.public_url)
        return channel

    @abstractmethod
    def message(self, push: PushMessage) -> dict[str, Any]:
        """What is posted of a push, in the words of the service."""

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """The one message of an edition."""
        return [self.message(push_message(edition, url, self.longest_link))]

    def greeting(self, line: str) -> bytes:
        """A push of one line."""
        return json.dumps(self.message(PushMessage("digest", line))).encode()

    def found(self, finding: str) -> str:
        """What a check found, and where pushes lead to if that is not the whole edition."""
        hint = "without web.public_url a push leads to its first story, not to the whole edition"
        return finding if self.has_page else f"{finding}; {hint}"
