"""Zulip's API as a bot uses it: https://zulip.com/api/rest."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

from digest.channels.http import Endpoint
from digest.channels.http_verdicts import fields_of, json_object, told
from digest.config.addresses import mail_address
from digest.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.channels.http_answer import Answer
    from digest.config.channels.zulip import ZulipSettings

MESSAGES = "/api/v1/messages"
_NOWHERE = "look at the setting channel, and let the bot post there"


class ZulipClient:
    """Asks the server of an organisation, with the credentials of a bot."""

    def __init__(self, settings: ZulipSettings) -> None:
        key = settings.api_key.get_secret_value()
        self._email = mail_address(settings.email)
        credentials = b64encode(f"{self._email}:{key}".encode()).decode()
        self._settings = settings
        self.login = {"Authorization": f"Basic {credentials}"}
        self.endpoint = Endpoint(settings.url.rstrip("/"), [key, credentials], mend=settings.remedy)

    def judge(self, answer: Answer) -> Answer:
        """The same answer, if it accepted; errors are those of `Endpoint.post`."""
        code = (json_object(answer.body) or {}).get("code")
        if answer.status >= 400 and code == "STREAM_DOES_NOT_EXIST":
            raise ChannelError(f"{told(answer)}; {_NOWHERE}", lasting=True)
        return self.endpoint.accepted(answer)

    async def get(self, path: str, query: Mapping[str, str], *needed: str) -> dict[str, Any]:
        """Ask what is there; answers its fields, with those that are needed."""
        answer = await self.endpoint.ask("GET", path, params=query, headers=self.login)
        return fields_of(self.judge(answer), *needed)

    async def last_before(self, anchor: int | None) -> dict[str, Any] | None:
        """The bot's own last message in the channel, or the last before one; None: there is none.

        One at a time: more could be longer than what is read of an answer.
        """
        channel = self._settings.channel
        place: int | str = int(channel) if channel.isdecimal() else channel
        narrow = [
            {"operator": "stream", "operand": place},
            {"operator": "sender", "operand": self._email},
        ]
        query = {
            "anchor": "newest" if anchor is None else str(anchor),
            "num_before": "1",
            "num_after": "0",
            "include_anchor": "false",
            "apply_markdown": "false",
            "narrow": json.dumps(narrow),
        }
        found = (await self.get(MESSAGES, query, "messages"))["messages"]
        # Servers before Zulip 6 include the anchor whatever they are asked.
        before = [each for each in found if anchor is None or each["id"] < anchor]
        return before[-1] if before else None
