"""Slack, through an incoming webhook or as an app with a bot token."""

from __future__ import annotations

import json
import logging
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from digest.channels.base import MessageChannel
from digest.channels.http import Endpoint
from digest.channels.slack.answers import ThreadRefusedError, heard, refusal_for
from digest.config.channels.slack import SlackSettings
from digest.errors import DeliveryError
from digest.feeds.text import one_line
from digest.model import NO_PICTURES, Rendition
from digest.rendering.preview import Preview
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.plain import plain_message
from digest.rendering.slack.preview import slack_page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from typing import Any

    from pydantic import SecretStr

    from digest.channels.http_answer import Answer
    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

_POSTING, _ANYWHERE = "chat:write", "chat:write.public"
_LOOKING = {"channels:read", "groups:read"}
# A message's name inside its channel, at the end of the receipt.
_TIME_STAMP = re.compile(r"\d+\.\d+$")
_ASKED = ("headers", "data", "json", "params")
_LONGEST_RECEIPT = 200
# At DEBUG slack-sdk logs what it asks, token and all.
_quiet = logging.getLogger(f"{__name__}.client")
_quiet.setLevel(logging.WARNING)


class Poster(Protocol):
    """One of the two ways to post."""

    recipient: str
    endpoint: Endpoint

    async def post(self, message: dict[str, Any]) -> str:
        """Post a message; answers the receipt.

        Raises:
            DeliveryError: with the verdict.
        """

    async def check(self) -> str:
        """Try everything short of posting; answers what was found.

        Raises:
            DeliveryError: it would not work now.
        """


class SlackChannel(MessageChannel[SlackSettings]):
    """Posts to one channel of Slack; with `threads`, later parts as replies to the first.

    A post has no identity that Slack would recognise a copy by, so nothing is posted again.
    """

    kind = "slack"
    seconds_between = 1.0  # Slack takes one message a second for a channel.
    beside_text = "always"

    def __init__(self, name: str, settings: SlackSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        self._poster = poster_of(settings)
        self._threads = settings.threads

    @classmethod
    def preview(
        cls,
        edition: Edition,
        templates: Renderer,  # noqa: ARG003
        pictures: Pictures,  # noqa: ARG003
        settings: Sequence[SlackSettings],
    ) -> Preview:
        """The posts; a post and its thread where one of the channels has threads."""
        threaded = any(each.threads for each in settings)
        posts = build_thread(edition) if threaded else build_messages(edition)
        text = json.dumps(posts, indent=2, ensure_ascii=False)
        return Preview(text, slack_page(posts, threaded=threaded))

    def render(
        self,
        edition: Edition,
        templates: Renderer,  # noqa: ARG002
        pictures: Pictures = NO_PICTURES,  # noqa: ARG002
        url: str = "",
    ) -> Rendition:
        """One post where it fits, else as many as it takes; or a post and its thread."""
        messages = build_thread(edition, url) if self._threads else build_messages(edition, url)
        parts = tuple(json.dumps(message).encode() for message in messages)
        return Rendition(self.name, self.kind, (self._poster.recipient,), parts)

    def plainer(self, payload: bytes) -> bytes | None:
        """The same as one text without blocks."""
        message = plain_message(json.loads(payload))
        return json.dumps(message).encode() if message else None

    def greeting(self, line: str) -> bytes:
        """A post of one line."""
        return json.dumps({"text": line}).encode()

    @property
    def begun(self) -> bool:
        """Whether a byte of the last message may have left."""
        return self._poster.endpoint.begun

    async def send(self, delivery: Delivery) -> str:
        """Post one message, in the channel itself where there is no thread to post it in."""
        # What ends before anything is asked leaves nothing in doubt.
        self._poster.endpoint.begun = False
        message = json.loads(delivery.payload)
        first = _TIME_STAMP.search(delivery.first_receipt)
        if self._threads and first:
            reply = {**message, "thread_ts": first[0], "reply_broadcast": False}
            with suppress(ThreadRefusedError):
                return await self._poster.post(reply)
        return await self._poster.post(message)

    async def check(self) -> str:
        """Whether Slack knows the webhook or the token."""
        return await self._poster.check()


class Webhook:
    """Posts through an incoming webhook, to the channel that it belongs to."""

    recipient = "webhook"

    def __init__(self, url: SecretStr) -> None:
        self.endpoint = Endpoint(url)

    async def post(self, message: dict[str, Any]) -> str:
        """A webhook's only receipt is its `ok`."""
        answer = await self.endpoint.ask("POST", json=message)
        heard(answer)
        return one_line(answer.body.decode(), _LONGEST_RECEIPT)

    async def check(self) -> str:
        """Post an empty text: Slack refuses it as such where the webhook is alive."""
        try:
            await self.post({"text": ""})
        except DeliveryError as error:
            if error.verdict != "refused":
                raise
        return "the webhook answers"


class Bot:
    """Posts as an app, by `chat.postMessage`."""

    def __init__(self, token: SecretStr, channel: str, api_url: str) -> None:
        self._token = token
        self._api_url = f"{api_url.removesuffix('/')}/"
        self.endpoint = Endpoint(self._api_url, [token.get_secret_value()])
        self.recipient = channel

    async def post(self, message: dict[str, Any]) -> str:
        """The receipt is the channel's id and the message's time stamp, which is its name."""
        fields = await self._call("chat.postMessage", {"channel": self.recipient, **message})
        return f"{fields.get('channel', self.recipient)} {fields.get('ts', '')}".strip()

    async def check(self) -> str:
        """Ask Slack whose token it is and what it allows, and of the channel what that allows."""
        fields, scopes = await self._ask("auth.test", json={})
        whose = (
            f"the token is that of {fields.get('user', 'an app')} in {fields.get('team', 'Slack')}"
        )
        if scopes and _POSTING not in scopes:
            raise refusal_for("missing_scope")
        if not scopes & _LOOKING:
            return f"{whose}; the channel was not looked at, which takes channels:read"
        query = {"channel": self.recipient}
        fields, _ = await self._ask("conversations.info", http_verb="GET", params=query)
        channel = fields.get("channel", {})
        if channel.get("is_archived"):
            raise refusal_for("is_archived")
        if channel.get("is_member") is False and _ANYWHERE not in scopes:
            raise refusal_for("not_in_channel")
        return f"{whose}; the channel is #{channel.get('name', self.recipient)}"

    async def _call(self, method: str, message: dict[str, Any]) -> dict[str, Any]:
        return (await self._ask(method, json=message))[0]

    async def _ask(self, method: str, **request: Any) -> tuple[dict[str, Any], set[str]]:
        """What a method answers, and the scopes of the token, where Slack says them."""
        from slack_sdk.web.async_client import AsyncWebClient

        token = self._token.get_secret_value()
        session: Any = _Transport(self.endpoint, self._api_url)
        client = AsyncWebClient(
            token, base_url=self._api_url, session=session, logger=_quiet, retry_handlers=[]
        )
        answer = await client.api_call(method, **request)
        assert isinstance(answer.data, dict)
        scopes = str(answer.headers.get("x-oauth-scopes", ""))
        return answer.data, {scope.strip() for scope in scopes.split(",") if scope.strip()}


class _Accepted:
    """An accepted answer as slack-sdk knows them."""

    status = 200
    content_type = "application/json"

    def __init__(self, answer: Answer) -> None:
        self._fields = {**heard(answer), "ok": True}
        self._body = answer.body
        self.headers = answer.headers

    async def json(self) -> dict[str, Any]:
        return self._fields

    async def text(self) -> str:
        return self._body.decode("utf-8", "replace")


class _Transport:
    """What slack-sdk asks through, in place of a session: it hears of what was accepted only.

    Its own way reads any body whole, and posts again what may have arrived.
    """

    closed = False

    def __init__(self, endpoint: Endpoint, api_url: str) -> None:
        self._endpoint = endpoint
        self._api_url = api_url

    @asynccontextmanager
    async def request(self, method: str, url: str, **asked: Any) -> AsyncIterator[_Accepted]:
        # It takes any proxy of the environment; NO_PROXY is minded here.
        request = {name: asked[name] for name in _ASKED if asked.get(name)}
        path = url.removeprefix(self._api_url)
        yield _Accepted(await self._endpoint.ask(method, path, **request))


def poster_of(settings: SlackSettings) -> Poster:
    """The way to post that the settings have."""
    if settings.webhook_url is not None:
        return Webhook(settings.webhook_url)
    assert settings.bot_token is not None
    assert settings.channel is not None
    return Bot(settings.bot_token, settings.channel, settings.api_url)
