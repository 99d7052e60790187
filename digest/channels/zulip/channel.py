"""Zulip, as a bot: https://zulip.com/api/send-message."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from digest.channels.http_verdicts import fields_of, told
from digest.channels.markdown_channel import MarkdownChannel
from digest.channels.zulip.client import MESSAGES, ZulipClient
from digest.config.channels.zulip import TOPIC_LENGTH, ZulipSettings
from digest.errors import ChannelError, DeliveryError
from digest.rendering.dialects import Dialect
from digest.rendering.parts import Limit
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.channels.base import PartRequest
    from digest.channels.http import Endpoint
    from digest.channels.http_answer import Answer
    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition

# What means something anywhere; then at the start of a line; then in a name or an address. There
# are no escapes with a backslash, but entities (zerver/lib/markdown, build_inlinepatterns).
_MARK = re.compile(
    r"[*`\[\]<~|#]|\$(?=\$)|&(?=#?\w+;)"
    r"|^[>+-]|^\d(?=\d*[.)])"
    r"|:(?=[\w+-]+:|//)|(?<=\w)\.(?=[^\W\d_]{2})|(?<=\w)@(?=\w)"
)
# Zulip ends a request that takes some 20 seconds: what it took is there by then.
_SETTLED = timedelta(minutes=2)
# As far as the clocks of the two servers may differ.
_CLOCKS = timedelta(minutes=1)
_LOOKED_THROUGH = 20
# What Zulip puts before a topic that somebody marked as resolved.
_RESOLVED = "✔ "


def _escaped(line: str) -> str:
    return _MARK.sub(lambda match: f"&#{ord(match[0])};", line)


class ZulipChannel(MarkdownChannel[ZulipSettings]):
    """Posts an edition to a topic of a channel of Zulip.

    What may have arrived is looked for before it is posted again: the same text, of the same bot,
    under the same topic, since the delivery was made.
    """

    kind = "zulip"
    patience = settles = _SETTLED
    dialect = Dialect(escape=_escaped, address="[{text}]({url})")
    # In code points; what is longer Zulip cuts.
    limits = (Limit(len, 10_000),)
    text_key = "content"

    def __init__(self, name: str, settings: ZulipSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self.recipient = settings.channel
        self._client = ZulipClient(settings)

    @property
    def endpoint(self) -> Endpoint:
        """The organisation's server."""
        return self._client.endpoint

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """What is posted, in order, under the topic."""
        topic = self.settings.topic or short_line(edition.title, TOPIC_LENGTH)
        return [{**message, "topic": topic} for message in super().messages(edition, url)]

    @property
    def place(self) -> dict[str, str]:
        """The channel, which servers of before 2024 know as a stream only."""
        return {"type": "stream", "to": self.settings.channel}

    def message(self, text: str) -> dict[str, Any]:
        """A text, under the topic."""
        return {**super().message(text), "topic": self.settings.topic or "digest"}

    def encoded(self, message: Mapping[str, Any]) -> bytes:
        """A message as a form."""
        return urlencode(message).encode()

    def decoded(self, part: bytes) -> dict[str, Any]:
        """The fields of a form."""
        return dict(parse_qsl(part.decode(), keep_blank_values=True))

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """A form, with the bot's credentials."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return {"path": MESSAGES, "headers": form | self._client.login}

    async def send(self, delivery: Delivery) -> str:
        """Post one part, unless it arrived already; answers the id of the message."""
        if delivery.doubtful and (found := await self._look_for(delivery)):
            return found
        return await super().send(delivery)

    def judge(self, answer: Answer) -> Answer:
        """By its code where it names the channel, else by the status.

        What a server in trouble may have taken can be looked for, so it is not simply repeated.
        """
        if answer.status >= 500:
            raise DeliveryError(f"{told(answer)}: it may have been taken", "unknown")
        return self._client.judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The id of the message."""
        return str(fields_of(answer, "id")["id"])

    async def check(self) -> str:
        """Ask who the bot is, and whether there is the channel."""
        me = await self._client.get("/api/v1/users/me", {}, "full_name")
        channel = self.settings.channel
        if channel.isdecimal():
            return f"the bot is {me['full_name']}; channel {channel} was not looked at"
        await self._client.get("/api/v1/get_stream_id", {"stream": channel}, "stream_id")
        return f"the bot is {me['full_name']}; the channel {channel} is there"

    async def _look_for(self, delivery: Delivery) -> str | None:
        """The id of what was posted already; None where nothing was.

        None too where Zulip does not tell and a person, who can look, asked for the attempt.

        Raises:
            ChannelError: Zulip tells nothing now.
            DeliveryError: `unknown`, since it does not tell at all.
        """
        try:
            return await self._posted(delivery)
        except ChannelError:
            raise
        except DeliveryError as error:
            reason = f"cannot look whether it arrived: {error.reason}"
            if error.verdict == "unknown":
                # A question leaves nothing in doubt but itself.
                raise ChannelError(reason) from None
            if delivery.state == "pending":
                return None
            raise DeliveryError(reason, "unknown") from None

    async def _posted(self, delivery: Delivery) -> str | None:
        if delivery.recipient != self.recipient:
            raise DeliveryError(f"the channel was {delivery.recipient} then", "refused")
        form = self.decoded(delivery.payload)
        since = (delivery.created_at - _CLOCKS).timestamp()
        anchor = None
        for _ in range(_LOOKED_THROUGH):
            message = await self._client.last_before(anchor)
            if message is None or message["timestamp"] < since:
                return None
            if _is_copy(message, form):
                return str(message["id"])
            anchor = message["id"]
        raise DeliveryError("the bot has posted too much since", "refused")


def _is_copy(message: Mapping[str, Any], form: Mapping[str, str]) -> bool:
    """Whether a message is what a form posts; Zulip cuts the space at the end of a text."""
    topic = str(message["subject"]).removeprefix(_RESOLVED)
    same_topic = topic.casefold() == form["topic"].casefold()
    return same_topic and str(message["content"]) == form["content"].rstrip()
