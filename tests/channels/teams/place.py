"""A channel of Teams behind a workflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.channels.teams.workflow import (
    ACCEPTED,
    NOT_POSTED,
    PATH,
    QUERY,
    said,
    shown,
    texts,
    wrong_with,
)

if TYPE_CHECKING:
    from tests.servers import Reply, Seen


class Colleagues(HttpPlace):
    kind = "teams"
    path = PATH
    example: ClassVar[dict[str, Any]] = {
        "kind": "teams",
        "webhook_url": f"{SERVICE}{PATH}{QUERY}",
    }
    takes = ACCEPTED
    refuses = said(400, "TriggerInputSchemaMismatch", "The input body does not match the schema.")
    answers = NOT_POSTED

    def reply(self, seen: Seen) -> Reply:
        """What would be lost behind the trigger is accepted all the same."""
        if self.is_post(seen) and wrong_with(seen.body):
            return self.takes
        return super().reply(seen)

    def shown(self) -> bytes:
        """What is in the cards; a summary is for notifications."""
        messages = [json.loads(post) for post in self.arrived()]
        return "\n".join(shown(text) for each in messages for text in texts(each)).encode()
