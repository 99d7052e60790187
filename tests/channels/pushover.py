"""Pushover, for one application and one user."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

_JSON = {"Content-Type": "application/json"}
TOKEN, USER = "azGs3cr3tK8gMaC0QOYAMyEEuzJny0", "uQiRs3cr3tgdbqr1yxXrgjtQ8HRSt0"
_LONGEST = {"title": 250, "message": 1_024, "url": 512, "url_title": 100}


def said(status: int = 200, **what: Any) -> Reply:
    whole = {"status": int(status == 200), "request": "5042853c", **what}
    return Reply(json.dumps(whole), status, _JSON)


BAD_USER = said(400, user="invalid", errors=["user identifier is not a valid user"])
BAD_TOKEN = said(400, token="invalid", errors=["application token is invalid"])


class Application(HttpPlace):
    kind = "pushover"
    path = "/1/messages.json"
    example: ClassVar[dict[str, Any]] = {
        "kind": "pushover",
        "token": TOKEN,
        "user": USER,
        "api_url": f"{SERVICE}/1",
    }
    whole = False
    takes = said()
    refuses = said(400, message="cannot be blank", errors=["message cannot be blank"])
    answers = said(devices=["phone"], licenses=["Android"])

    def start(self) -> None:
        self.server.replies["/1/users/validate.json"] = self.reply
        super().start()

    def is_post(self, seen: Seen) -> bool:
        return seen.path == self.path

    def reply(self, seen: Seen) -> Reply:
        refusal = refusal_of(seen.json, is_message=self.is_post(seen))
        return refusal or super().reply(seen)


def refusal_of(post: dict[str, str], *, is_message: bool = True) -> Reply | None:
    """What Pushover has against what is posted, if anything."""
    if post.get("token") != TOKEN:
        return BAD_TOKEN
    if post.get("user") != USER:
        return BAD_USER
    for name, most in _LONGEST.items():
        if len(post.get(name, "")) > most:
            return said(400, **{name: "too long"}, errors=[f"{name} is too long"])
    if is_message and not post.get("message"):
        return Application.refuses
    return None
