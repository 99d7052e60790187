"""Slack, through an incoming webhook."""

from __future__ import annotations

import json
import logging
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from digest.channels.pace import Pace
from digest.config import SlackSettings
from digest.errors import DeliveryError
from digest.model import Rendition
from digest.rendering.slack import build_messages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Any

    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
    from slack_sdk.webhook import WebhookResponse

    from digest.channels.pace import Paces
    from digest.config import Settings
    from digest.model import Delivery, Edition
    from digest.rendering.templates import Templates

_CONNECT_SECONDS = 10
_TOTAL_SECONDS = 60
_NOT_POSTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_RECIPIENT = "webhook"
# At DEBUG the client logs the webhook's address, which is a secret.
_quiet = logging.getLogger(f"{__name__}.client")
_quiet.setLevel(logging.WARNING)


class SlackChannel:
    """Posts to the channel that a webhook belongs to."""

    kind = "slack"
    # A post has no identity that Slack would recognise a copy by.
    patience: timedelta | None = None

    def __init__(self, name: str, settings: SlackSettings) -> None:
        self.name = name
        self._url = settings.webhook_url
        self.pace = Pace()

    def render(self, edition: Edition, templates: Templates) -> Rendition:  # noqa: ARG002
        """One post where it fits, else as many as it takes."""
        messages = build_messages(edition)
        parts = tuple(json.dumps(message).encode() for message in messages)
        return Rendition(self.name, self.kind, (_RECIPIENT,), parts)

    def plainer(self, payload: bytes) -> bytes | None:  # noqa: ARG002
        """None: there is no plainer form."""
        return None

    def session(self) -> nullcontext[SlackChannel]:
        """Nothing is kept open from one delivery to the next."""
        return nullcontext(self)

    async def send(self, delivery: Delivery) -> str:
        """Post one message; a webhook's only receipt is its `ok`."""
        answer = await self._post(json.loads(delivery.payload))
        if answer.status_code == 200:
            return answer.body[:200]
        raise _refused(answer)

    async def check(self) -> str:
        """Post an empty text: Slack refuses it as such where the webhook is alive."""
        answer = await self._post({"text": ""})
        if answer.body in {"no_text", "invalid_payload", "ok"}:
            return "the webhook answers"
        raise _refused(answer)

    async def _post(self, message: dict[str, Any]) -> WebhookResponse:
        async with self._client() as client:
            try:
                return await client.send_dict(message)
            except _NOT_POSTED as error:
                raise DeliveryError(f"cannot connect: {_words(error)}", "retrying") from error
            except (aiohttp.ClientError, OSError, UnicodeDecodeError) as error:
                raise DeliveryError(
                    f"no answer after the message was posted: {_words(error)}", "unknown"
                ) from error

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[AsyncWebhookClient]:
        timeout = aiohttp.ClientTimeout(total=_TOTAL_SECONDS, sock_connect=_CONNECT_SECONDS)
        async with aiohttp.ClientSession(
            timeout=timeout, trust_env=True, middlewares=(_stay,)
        ) as session:
            client = AsyncWebhookClient(
                self._url.get_secret_value(),
                session=session,
                logger=_quiet,
                # The default ones post again after a dropped connection.
                retry_handlers=[],
            )
            # It takes any proxy of the environment; the session minds NO_PROXY too.
            client.proxy = None
            yield client


async def _stay(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Follow no redirect: what answers there, even with 200, is not the webhook."""
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise DeliveryError(f"{response.status}: the webhook has moved", "failed")
    return response


def _refused(answer: WebhookResponse) -> DeliveryError:
    reason = f"{answer.status_code} {answer.body[:200]}".strip()
    if answer.status_code == 429:
        return DeliveryError(reason, "retrying", retry_after=_retry_after(answer.headers))
    if answer.status_code >= 500 or answer.body == "rollup_error":
        return DeliveryError(reason, "retrying")
    return DeliveryError(reason, "failed")


def _retry_after(headers: Mapping[str, Any]) -> timedelta | None:
    seconds = str(headers.get("Retry-After", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdigit() and len(seconds) < 8 else None


def _words(error: Exception) -> str:
    """What happened, without the address: it is a secret."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or type(error.os_error).__name__
    return type(error).__name__


def open_channel(name: str, settings: Settings, paces: Paces) -> SlackChannel:  # noqa: ARG001
    """The channel of this name."""
    channel = settings.channels[name]
    assert isinstance(channel, SlackSettings)
    return SlackChannel(name, channel)
