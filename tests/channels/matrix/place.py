"""A room of Matrix: by its id, by its address, and with threads."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from digest.rendering.matrix.notices import matrix_messages
from tests.channels.matrix.homeserver import ALIAS, BAD_JSON, ROOM, TOKEN, Homeserver
from tests.channels.place import SERVICE, HttpPlace

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Edition
    from tests.servers import Reply, Seen


class Room(HttpPlace):
    kind = "matrix"
    path = "/"
    patience = timedelta(minutes=1)
    example: ClassVar[dict[str, Any]] = {
        "kind": "matrix",
        "url": SERVICE,
        "access_token": TOKEN,
        "room": ROOM,
    }
    refuses = BAD_JSON

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.home = Homeserver()
        self._refusing = False
        self.server.service = self.reply

    def reply(self, seen: Seen) -> Reply:
        if self._refusing and self.is_post(seen):
            return self.refuses
        return self.home(seen)

    def is_post(self, seen: Seen) -> bool:
        return seen.method == "PUT"

    def refuse_for_good(self) -> None:
        self._refusing = True

    def arrived(self) -> list[bytes]:
        return self.home.bodies

    def shown(self) -> bytes:
        """The HTML; the plain text is for programs that draw none."""
        return "\n".join(json.loads(body)["formatted_body"] for body in self.arrived()).encode()

    @classmethod
    def golden(cls, edition: Edition) -> dict[str, str]:
        """The plain text, and the HTML with a line for each of its blocks."""
        html = "\n".join(each["formatted_body"] for each in matrix_messages(edition))
        ends = re.sub(r"(</(?:p|h\d|ul|blockquote)>|<hr>)", r"\1\n", html)
        return super().golden(edition) | {"matrix.html": ends}


class Named(Room):
    variant = "by its address"
    example: ClassVar[dict[str, Any]] = {**Room.example, "room": ALIAS}


class Threads(Room):
    variant = "in threads"
    example: ClassVar[dict[str, Any]] = {**Room.example, "threads": True}
