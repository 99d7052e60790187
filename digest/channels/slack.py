"""Slack, through an incoming webhook or as an app with a bot token."""

from __future__ import annotations

import json
import logging
import re
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Protocol

from digest.channels.pace import Pace
from digest.channels.slack_answers import ThreadRefusedError, refusal
from digest.config import SlackSettings
from digest.errors import ChannelError, DeliveryError
from digest.http_client import aiohttp, trusted
from digest.model import NO_PICTURES, Rendition
from digest.network import connection_trouble
from digest.rendering.slack import build_messages, build_thread
from digest.rendering.slack_plain import plain_message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import timedelta
    from typing import Any

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from pydantic import SecretStr
    from slack_sdk.errors import SlackApiError

    from digest.channels.pace import Paces
    from digest.config import Settings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

_CONNECT_SECONDS = 10
_TOTAL_SECONDS = 60
# Slack takes one message a second for a channel.
_SECONDS_BETWEEN = 1.0
_NOT_POSTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_POSTING, _ANYWHERE = "chat:write", "chat:write.public"
_LOOKING = {"channels:read", "groups:read"}
# A message's name inside its channel, at the end of the receipt.
_TIME_STAMP = re.compile(r"\d+\.\d+$")
# At DEBUG the clients log the webhook's address, which is a secret.
_quiet = logging.getLogger(f"{__name__}.client")
_quiet.setLevel(logging.WARNING)


class Poster(Protocol):
    """One of the two ways to post."""

    recipient: str

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


class SlackChannel:
    """Posts to one channel of Slack; with `threads`, later parts as replies to the first."""

    kind = "slack"
    # A post has no identity that Slack would recognise a copy by.
    patience: timedelta | None = None

    def __init__(self, name: str, poster: Poster, *, threads: bool = False) -> None:
        self.name = name
        self._poster = poster
        self._threads = threads
        self.pace = Pace(_SECONDS_BETWEEN)

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

    def session(self) -> nullcontext[SlackChannel]:
        """Nothing is kept open from one delivery to the next."""
        return nullcontext(self)

    async def send(self, delivery: Delivery) -> str:
        """Post one message, in the channel itself where there is no thread to post it in."""
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
        self._url = url

    async def post(self, message: dict[str, Any]) -> str:
        """A webhook's only receipt is its `ok`."""
        # What only posting needs is loaded when something is posted.
        from slack_sdk.webhook.async_client import AsyncWebhookClient

        async with _session() as session:
            client = AsyncWebhookClient(
                self._url.get_secret_value(),
                session=session,
                logger=_quiet,
                # The default ones post again after a dropped connection.
                retry_handlers=[],
            )
            # It takes any proxy of the environment; the session minds NO_PROXY too.
            client.proxy = None
            with _telling():
                answer = await client.send_dict(message)
        if answer.status_code == 200:
            return answer.body[:200]
        raise refusal(answer.status_code, answer.body, answer.headers)

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
        self._api_url = api_url
        self.recipient = channel

    async def post(self, message: dict[str, Any]) -> str:
        """The receipt is the channel's id and the message's time stamp, which is its name."""
        said = await self._call("chat.postMessage", {"channel": self.recipient, **message})
        return f"{said.get('channel', self.recipient)} {said.get('ts', '')}".strip()

    async def check(self) -> str:
        """Ask Slack whose token it is and what it allows, and of the channel what that allows."""
        said, scopes = await self._ask("auth.test", json={})
        whose = f"the token is that of {said.get('user', 'an app')} in {said.get('team', 'Slack')}"
        if scopes and _POSTING not in scopes:
            raise refusal(200, "missing_scope", {})
        if not scopes & _LOOKING:
            return f"{whose}; the channel was not looked at, which takes channels:read"
        query = {"channel": self.recipient}
        said, _ = await self._ask("conversations.info", http_verb="GET", params=query)
        channel = said.get("channel", {})
        if channel.get("is_archived"):
            raise refusal(200, "is_archived", {})
        if channel.get("is_member") is False and _ANYWHERE not in scopes:
            raise refusal(200, "not_in_channel", {})
        return f"{whose}; the channel is #{channel.get('name', self.recipient)}"

    async def _call(self, method: str, message: dict[str, Any]) -> dict[str, Any]:
        return (await self._ask(method, json=message))[0]

    async def _ask(self, method: str, **asked: Any) -> tuple[dict[str, Any], set[str]]:
        """What a method answers, and the scopes of the token, where Slack says them."""
        from slack_sdk.errors import SlackApiError
        from slack_sdk.web.async_client import AsyncWebClient

        async with _session() as session:
            client = AsyncWebClient(
                self._token.get_secret_value(),
                base_url=self._api_url,
                session=session,
                logger=_quiet,
                retry_handlers=[],
            )
            client.proxy = None
            try:
                with _telling():
                    answer = await client.api_call(method, **asked)
            except SlackApiError as error:
                raise _refused(error) from None
        said = dict(answer.data) if isinstance(answer.data, dict) else {}
        scopes = str(answer.headers.get("x-oauth-scopes", ""))
        return said, {scope.strip() for scope in scopes.split(",") if scope.strip()}


def _refused(error: SlackApiError) -> DeliveryError:
    answer = error.response
    if isinstance(answer, aiohttp.ClientResponse):
        # What claims to be JSON, and is not.
        status, word = answer.status, ""
    else:
        said = answer.data if isinstance(answer.data, dict) else {}
        status, word = answer.status_code, str(said.get("error", ""))
    if status == 200 and not word:
        return DeliveryError("the answer makes no sense", "unknown")
    return refusal(status, word, answer.headers)


@asynccontextmanager
async def _session() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=_TOTAL_SECONDS, sock_connect=_CONNECT_SECONDS)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trusted()),
        timeout=timeout,
        trust_env=True,
        middlewares=(_stay,),
    ) as session:
        yield session


@contextmanager
def _telling() -> Iterator[None]:
    """Tell what never reached Slack from what nobody knows the end of."""
    try:
        yield
    except _NOT_POSTED as error:
        raise ChannelError(f"cannot connect: {_words(error)}") from error
    except (aiohttp.ClientError, OSError, UnicodeDecodeError) as error:
        raise DeliveryError(
            f"no answer after the message was posted: {_words(error)}", "unknown"
        ) from error


async def _stay(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Follow no redirect: what answers there, even with 200, is not Slack."""
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise ChannelError(f"{response.status}: Slack is not there any more", lasting=True)
    return response


def _words(error: Exception) -> str:
    """What happened, without the address: it is a secret."""
    if isinstance(error, aiohttp.ClientConnectorError):
        trouble = connection_trouble(error) or error.os_error.strerror
        return trouble or type(error.os_error).__name__
    return type(error).__name__


def open_channel(name: str, settings: Settings, paces: Paces) -> SlackChannel:  # noqa: ARG001
    """The channel of this name."""
    channel = settings.channels[name]
    assert isinstance(channel, SlackSettings)
    if channel.webhook_url is not None:
        return SlackChannel(name, Webhook(channel.webhook_url))
    assert channel.bot_token is not None
    assert channel.channel is not None
    bot = Bot(channel.bot_token, channel.channel, channel.api_url)
    return SlackChannel(name, bot, threads=channel.threads)
