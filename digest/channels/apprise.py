"""Services that have no kind of their own, through apprise: https://github.com/caronc/apprise.

The address guard is not in force there: apprise looks up names and asks by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from digest.channels.base import MessageChannel
from digest.channels.http_answer import Answer
from digest.channels.http_verdicts import MOST_WORDS, accepted
from digest.config.channels.apprise import AppriseSettings, service_of
from digest.config.secrets import secrets_in
from digest.daemon_thread import in_daemon_thread
from digest.errors import DeliveryError
from digest.feeds.text import one_line
from digest.log import Redactor
from digest.model import NO_PICTURES, Rendition, as_dict
from digest.rendering.apprise import AppriseMessage, apprise_messages, form_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from digest.channels.pace import Paces
    from digest.config import Settings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

# How most of its services write the status of an answer.
_STATUS = re.compile(r"\berror=(\d{3})\b")


class AppriseChannel(MessageChannel[AppriseSettings]):
    """Sends an edition in as many messages as the service takes, one call for each.

    A service that takes less than 1,500 characters gets a line and a link. Nobody says whether a
    service knows a copy, and most failures do not say whether anything arrived; so nothing is sent
    again but after a status that is a refusal.
    """

    kind = "apprise"
    longest_seconds: ClassVar[float] = 60
    """How long a call may take; apprise's own limits are for each read from a socket."""

    @classmethod
    def open(cls, name: str, settings: AppriseSettings, whole: Settings, paces: Paces) -> Self:  # noqa: ARG003
        """The channel of this name, as fast as apprise would send to the service."""
        seconds = float(settings.service.request_rate_per_sec)
        return cls(name, settings, paces.of(str(settings.shares), seconds))

    @cached_property
    def service(self) -> Any:
        """What says how much the service takes."""
        return self.settings.service

    def render(
        self,
        edition: Edition,
        templates: Renderer,  # noqa: ARG002
        pictures: Pictures = NO_PICTURES,  # noqa: ARG002
        url: str = "",
    ) -> Rendition:
        """Each message as JSON with its title, its body and the format of that."""
        found = apprise_messages(edition, form_of(self.service), url)
        parts = tuple(json.dumps(as_dict(message)).encode() for message in found)
        return Rendition(self.name, self.kind, ("service",), parts)

    def readable(self, part: bytes) -> str:
        """The title and the body."""
        message = json.loads(part)
        return "\n\n".join(filter(None, (message["title"], message["body"])))

    def greeting(self, line: str) -> bytes:
        """A message of one line."""
        title = "digest" if form_of(self.service).title else ""
        return json.dumps(as_dict(AppriseMessage(title, line, "text"))).encode()

    async def send(self, delivery: Delivery) -> str:
        """Have apprise send one part, in a thread that is left behind where it takes too long."""
        message = json.loads(delivery.payload)
        url = self.settings.url.get_secret_value()
        sending = in_daemon_thread(lambda: _notify(url, message))
        try:
            outcome = await asyncio.wait_for(sending, self.longest_seconds)
        except TimeoutError:
            reason = f"apprise has not ended after {self.longest_seconds:g} seconds"
            raise DeliveryError(f"{reason}; look whether it arrived", "unknown") from None
        return self._receipt(outcome)

    async def check(self) -> str:
        """Look whether apprise knows the address: it can try nothing without sending."""
        name = self.service.service_name
        return f"apprise sends to {name}; whether that takes anything only a message shows"

    def _receipt(self, outcome: _Outcome) -> str:
        """What is kept of what was accepted; raises what any other outcome means."""
        if outcome.accepted:
            return f"accepted by {self.service.service_name}, as apprise says"
        redact = Redactor(secrets_in(self.settings))
        words = one_line(redact(" ".join(outcome.lines)), MOST_WORDS).rstrip(".")
        statuses = {int(status) for line in outcome.lines for status in _STATUS.findall(line)}
        if len(statuses) == 1 and (status := statuses.pop()) >= 300:
            accepted(Answer(status, {}, words.encode()), self.remedy)
        reason = f"apprise does not say whether it arrived: {words or 'no word'}"
        raise DeliveryError(reason, "unknown")


class _Outcome(Struct, frozen=True):
    """Whether a service accepted a message, and what apprise says of it."""

    accepted: bool
    lines: Sequence[str]


def _notify(url: str, message: dict[str, str]) -> _Outcome:
    """Have a service get a message, once; it blocks."""
    import apprise

    service = service_of(url)
    assert service is not None
    sender = apprise.Apprise(service, asset=service.asset)
    result = sender.notify(
        message["body"],
        title=message["title"],
        body_format=message["format"],
        log_level=logging.WARNING,
    )
    lines = [entry.message for entry in result.logs()]
    return _Outcome(bool(result), lines)
