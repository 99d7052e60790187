"""Services that have no kind of their own, through apprise: https://github.com/caronc/apprise.

The address guard and the rule that no redirect is followed are not in force there: apprise looks up
names and asks by itself.
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
from digest.language import language_of
from digest.log import Redactor
from digest.model import NO_PICTURES, Rendition
from digest.rendering.markdown_messages import markdown_messages, messages
from digest.rendering.parts import Limit
from digest.rendering.phrases import short_line
from digest.rendering.plain_markup import PLAIN
from digest.rendering.push_message import push_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    from digest.channels.pace import Paces
    from digest.config import Settings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

# What splits an edition needs room for what stands around a story.
_LEAST_ROOM = 1_500
_MAX_TITLE = 100
_LEAST_WORDS = 20
# Not in an address, like https://site.example/@name.
_MENTION = re.compile(r"(?<![\w/])@(?=\w)")
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
        form = _form_of(self.service)
        parts = tuple(
            _part(short_line(title, form.title) if form.title else "", body, form.format)
            for title, body in _messages(edition, form, url)
        )
        return Rendition(self.name, self.kind, ("service",), parts)

    def readable(self, part: bytes) -> str:
        """The title and the body."""
        message = json.loads(part)
        return "\n\n".join(filter(None, (message["title"], message["body"])))

    def greeting(self, line: str) -> bytes:
        """A message of one line."""
        return _part("digest" if _form_of(self.service).title else "", line, "text")

    async def send(self, delivery: Delivery) -> str:
        """Have apprise send one part, in a thread that is left behind where it takes too long."""
        message = json.loads(delivery.payload)
        url = self.settings.url.get_secret_value()
        sending = in_daemon_thread(lambda: _notify(url, message))
        try:
            outcome = await asyncio.wait_for(sending, self.longest_seconds)
        except TimeoutError:
            reason = f"apprise has not ended after {self.longest_seconds:g} seconds"
            raise DeliveryError(reason, "unknown") from None
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
        words = one_line(redact(" ".join(outcome.lines)), MOST_WORDS)
        statuses = {int(status) for line in outcome.lines for status in _STATUS.findall(line)}
        if len(statuses) == 1 and (status := statuses.pop()) >= 400:
            accepted(Answer(status, {}, words.encode()), self.remedy)
        reason = f"apprise does not say whether it arrived: {words or 'no word'}"
        raise DeliveryError(reason, "unknown")


class _Form(Struct, frozen=True):
    """What a service takes: characters of a title and of a body, in a format."""

    title: int
    body: int
    format: str
    is_push: bool


def _form_of(service: Any) -> _Form:
    """In characters, as apprise counts them."""
    # One, or many.
    formats = service.notify_format
    formats = formats if isinstance(formats, tuple) else (formats,)
    names = [str(getattr(each, "value", each)) for each in formats]
    title = min(_MAX_TITLE, max(0, service.title_maxlen))
    body = service.body_maxlen - service.overflow_buffer
    if service.overflow_amalgamate_title:
        body -= title
    if "text" not in names:
        # It is converted, and may get longer.
        body //= 2
    is_markdown = "markdown" in names and "text" not in names
    is_push = body < _LEAST_ROOM or service.body_max_line_count > 0
    return _Form(title, body, "markdown" if is_markdown and not is_push else "text", is_push)


def _messages(edition: Edition, form: _Form, url: str) -> Iterator[tuple[str, str]]:
    """The title and the body of each message."""
    if form.is_push:
        yield edition.title, _push(edition, url, form.body)
    elif form.format == "markdown":
        for message in markdown_messages(edition, [_limit(form.body)], url):
            yield edition.title, message
    else:
        for message in _plain(edition, form.body, url):
            title, _, body = message.partition("\n")
            yield title, body if form.title else message


def _plain(edition: Edition, most: int, url: str) -> Iterator[str]:
    """Messages of which the last ends with the address of the edition, if it has one."""
    words = language_of(edition.language).translate("View in browser")
    end = f"\n\n{words}: {url}" if url else ""
    *others, last = messages(PLAIN, edition, [_limit(most - len(end))])
    yield from others
    yield last + end


def _limit(most: int) -> Limit[str]:
    return Limit(lambda text: len(_unmentioned(text)), most)


def _push(edition: Edition, url: str, most: int) -> str:
    """One line with a link, which templates of messages take too; without where it has no room."""
    push = push_message(edition, url, most - _LEAST_WORDS)
    words = _unmentioned(f"{push.title} · {push.text}")
    if not push.link:
        return short_line(words, most)
    return f"{short_line(words, most - len(push.link) - 1)} {push.link}"


def _part(title: str, body: str, form: str) -> bytes:
    message = {"title": _unmentioned(title), "body": _unmentioned(body), "format": form}
    return json.dumps(message).encode()


def _unmentioned(text: str) -> str:
    """The text, in which no service finds anybody to notify; it looks the same."""
    return _MENTION.sub("@\u2060", text)


class _Outcome(Struct, frozen=True):
    """Whether a service accepted a message, and what apprise says of it."""

    accepted: bool
    lines: Sequence[str]


def _notify(url: str, message: dict[str, str]) -> _Outcome:
    """Send one message, once. It blocks."""
    import apprise

    sender = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, service_timeout=0))
    if (service := service_of(url)) is not None:
        sender.add(service)
    result = sender.notify(
        message["body"],
        title=message["title"],
        body_format=message["format"],
        log_level=logging.WARNING,
    )
    lines = [entry.message for entry in result.logs()]
    return _Outcome(bool(result), lines)
