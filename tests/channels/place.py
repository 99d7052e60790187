"""Where a kind of channel delivers to in tests: what the contract of all kinds is held against.

Each kind has its own in `tests/channels/KIND.py`, or in `tests/channels/KIND/place.py`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from digest.channels import channel_class
from digest.channels.pace import Pace
from digest.config.channels import CHANNEL_KINDS
from tests.channels import making
from tests.servers import HttpServer, Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta
    from pathlib import Path

    from digest.config import Settings
    from digest.model import Edition

SERVICE = "https://service.example"
# What every secret of a place has in it.
SECRET = "s3cr3t"


class Place(ABC):
    """A real server or folder, in a folder of its own."""

    kind: ClassVar[str]
    variant: ClassVar[str] = ""
    """How it differs from the first place of its kind."""
    example: ClassVar[dict[str, Any]]
    """The channel as a configuration file has it; every secret in it has `SECRET` in it."""
    patience: ClassVar[timedelta | None] = None
    whole: ClassVar[bool] = True
    """Whether it shows every story; a push names a few."""
    refusal: ClassVar[str] = "failed"
    """The verdict of a refusal for good."""
    down: ClassVar[str] = "retrying"
    """The verdict where nobody is there."""
    asks: ClassVar[bool] = True
    """Whether a check asks it anything, and so finds out that nobody is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self) -> None:  # noqa: B027 - a folder has nothing to do
        """Be there."""

    def stop(self) -> None:  # noqa: B027 - nor here
        """Be there no more, also after `go_down`."""

    def channel(self) -> dict[str, Any]:
        """The channel as a file has it, delivering to this place."""
        return self.example

    def smtp(self) -> dict[str, Any] | None:
        """The section `smtp` of that file."""
        return None

    def settings(self) -> Settings:
        """The settings of that file, in which the channel is `it`."""
        return making.settings(self.folder, self.channel(), self.smtp())

    @abstractmethod
    def arrived(self) -> list[bytes]:
        """What was delivered, in order, and nothing else."""

    def shown(self) -> bytes:
        """What a reader sees of all that was delivered, in order, in one of its forms."""
        return b"".join(self.arrived())

    @abstractmethod
    def go_down(self) -> None:
        """Take nothing any more, like a server that is off."""

    @abstractmethod
    def refuse_for_good(self) -> None:
        """Refuse what is delivered from now on."""

    def repeat_all(self) -> None:
        """Refuse what is delivered from now on, with all that is heard in the refusal."""
        self.refuse_for_good()

    @classmethod
    def golden(cls, edition: Edition) -> dict[str, str]:
        """What is expected of whole editions: a text for each file of `tests/editions_golden`."""
        settings = CHANNEL_KINDS[cls.kind].model_validate(cls.example)
        channel = channel_class(cls.kind)("it", settings, Pace())
        parts = channel.render(edition, making.TEMPLATES).parts
        return {f"{cls.kind}.txt": "".join(f"{channel.readable(part)}\n" for part in parts)}


class _Service(HttpServer):
    """Has the same reply at a path for every query; what is seen has the query."""

    def reply_at(self, path: str) -> Reply | Callable[[Seen], Reply]:
        return super().reply_at(path.partition("?")[0])


class HttpPlace(Place):
    """A service that takes posts at one path; `example` has `SERVICE` in the place of its address.

    What it says to a post that it takes, to one that it refuses, and to a question.
    """

    path: ClassVar[str]
    refusal = "refused"
    takes: ClassVar[Reply] = Reply("ok")
    refuses: ClassVar[Reply] = Reply("no", 400)
    answers: ClassVar[Reply] = Reply("{}")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = _Service()
        self._running = False
        self._accepted: list[bytes] = []

    def start(self) -> None:
        self.server.replies[self.path] = self.reply
        self.server.start()
        self._running = True

    def stop(self) -> None:
        if self._running:
            self.go_down()

    def channel(self) -> dict[str, Any]:
        return {
            key: value.replace(SERVICE, self.server.url) if isinstance(value, str) else value
            for key, value in self.example.items()
        }

    def reply(self, seen: Seen) -> Reply:
        """What it answers to a request, whose path has the query."""
        if not self.is_post(seen):
            return self.answers
        self._accepted.append(seen.body)
        return self.takes

    def is_post(self, seen: Seen) -> bool:
        """Whether a request delivers something, rather than asks."""
        return seen.method == "POST"

    def arrived(self) -> list[bytes]:
        return self._accepted

    def go_down(self) -> None:
        self.server.stop()
        self._running = False

    def refuse_for_good(self) -> None:
        self.server.replies[self.path] = self.refuses

    def repeat_all(self) -> None:
        def repeat(seen: Seen) -> Reply:
            words = f"{seen.path} of {seen.headers}: {seen.body.decode()}"
            return Reply(json.dumps({"message": words, "error": words}), 400)

        self.server.replies[self.path] = repeat
