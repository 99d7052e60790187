"""Microsoft Teams, through the webhook of a workflow.

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.channels.base import HttpChannel
from digest.channels.http_verdicts import json_object, told
from digest.config.channels.teams import TeamsSettings
from digest.errors import ChannelError
from digest.feeds.text import one_line
from digest.rendering.teams.cards import card_message, readable, teams_messages
from digest.rendering.teams.preview import teams_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels.http_answer import Answer
    from digest.model import Edition

_ACCEPTED = "accepted by the workflow"
_RUN = "x-ms-workflow-run-id"
_LONGEST_RUN = 100
# What a trigger says of a body, and not of itself.
_OF_THE_BODY = frozenset({"InvalidRequestContent", "TriggerInputSchemaMismatch"})
# What it says of a workflow that nobody can start, also to a question.
_GONE = frozenset({"WorkflowTriggerIsNotEnabled", "WorkflowNotFound", "WorkflowTriggerNotFound"})


class TeamsChannel(HttpChannel[TeamsSettings]):
    """Posts an edition as Adaptive Cards, in as many messages as it takes.

    The workflow accepts a card before it posts it, and says nothing of how that went; it knows no
    copy, so nothing is posted again.
    """

    kind = "teams"
    # Teams takes four a second. Each starts a run of its own, and the next could overtake it.
    seconds_between = 2.0

    def page(self, parts: Sequence[bytes]) -> str:
        """The cards, as Teams draws them."""
        return teams_page([*map(json.loads, parts)])

    def messages(self, edition: Edition, url: str) -> Sequence[dict[str, Any]]:
        """What is posted, in order."""
        return teams_messages(edition, url)

    def judge(self, answer: Answer) -> Answer:
        """By the status; what a trigger refuses, but for the body alone, it refuses to everybody.

        A workflow that was switched off says so with 400 and `WorkflowTriggerIsNotEnabled`.
        """
        code = _code(answer)
        if answer.status == 400 and code not in _OF_THE_BODY:
            words = f"{told(answer)} ({code})" if code else told(answer)
            raise ChannelError(f"{words}; {self.remedy}", lasting=True)
        return super().judge(answer)

    def receipt(self, answer: Answer) -> str:
        """That the workflow took it, which is all there is, and by which run."""
        run = one_line(answer.headers.get(_RUN, ""), _LONGEST_RUN)
        return f"{_ACCEPTED}, run {run}" if run else _ACCEPTED

    async def check(self) -> str:
        """Whether anything answers there; what is asked starts no run, so no more can be known."""
        answer = await self.endpoint.ask("GET")
        if _code(answer) in _GONE or answer.status >= 500:
            self.judge(answer)
        return "the server of workflows answers; whether the workflow posts only a card shows"

    def greeting(self, line: str) -> bytes:
        """A card of one line."""
        return json.dumps(card_message(line)).encode()

    def readable(self, part: bytes) -> str:
        """The text of a card, in lines."""
        return readable(json.loads(part))


def _code(answer: Answer) -> str:
    """What the service calls the error; empty where it is none of the service's own."""
    error = (json_object(answer.body) or {}).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""
