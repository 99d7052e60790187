"""A homeserver of Matrix with one account, the rooms it is in, and what is posted there."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.rendering.markup import fragment
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import Seen

API = "/_matrix/client/v3"
TOKEN = "syt_ZGlnZXN0_s3cr3t-t0k3n_0123"
ACCOUNT = "@digest:example.org"
ROOM = "!room:example.org"
ALIAS = "#news:example.org"
_JSON = {"Content-Type": "application/json"}
# https://spec.matrix.org/latest/client-server-api/#size-limits, and what a server adds to an event.
_MOST_BYTES, _WRAPPER = 65_536, 2_000
# https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
_TAGS = {
    *("del", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "a", "ul", "ol", "sup", "sub"),
    *("li", "b", "i", "u", "strong", "em", "s", "code", "hr", "br", "div", "table", "thead"),
    *("tbody", "tr", "th", "td", "caption", "pre", "span", "img", "details", "summary"),
}
_DEEPEST = 100


def said(status: int = 200, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
    """An answer of the API."""
    return Reply(json.dumps(fields), status, _JSON | (headers or {}))


def refusal(status: int, code: str, error: str = "no", **fields: Any) -> Reply:
    """An error of the API."""
    return said(status, errcode=code, error=error, **fields)


NO_TOKEN = refusal(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.")
NOT_IN_ROOM = refusal(403, "M_FORBIDDEN", f"User {ACCOUNT} not in room {ROOM}")
NOT_FOUND = refusal(404, "M_NOT_FOUND", "Room alias not found")
NO_SUCH_API = refusal(404, "M_UNRECOGNIZED", "Unrecognized request")
TOO_LARGE = refusal(413, "M_TOO_LARGE", "event too large")
BAD_JSON = refusal(400, "M_BAD_JSON", "bad content")
LIMITED = refusal(429, "M_LIMIT_EXCEEDED", "Too Many Requests", retry_after_ms=2_000)


def wrong_with(body: bytes) -> Reply | None:
    """How a homeserver refuses an event, or a program for readers would not draw it as it is."""
    try:
        content = json.loads(body)
        canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    except ValueError:
        return refusal(400, "M_NOT_JSON", "Content not JSON.")
    if len(canonical) + _WRAPPER > _MOST_BYTES:
        return TOO_LARGE
    good = (
        content.get("msgtype") == "m.notice"
        and content.get("m.mentions") == {}
        and _is_text(content.get("body"))
    )
    return None if good and _is_drawn(content) else BAD_JSON


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value.encode()) <= 24_000


def _is_drawn(content: dict[str, Any]) -> bool:
    """Whether the HTML has nothing in it that a program for readers takes out."""
    if "formatted_body" not in content:
        return "format" not in content
    html = content["formatted_body"]
    if content.get("format") != "org.matrix.custom.html" or not _is_text(html):
        return False
    elements = list(fragment(html).iterdescendants("*"))
    return all(
        element.tag in _TAGS
        and set(element.attrib) == ({"href"} if element.tag == "a" else set())
        and element.get("href", "https://").startswith(("http://", "https://"))
        and len(list(element.iterancestors())) <= _DEEPEST
        for element in elements
    )


@dataclass
class Homeserver:
    """Answers the API; `answers` are given first to what is posted, in turn.

    What is `taken` before such an answer is an event all the same: the answer got lost on its way.
    """

    answers: list[Reply | None] = field(default_factory=list)
    taken: bool = False
    encrypted: bool = False
    membership: str = "join"
    tokens: dict[str, str] = field(default_factory=lambda: {TOKEN: "DEVICE1"})
    events: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    """Set where a posted event waits for its answer."""
    _transactions: dict[tuple[str, ...], str] = field(default_factory=dict)

    def __call__(self, seen: Seen) -> Reply:
        path = [unquote(part) for part in urlsplit(seen.path).path.removeprefix(API).split("/")[1:]]
        device = self.tokens.get(seen.headers.get("Authorization", "").removeprefix("Bearer "))
        if not seen.path.startswith(f"{API}/"):
            return Reply("<html>", 404, {"Content-Type": "text/html"})
        if path == ["directory", "room", ALIAS]:
            return said(room_id=ROOM, servers=["example.org"])
        if path[0] == "directory":
            return NOT_FOUND
        if device is None:
            return NO_TOKEN
        if path == ["account", "whoami"]:
            return said(user_id=ACCOUNT, device_id=device)
        return self._in_room(seen, path, device)

    def _in_room(self, seen: Seen, path: list[str], device: str) -> Reply:
        match (seen.method, *path):
            case ("GET", "rooms", room, "state", "m.room.member", user) if user == ACCOUNT:
                return said(membership=self.membership) if room == ROOM else NOT_IN_ROOM
            case ("GET", "rooms", _, "state", "m.room.encryption", ""):
                if self.encrypted:
                    return said(algorithm="m.megolm.v1.aes-sha2")
                return refusal(404, "M_NOT_FOUND", "Event not found.")
            case ("PUT", "rooms", room, "send", "m.room.message", transaction):
                return self._post(seen, room, (device, room, transaction))
        return NO_SUCH_API

    def _post(self, seen: Seen, room: str, transaction: tuple[str, ...]) -> Reply:
        answer = self.answers.pop(0) if self.answers else None
        if self.taken or not answer:
            taken = self._take(seen, room, transaction)
            answer = answer or taken
        if answer.hold:
            self.held.set()
        return answer

    def _take(self, seen: Seen, room: str, transaction: tuple[str, ...]) -> Reply:
        if room != ROOM or self.membership != "join":
            return NOT_IN_ROOM
        if wrong := wrong_with(seen.body):
            return wrong
        if transaction not in self._transactions:
            self._transactions[transaction] = f"$event{len(self.events)}"
            self.events.append(seen.json)
            self.bodies.append(seen.body)
        return said(event_id=self._transactions[transaction])

    def related(self) -> Iterator[str | None]:
        """The event that each event is in the thread of."""
        for event in self.events:
            yield event.get("m.relates_to", {}).get("event_id")
