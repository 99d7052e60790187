"""What channels have in common that post an edition as Markdown texts, each in its dialect."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from digest.channels.base import HttpChannel, S
from digest.config.secrets import secrets_in
from digest.rendering.dialects import COMMON, Dialect
from digest.rendering.messages import edition_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels.http import Endpoint
    from digest.model import Delivery, Edition
    from digest.rendering.parts import Limit


class MarkdownChannel(HttpChannel[S]):
    """A channel that posts texts in a `dialect`, within the `limits` of its service.

    A message has no identity that these services would recognise a copy by, so nothing is posted
    again.
    """

    dialect: ClassVar[Dialect] = COMMON
    limits: ClassVar[Sequence[Limit[str]]]
    text_key: ClassVar[str] = "text"

    @property
    def place(self) -> dict[str, str]:
        """Where it posts, where the address alone does not say that.

        It is no part of what is kept of an edition: a place that was wrong can be mended.
        """
        return {}

    def message(self, text: str) -> dict[str, Any]:
        """What is kept of one text."""
        return {self.text_key: text}

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """What is posted, in order."""
        texts = edition_messages(self.dialect, edition, self.limits, url)
        return [self.message(text) for text in texts]

    def greeting(self, line: str) -> bytes:
        """A message of one line."""
        return self.encoded(self.message(self.dialect.literal(line)))

    def body(self, delivery: Delivery) -> bytes:
        """The message, with its place."""
        return self.encoded({**self.decoded(delivery.payload), **self.place})

    def decoded(self, part: bytes) -> dict[str, Any]:
        """The message that a part is of; the opposite of `encoded`."""
        message: dict[str, Any] = json.loads(part)
        return message

    def readable(self, part: bytes) -> str:
        """The text of a message."""
        return str(self.decoded(part)[self.text_key])

    def server(self, before: str) -> Endpoint:
        """The server of the webhook: its address up to a path that is not the server's own."""
        from digest.channels.http import Endpoint

        address = self.settings.hook_address
        assert address is not None
        url, _, _ = address.get_secret_value().partition(before)
        return Endpoint(url, secrets_in(address), mend=self.remedy)
