"""ntfy, by its JSON interface: https://docs.ntfy.sh/publish/#publish-as-json."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from digest.channels.http import Endpoint
from digest.channels.http_verdicts import fields_of, json_object, told
from digest.channels.push import PushChannel
from digest.config.channels.ntfy import NtfySettings
from digest.config.secrets import secrets_in
from digest.errors import ChannelError

if TYPE_CHECKING:
    from digest.channels.base import PartRequest
    from digest.channels.http_answer import Answer
    from digest.model import Delivery
    from digest.rendering.push_message import PushMessage

# https://docs.ntfy.sh/publish/#limitations; the codes are those of server/errors.go.
_DAY_IS_USED_UP = 42908
_BAD_TOPIC = (40009, 40010)


class NtfyChannel(PushChannel[NtfySettings]):
    """Publishes a line to a topic, as plain text: only the web app draws Markdown.

    A message has a sequence id, by which servers since 2.16 replace the one that is there. Older
    ones show a copy and do not say so, therefore nothing is published again by itself.
    """

    kind = "ntfy"
    seconds_between = 5.0  # After 60 requests the public server takes one in 5 seconds.

    @cached_property
    def endpoint(self) -> Endpoint:
        """The root of the server; the topic stands in the message."""
        secrets = secrets_in(self.settings)
        return Endpoint(self.settings.server, secrets, mend=self.remedy)

    def message(self, push: PushMessage) -> dict[str, Any]:
        """What is kept of a message: all but the topic, which is a secret."""
        click = {"click": push.link} if push.link else {}
        return {"title": push.title, "message": push.text, **click}

    def body(self, delivery: Delivery) -> bytes:
        """The message with its topic, and with an id that is the same at each attempt."""
        sequence = sha256(delivery.message_id.encode()).hexdigest()[:32]
        own = {"topic": self.settings.topic, "sequence_id": sequence}
        return json.dumps({**json.loads(delivery.payload), **own}).encode()

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """With the token, if there is one."""
        return {"headers": self._login}

    def judge(self, answer: Answer) -> Answer:
        """By the status, but for a topic that is none, and for a day whose messages are used up."""
        code = (json_object(answer.body) or {}).get("code")
        if answer.status >= 400 and code in _BAD_TOPIC:
            raise ChannelError(f"{told(answer)}; choose another topic", lasting=True)
        if answer.status == 429 and code == _DAY_IS_USED_UP:
            reason = f"{told(answer)}: the messages of this day are used up"
            raise ChannelError(reason, retry_after=_until_tomorrow(datetime.now(UTC)))
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The id of the message."""
        return str(fields_of(answer, "id")["id"])

    async def check(self) -> str:
        """Ask whom the server takes this for; whether it may publish only a message shows."""
        answer = await self.endpoint.get("/v1/account", headers=self._login)
        name = fields_of(answer, "username")["username"]
        # What the server calls everybody who does not log in.
        who = "without a login" if name == "*" else f"as {name}"
        return self.found(f"the server answers, {who}")

    @property
    def _login(self) -> dict[str, str]:
        token = self.settings.token
        return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def _until_tomorrow(now: datetime) -> timedelta:
    """How long it is to midnight, when the server counts anew."""
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    return midnight + timedelta(days=1) - now
