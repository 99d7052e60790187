"""A space of Google Chat, without and with threads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

PATH = "/v1/spaces/AAAA/messages"
QUERY = {"key": "AIzaKey", "token": "s3cr3t-t0k3n-of-a-space"}
_OPTION = {"messageReplyOption": "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"}


def said(status: int = 200, **fields: Any) -> Reply:
    return Reply(json.dumps(fields), status, {"Content-Type": "application/json; charset=UTF-8"})


def failure(code: int, status: str, message: str, **details: Any) -> Reply:
    return said(code, error={"code": code, "status": status, "message": message, **details})


EMPTY = failure(400, "INVALID_ARGUMENT", "Message cannot be empty.")
TOO_LONG = failure(400, "INVALID_ARGUMENT", "Message is longer than 4096 characters")
BAD_KEY = failure(
    *(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    details=[{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}],
)


class Space(HttpPlace):
    kind = "googlechat"
    path = PATH
    example: ClassVar[dict[str, Any]] = {
        "kind": "googlechat",
        "webhook_url": f"{SERVICE}{PATH}?key=AIzaKey&token=s3cr3t-t0k3n-of-a-space",
    }
    takes = said(name="spaces/AAAA/messages/BBBB.BBBB")
    refuses = TOO_LONG
    query: ClassVar[dict[str, str]] = QUERY

    def reply(self, seen: Seen) -> Reply:
        query = dict(parse_qsl(urlsplit(seen.path).query))
        if {name: query.get(name) for name in QUERY} != QUERY:
            return BAD_KEY
        if not seen.json["text"].strip():
            return EMPTY
        units = len(seen.json["text"].encode("utf-16-le")) // 2
        good = units <= 4_096 and len(seen.body) <= 32_000 and query == self.query
        return super().reply(seen) if good else TOO_LONG


class Threads(Space):
    variant = "in threads"
    example: ClassVar[dict[str, Any]] = {**Space.example, "threads": True}
    query: ClassVar[dict[str, str]] = {**QUERY, **_OPTION}
