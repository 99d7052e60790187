"""An endpoint that speaks as OpenAI's chat completions do, on 127.0.0.1, and misbehaves as told."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from tests.servers import HttpServer, Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/v1/chat/completions"


def first_sentences(item: dict[str, str]) -> str:
    """A right summary: what the article begins with."""
    return ". ".join(item["text"].split(". ")[:1]).rstrip(".") + "."


class Endpoint(HttpServer):
    """Answers each article with what `write` makes of it.

    `forms` are those that it speaks; it refuses others as such services do. `wrap` makes the text
    of the answer; `change` has the last word on the whole reply.
    """

    def __init__(self, write: Callable[[dict[str, str]], str] = first_sentences) -> None:
        super().__init__()
        self.write = write
        self.forms = {"json_schema", "json_object", "text"}
        self.refusal = Reply(error("response_format is not supported"), 400)
        self.wrap: Callable[[list[dict[str, str]]], str] = as_json
        self.change: Callable[[Reply, dict[str, Any]], Reply] = lambda reply, _: reply
        self.key = ""
        self.replies[PATH] = self._complete

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What was asked, in order."""
        return [seen.json for seen in self.requests_to(PATH)]

    @property
    def articles(self) -> list[str]:
        """The titles that it was asked about, in order."""
        return [item["title"] for body in self.asked for item in items_of(body)]

    def _complete(self, seen: Seen) -> Reply:
        if self.key and seen.headers.get("Authorization") != f"Bearer {self.key}":
            return Reply(error("Incorrect API key provided"), 401)
        body = seen.json
        if form_of(body) not in self.forms:
            return self.refusal
        answers = [{"id": item["id"], "text": self.write(item)} for item in items_of(body)]
        return self.change(completion(self.wrap(answers), body), body)


def items_of(body: dict[str, Any]) -> list[dict[str, str]]:
    """The articles of a request."""
    items: list[dict[str, str]] = json.loads(body["messages"][-1]["content"])
    return items


def form_of(body: dict[str, Any]) -> str:
    """The form of answer that a request asks for."""
    return str(body.get("response_format", {}).get("type", "text"))


def as_json(answers: list[dict[str, str]]) -> str:
    return json.dumps({"answers": answers})


def as_lines(answers: list[dict[str, str]]) -> str:
    return "\n".join(f"{answer['id']}: {answer['text']}" for answer in answers)


def completion(
    content: Any, body: dict[str, Any], *, finish: str = "stop", read: float = 0.7
) -> Reply:
    """An answer of status 200; `read` is the share of the question's characters / 3 it counts."""
    asked = sum(len(message["content"]) for message in body["messages"])
    document = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": finish,
            }
        ],
        "usage": {
            "prompt_tokens": int(asked / 3 * read),
            "completion_tokens": len(str(content)) // 4,
            "total_tokens": 0,
        },
    }
    return Reply(json.dumps(document), 200, {"Content-Type": "application/json"})


def error(message: str) -> str:
    return json.dumps({"error": {"message": message, "type": "invalid_request_error"}})


def hanging() -> tuple[Reply, threading.Event]:
    """A reply that comes only when the event is set."""
    event = threading.Event()
    return Reply(error("late"), 503, hold=event), event
