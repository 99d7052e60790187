"""Google Chat, by webhooks: https://developers.google.com/workspace/chat/quickstart/webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.channels.http_verdicts import fields_of, told
from digest.channels.markdown_channel import MarkdownChannel
from digest.config.channels.googlechat import GooglechatSettings
from digest.errors import ChannelError, DeliveryError
from digest.rendering.dialects import Dialect, look_alike
from digest.rendering.parts import Limit, utf16_units

if TYPE_CHECKING:
    from digest.channels.base import PartRequest
    from digest.channels.http_answer import Answer
    from digest.model import Delivery, Edition

_BAD_KEY = b"API_KEY_INVALID"


class GooglechatChannel(MarkdownChannel[GooglechatSettings]):
    """Posts an edition to one space; with `threads`, later messages as replies to the first.

    A `requestId` would make a repeat harmless for apps; nothing says that it does for webhooks.
    """

    kind = "googlechat"
    seconds_between = 1.0  # It takes one message a second for a space.
    # Its own syntax (.../workspace/chat/format-messages): no headings, and nothing is escaped.
    dialect = Dialect(
        escape=look_alike, strong="*{}*", address="<{url}|{text}>", headings=("*{}*", "*{}*")
    )
    # It refuses texts of more than 4,096 characters by that number; whole messages may have 32,000
    # bytes, which six for each character do not reach.
    limits = (Limit(utf16_units, 4_096),)

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """What is posted, in order; in a thread that is the edition's own."""
        thread = {"threadKey": f"{edition.digest} {edition.composed_at.isoformat()}"}
        of_thread = {"thread": thread} if self.settings.threads else {}
        return [message | of_thread for message in super().messages(edition, url)]

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """Without an option a message starts a thread, whatever thread it names."""
        if not self.settings.threads:
            return {}
        return {"params": {"messageReplyOption": "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"}}

    def judge(self, answer: Answer) -> Answer:
        """By the status, but for a wrong key, which Google answers with 400."""
        if answer.status == 400 and _BAD_KEY in answer.body:
            raise ChannelError(f"{told(answer)}; {self.remedy}", lasting=True)
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The name of the message: `spaces/SPACE/messages/MESSAGE`."""
        return str(fields_of(answer, "name")["name"])

    async def check(self) -> str:
        """Post an empty text: Google refuses it as such where the webhook is alive."""
        try:
            await self.endpoint.post(self.encoded({"text": ""}), judge=self.judge)
        except DeliveryError as error:
            if error.verdict != "refused":
                raise
        return "the webhook answers"
