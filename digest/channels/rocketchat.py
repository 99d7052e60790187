"""Rocket.Chat, by incoming integrations: https://docs.rocket.chat/docs/integrations."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.channels.http_verdicts import fields_of, json_object, told
from digest.channels.markdown_channel import MarkdownChannel
from digest.config.channels.rocketchat import RocketchatSettings
from digest.errors import ChannelError, DeliveryError
from digest.rendering.dialects import JOINER, Dialect, look_alike
from digest.rendering.parts import Limit, utf16_units

if TYPE_CHECKING:
    from digest.channels.http_answer import Answer

# A link, a spoiler, a formula or a phone number, by the grammar of its message-parser.
_MORE_MARKS = re.compile(r"\](?=\()|\\(?=[_#.(\[])|\+(?=[\d(])")
_CHANNEL = "look at the setting channel"
_REMEDIES = {
    "invalid-channel": _CHANNEL,
    "error-invalid-channel": _CHANNEL,
    "error-invalid-room": _CHANNEL,
    "error-not-allowed": "let the user of the integration post in the channel",
    "overriding destination channel is disabled for this integration": (
        "allow the integration to override its channel, or leave the setting channel out"
    ),
}
_SECONDS = re.compile(r"wait (\d{1,5}) seconds")


def _escaped(line: str) -> str:
    return look_alike(_MORE_MARKS.sub(rf"\g<0>{JOINER}", line))


class RocketchatChannel(MarkdownChannel[RocketchatSettings]):
    """Posts an edition to one channel of Rocket.Chat."""

    kind = "rocketchat"
    seconds_between = 6.0  # By default it takes ten requests a minute.
    # Nothing is a link in its headings, and nothing is escaped in its links.
    dialect = Dialect(escape=_escaped, address="[{text}]({url})", headings=("# {}", "**{}**"))
    # Its Message_MaxAllowedSize, unless an administrator changed it.
    limits = (Limit(utf16_units, 5_000),)

    @property
    def place(self) -> dict[str, str]:
        """Another channel than the integration's, if the settings name one."""
        channel = self.settings.channel
        return {"channel": channel} if channel else {}

    def judge(self, answer: Answer) -> Answer:
        """By its words where they name the place or a limit, else by the status."""
        error = str((json_object(answer.body) or {}).get("error", ""))
        if answer.status >= 400 and (remedy := _REMEDIES.get(error)):
            raise ChannelError(f"{told(answer)}; {remedy}", lasting=True)
        if answer.status == 429 and (wait := _SECONDS.search(error)):
            raise ChannelError(told(answer), retry_after=timedelta(seconds=int(wait[1])))
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """Its `success`, which is all that an integration gets."""
        if fields_of(answer, "success")["success"] is not True:
            raise DeliveryError(f"{told(answer)}: not the success of Rocket.Chat", "unknown")
        return "success"

    async def check(self) -> str:
        """Ask whether the server is there; whether it knows the webhook only a post shows."""
        fields_of(await self.server("/hooks/").get("/api/info"), "version")
        return "Rocket.Chat answers; whether it knows the webhook, only a post shows"
