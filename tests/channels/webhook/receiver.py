"""A receiver of Standard Webhooks, as their specification describes one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

NEW = "whsec_s3cr3t+TheNewKey/TheNewKey0TheNe"
OLD = "whsec_s3cr3t+TheOldKey/TheOldKey0TheOl"
_TOLERANCE = 300
# What n8n and Home Assistant take at most.
_MOST = 16_000_000


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """What the specification makes of a secret and a message."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    made = hmac.new(key, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def verified(seen: Seen, secret: str) -> bool:
    """Whether a request is whole, recent and of who has the secret."""
    headers = {name.lower(): value for name, value in seen.headers.items()}
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or "." in message_id or not timestamp.isdecimal():
        return False
    if abs(time.time() - int(timestamp)) > _TOLERANCE:
        return False
    wanted = signature(secret, message_id, timestamp, seen.body)
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, each) for each in given)


@dataclass
class Receiver:
    """Takes each message once; `answers` are given first, in turn, after it was taken."""

    secret: str | None = NEW
    answers: list[Reply] = field(default_factory=list)
    taken: dict[str, Any] = field(default_factory=dict)
    requests: list[Seen] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Reply:
        if seen.method != "POST":
            return Reply("Method Not Allowed", 405)
        if self.secret and not verified(seen, self.secret):
            return Reply('{"message": "the signature is wrong"}', 400)
        if len(seen.body) > _MOST or seen.headers["Content-Type"] != "application/json":
            return Reply("Payload Too Large", 413)
        self.requests.append(seen)
        answer = self.answers.pop(0) if self.answers else Reply('{"message": "Workflow started"}')
        if answer.status < 400 or answer.status >= 500:
            self.taken.setdefault(seen.headers["webhook-id"], json.loads(seen.body))
        return answer
