"""The Bot API as Telegram runs it for one bot: its limits, its refusals in their own words.

https://core.telegram.org/bots/api; the words are those of https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers import HttpServer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers import Seen

TOKEN = "123456789:AAs3cr3t-t0k3n_of-thirty-five-letters"
PERSON, GROUP, FORUM = 77, -4001, -1002003004005
BOT = {"id": 123456789, "is_bot": True, "first_name": "Morning", "username": "morning_bot"}
MOST_UNITS, MOST_ENTITIES, MOST_ENTITY_BYTES = 4_096, 100, 9_500
_TYPES = {"bold", "italic", "underline", "text_link", "blockquote", "expandable_blockquote"}

# What Telegram finds in a text by itself: mentions, commands, tags, shares and addresses.
DETECTED = re.compile(r"(?<![\w/])[@/]\w|#[\w\u200c]|\$[A-Z]|://\w|\w\.[a-z]{2}|\d+\.\d+\.\d+\.\d")


def ok(result: object) -> Reply:
    return Reply(json.dumps({"ok": True, "result": result}), 200, _JSON)


def refusal(status: int, description: str, **parameters: Any) -> Reply:
    """A refusal as the Bot API writes it."""
    fields = {"ok": False, "error_code": status, "description": description}
    fields |= {"parameters": parameters} if parameters else {}
    wait = parameters.get("retry_after")
    headers = _JSON | ({"Retry-After": str(wait)} if wait else {})
    return Reply(json.dumps(fields), status, headers)


_JSON = {"Content-Type": "application/json"}
TOO_LONG = refusal(400, "Bad Request: message is too long")
UNAUTHORIZED = refusal(401, "Unauthorized")
CONFLICT = refusal(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running",
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def person(chat: int = PERSON, name: str = "Ada") -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": name}


@dataclass
class BotServer:
    """A bot that people write to, and that writes to chats; `answers` are given first, in turn.

    `messages` are those that were sent, as readers see them: without the entities that Telegram
    drops. `now` is in seconds. `topics` are those of the forum, and whether they are open.
    """

    now: Callable[[], float] = time.monotonic
    server: HttpServer = field(default_factory=HttpServer)
    chats: dict[int, dict[str, Any]] = field(
        default_factory=lambda: {
            PERSON: person(),
            GROUP: {"id": GROUP, "type": "group", "title": "Readers"},
            FORUM: {"id": FORUM, "type": "supergroup", "title": "Team", "is_forum": True},
        }
    )
    topics: dict[int, bool] = field(default_factory=lambda: {5: True, 6: False})
    moved: dict[int, int] = field(default_factory=dict)
    answers: list[Reply | None] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    waiting: threading.Event = field(default_factory=threading.Event)
    """Set once somebody waits for updates."""
    holding: threading.Event = field(default_factory=threading.Event)
    """Set once a message waits for its answer."""

    def __post_init__(self) -> None:
        self._updates: list[dict[str, Any]] = []
        self._next_update = 500
        self._poll = 0
        self._changed = threading.Condition()
        self._sent_at: dict[int, deque[float]] = {}
        self.server.service = self._reply

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        """Be off; who waits for updates gets none."""
        with self._changed:
            self._poll += 1
            self._changed.notify_all()
        self.server.stop()

    def write(self, text: str, chat: int = PERSON, *, by: int = PERSON, topic: int = 0) -> None:
        """Somebody writes in a chat that the bot can read."""
        message: dict[str, Any] = {
            "message_id": 9_000 + self._next_update,
            "date": 1_700_000_000,
            "chat": self.chats[chat],
            "from": {**person(by), "is_bot": False},
            "text": text,
        }
        if topic:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        self.update(message=message)

    def update(self, **update: Any) -> None:
        """Something happens that the bot is told."""
        with self._changed:
            self._updates.append({"update_id": self._next_update, **update})
            self._next_update += 1
            self._changed.notify_all()

    def _reply(self, seen: Seen) -> Reply:
        bot, _, method = seen.path.removeprefix("/").partition("/")
        if not bot.startswith("bot") or ":" not in bot:
            return refusal(404, "Not Found")
        if bot != f"bot{TOKEN}":
            return UNAUTHORIZED
        methods = {
            "getMe": lambda _: ok(BOT),
            "getChat": self._chat,
            "getUpdates": self._get_updates,
            "sendChatAction": self._act,
            "sendMessage": self._send,
        }
        return methods[method](seen) if method in methods else refusal(404, "Not Found")

    def _chat(self, seen: Seen) -> Reply:
        found = self._find(seen.json.get("chat_id"))
        return ok(found) if found else refusal(400, "Bad Request: chat not found")

    def _act(self, seen: Seen) -> Reply:
        asked = seen.json
        if asked["action"] not in {"typing", "cancel"}:
            return refusal(400, "Bad Request: wrong parameter action in request")
        return self._trouble_with(self._find(asked["chat_id"]), asked) or ok(True)

    def _find(self, chat: object) -> dict[str, Any] | None:
        for known in self.chats.values():
            if str(chat) in {str(known["id"]), f"@{known.get('username')}"}:
                return known
        return None

    def _get_updates(self, seen: Seen) -> Reply:
        asked = seen.json
        kinds = asked["allowed_updates"]
        deadline = time.monotonic() + asked.get("timeout", 0)
        with self._changed:
            self._poll += 1
            poll = self._poll
            self._changed.notify_all()
            if (offset := asked["offset"]) < 0:
                offset += self._next_update
            self._updates = [each for each in self._updates if each["update_id"] >= offset]
            while poll == self._poll:
                self._updates = [each for each in self._updates if {*each} & {*kinds}]
                left = deadline - time.monotonic()
                if self._updates or left <= 0:
                    return ok(self._updates[: asked.get("limit", 100)])
                self.waiting.set()
                self._changed.wait(left)
        return CONFLICT

    def _send(self, seen: Seen) -> Reply:
        asked = seen.json
        if self.answers and (answer := self.answers.pop(0)):
            if answer.hold:
                self.holding.set()
            return answer
        chat = self._find(asked.get("chat_id"))
        trouble = self._trouble_with(chat, asked) or trouble_in(asked)
        if trouble:
            return trouble
        assert chat is not None
        if wait := self._wait(chat["id"]):
            return refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        self.bodies.append(seen.body)
        self.messages.append(asked | {"entities": asked.get("entities", [])[:MOST_ENTITIES]})
        return ok({"message_id": 1_504 + len(self.messages), "chat": chat, "text": asked["text"]})

    def _trouble_with(self, chat: dict[str, Any] | None, asked: dict[str, Any]) -> Reply | None:
        if chat is None:
            return refusal(400, "Bad Request: chat not found")
        if new := self.moved.get(chat["id"]):
            return refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=new,
            )
        topic = asked.get("message_thread_id")
        if topic is not None and (not chat.get("is_forum") or topic not in self.topics):
            return refusal(400, "Bad Request: message thread not found")
        if topic is not None and not self.topics[topic]:
            return refusal(400, "Bad Request: TOPIC_CLOSED")
        return None

    def _wait(self, chat: int) -> int:
        """Seconds until this chat takes a message: one a second, in groups 20 a minute."""
        now = self.now()
        sent = self._sent_at.setdefault(chat, deque(maxlen=20))
        wait = sent[-1] + 1 - now if sent else 0.0
        if chat < 0 and len(sent) == 20:
            wait = max(wait, sent[0] + 60 - now)
        # Clocks of two processes differ a little.
        if wait > 0.1:
            return max(1, round(wait))
        sent.append(now)
        return 0


def trouble_in(asked: dict[str, Any]) -> Reply | None:
    text, entities = asked.get("text", ""), asked.get("entities", [])
    if not text.strip():
        return refusal(400, "Bad Request: message text is empty")
    if units(text) > MOST_UNITS:
        return TOO_LONG
    if any(not _is_entity(text, entity) for entity in entities):
        return refusal(400, "Bad Request: can't parse entities")
    if len(json.dumps(entities)) > MOST_ENTITY_BYTES:
        return refusal(400, "Bad Request: ENTITIES_TOO_LONG")
    return None


def _is_entity(text: str, entity: dict[str, Any]) -> bool:
    encoded = text.encode("utf-16-le")
    start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
    if entity["type"] not in _TYPES or not 0 <= start < end <= len(encoded):
        return False
    try:
        encoded[start:end].decode("utf-16-le")
    except UnicodeDecodeError:
        # It begins or ends inside a character.
        return False
    return entity["type"] != "text_link" or str(entity["url"]).startswith(("http://", "https://"))
