"""Mattermost, by incoming webhooks: https://developers.mattermost.com/integrate/webhooks/incoming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.channels.http_verdicts import fields_of, is_page, json_object, told
from digest.channels.markdown_channel import MarkdownChannel
from digest.config.channels.mattermost import MattermostSettings
from digest.errors import ChannelError, DeliveryError
from digest.rendering.dialects import Dialect, escaped, unnamed
from digest.rendering.parts import Limit

if TYPE_CHECKING:
    from digest.channels.http_answer import Answer

_CHANNEL = "look at the setting channel"
# What needs a person, by the ids of its errors (server/channels/app/webhook.go).
_REMEDIES = {
    "web.incoming_webhook.invalid.app_error": MattermostSettings.remedy,
    "web.incoming_webhook.disabled.app_error": "have an administrator allow incoming webhooks",
    "web.incoming_webhook.channel.app_error": _CHANNEL,
    "web.incoming_webhook.channel_locked.app_error": _CHANNEL,
    "web.incoming_webhook.user.app_error": _CHANNEL,
    "web.incoming_webhook.permissions.app_error": "let who made the webhook into the channel",
}


def _escaped(line: str) -> str:
    # Mattermost makes links of <a|b> before it reads any Markdown, escaped or not.
    return escaped(unnamed(line)).replace("\\<", "&lt;")


class MattermostChannel(MarkdownChannel[MattermostSettings]):
    """Posts an edition to one channel of Mattermost."""

    kind = "mattermost"
    dialect = Dialect(escape=_escaped, address="[{text}]({url})")
    # In code points; what is longer Mattermost splits itself, in the middle of words.
    limits = (Limit(len, 16_383),)

    @property
    def place(self) -> dict[str, str]:
        """Another channel than the webhook's, if the settings name one."""
        channel = self.settings.channel
        return {"channel": channel} if channel else {}

    def judge(self, answer: Answer) -> Answer:
        """By the id of the error, where it is the webhook that is refused, else by the status."""
        if remedy := _REMEDIES.get(str((json_object(answer.body) or {}).get("id"))):
            raise ChannelError(f"{told(answer)}; {remedy}", lasting=True)
        accepted = super().judge(answer)
        if is_page(accepted):
            fields_of(accepted)
        if accepted.body.strip() != b"ok":
            raise DeliveryError(f"{told(answer)}: not the ok of Mattermost", "unknown")
        return accepted

    def receipt(self, answer: Answer) -> str:
        """Its `ok`, which is all that a webhook gets."""
        return answer.body.decode().strip()

    async def check(self) -> str:
        """Ask whether the server is there; whether it knows the webhook only a post shows."""
        await self.server("/hooks/").get("/api/v4/system/ping")
        return "Mattermost answers; whether it knows the webhook, only a post shows"
