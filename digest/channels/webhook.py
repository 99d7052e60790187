"""Webhooks of the operator's own: each edition as JSON, signed as Standard Webhooks 1.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hmac
import time
from base64 import b64encode
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from digest.channels.base import HttpChannel, PartRequest
from digest.channels.http_verdicts import told
from digest.channels.idempotency import idempotency_key
from digest.config.channels.webhook import WebhookSettings
from digest.config.secrets import secrets_in
from digest.errors import DeliveryError
from digest.rendering.snapshot import as_json_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.channels.http import Endpoint
    from digest.channels.http_answer import Answer
    from digest.model import Delivery, Edition

_GONE = 410
# What servers answer to OPTIONS where they take a POST.
_NO_TROUBLE = frozenset({400, 401, 403, 404, 405, 501})


class WebhookChannel(HttpChannel[WebhookSettings]):
    """Posts an edition in one message, however long, with an id that a repeat has too."""

    kind = "webhook"
    # A copy is known by its id. Who was asked may still be busy with the first.
    patience: timedelta | None = timedelta(minutes=5)

    @cached_property
    def endpoint(self) -> Endpoint:
        """The address; what an answer repeats of the secrets is masked."""
        from digest.channels.http import Endpoint

        return Endpoint(self.settings.url, secrets_in(self.settings), mend=self.remedy)

    def messages(self, edition: Edition, url: str) -> list[dict[str, Any]]:
        """The edition, whole."""
        return [as_json_object(edition, url)]

    def request(self, delivery: Delivery) -> PartRequest:
        """With the operator's headers, and those of Standard Webhooks for this attempt."""
        secret = self.settings.secret
        own = {name: value.get_secret_value() for name, value in self.settings.headers.items()}
        signed = signed_headers(
            idempotency_key(delivery),
            int(time.time()),
            delivery.payload,
            secret.keys if secret else (),
        )
        return {"headers": own | signed}

    def judge(self, answer: Answer) -> Answer:
        """By the status; a receiver that is gone for good is not asked again for this edition."""
        if answer.status == _GONE:
            reason = f"{told(answer)}: it wants no more; take the channel out of send_to"
            raise DeliveryError(reason, "failed")
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """The status, and what was said with it."""
        return told(answer)

    async def check(self) -> str:
        """Ask what may be asked there, which starts nothing; so it cannot tell whether all is well.

        Receivers like Zapier take a GET for a message.
        """
        answer = await self.endpoint.ask("OPTIONS")
        if answer.status not in _NO_TROUBLE:
            self.judge(answer)
        return f"a server answers ({answer.status}); what it does with an edition, a post shows"


def signed_headers(
    key: str, timestamp: int, payload: bytes, secrets: Iterable[bytes]
) -> dict[str, str]:
    """The headers of Standard Webhooks for a payload posted at `timestamp`, in seconds.

    There is a signature for each secret, so that a receiver can have the new one or the old.
    """
    content = f"{key}.{timestamp}.".encode() + payload
    signatures = [hmac.digest(secret, content, "sha256") for secret in secrets]
    headers = {"webhook-id": key, "webhook-timestamp": str(timestamp)}
    if signatures:
        listed = " ".join(f"v1,{b64encode(signature).decode()}" for signature in signatures)
        headers["webhook-signature"] = listed
    return headers
