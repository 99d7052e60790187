"""Pushover, as an application: https://pushover.net/api."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digest.channels.http import Endpoint
from digest.channels.http_verdicts import MOST_WORDS, fields_of, json_object, told
from digest.channels.push import PushChannel
from digest.config.channels.pushover import PushoverSettings
from digest.config.secrets import secrets_in
from digest.errors import ChannelError, DeliveryError
from digest.feeds.text import one_line

if TYPE_CHECKING:
    from digest.channels.base import PartRequest
    from digest.channels.http_answer import Answer
    from digest.model import Delivery
    from digest.rendering.push_message import PushMessage

# https://pushover.net/api#response: any other is of a refusal.
_TAKEN = 1
# Somebody may buy more before the month is over.
_LONGEST_REST = timedelta(days=1)


class PushoverChannel(PushChannel[PushoverSettings]):
    """Sends a line as plain text, within 1,024 characters, 250 of title and 512 of a link.

    A message has no identity that Pushover would recognise a copy by, so nothing is sent again.
    """

    kind = "pushover"
    longest_link = 512

    @cached_property
    def endpoint(self) -> Endpoint:
        """The interface of Pushover; who sends and who receives stands in the message."""
        secrets = secrets_in(self.settings)
        return Endpoint(self.settings.api_url.rstrip("/"), secrets, mend=self.remedy)

    def message(self, push: PushMessage) -> dict[str, Any]:
        """What is kept of a message: all but the secrets."""
        link = {"url": push.link, "url_title": push.link_title} if push.link else {}
        return {"title": push.title, "message": push.text, **link}

    def body(self, delivery: Delivery) -> bytes:
        """The message with who sends it, and to whom."""
        return json.dumps({**json.loads(delivery.payload), **self._login}).encode()

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """Where messages go."""
        return {"path": "/messages.json"}

    def judge(self, answer: Answer) -> Answer:
        """By the status and its words: a 4xx is never tried again as it is."""
        fields = json_object(answer.body) or {}
        if answer.status == 429:
            raise _used_up(answer, datetime.now(UTC))
        if 400 <= answer.status < 500 and isinstance(fields.get("errors"), list):
            reason = (
                f"{answer.status} {one_line(', '.join(map(str, fields['errors'])), MOST_WORDS)}"
            )
            # Fields of these names say which of the two is wrong.
            if fields.keys() & {"token", "user"}:
                raise ChannelError(f"{reason}; {self.remedy}", lasting=True)
            raise DeliveryError(reason, "refused")
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The id of the request, which their support asks for."""
        fields = fields_of(answer, "status", "request")
        if fields["status"] != _TAKEN:
            raise DeliveryError(f"{told(answer)}: no status {_TAKEN}, and no refusal", "unknown")
        return str(fields["request"])

    async def check(self) -> str:
        """Ask whether it knows both, which sends nothing."""
        ask = json.dumps(self._login).encode()
        answer = await self.endpoint.post(ask, "/users/validate.json", judge=self.judge)
        devices = fields_of(answer, "status").get("devices") or []
        names = one_line(", ".join(map(str, devices)), MOST_WORDS) or "none"
        return self.found(f"Pushover knows token and user (devices: {names})")

    @property
    def _login(self) -> dict[str, str]:
        both = {"token": self.settings.token, "user": self.settings.user}
        return {name: secret.get_secret_value() for name, secret in both.items()}


def _used_up(answer: Answer, now: datetime) -> ChannelError:
    """What it means that the messages of a month are used up."""
    try:
        # https://pushover.net/api#limits: seconds since 1970.
        reset = datetime.fromtimestamp(int(answer.headers.get("X-Limit-App-Reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return ChannelError(told(answer), retry_after=_LONGEST_REST)
    wait = max(timedelta(0), min(reset - now, _LONGEST_REST))
    reason = f"{told(answer)}: the application's messages are used up until {reset:%Y-%m-%d} UTC"
    return ChannelError(f"{reason}; wait, or raise its limit", retry_after=wait or None)
