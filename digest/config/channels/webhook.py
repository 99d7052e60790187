"""The settings of channels that post to a webhook of the operator's own, and how it is signed."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator

from digest.config.channels.base import WEBHOOK_WORDS, ChannelSettings, Hook
from digest.config.fields import secret_web_url
from digest.config.headers import SecretHeaders
from digest.config.secrets import MAY_BE_MISSING, HeaderSecret, PartedSecret, UrlSecret

if TYPE_CHECKING:
    from collections.abc import Iterator

# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
_PREFIX = "whsec_"
_KEY_BYTES = range(24, 64 + 1)
_MAKE = "make one with: echo whsec_$(openssl rand -base64 32)"
# What the request is, and what no header of the operator's can be without a signature that fails.
_OUR_HEADERS = (
    *("content-", "webhook-", "host", "transfer-encoding", "accept-encoding", "connection"),
)


# A token of so few letters, without digits and capitals, would be a bad one.
_LONGEST_NAME = 20


class ReceiverSecret(UrlSecret):
    """The address of a receiver, which may end with a name that its operator chose."""

    def parts(self) -> Iterator[str]:
        """Those of an address, without such a name: it may be that of a digest, too."""
        last = urlsplit(self.get_secret_value()).path.rpartition("/")[2]
        letters = last.replace("-", "").replace("_", "")
        named = letters.isalpha() and last.islower() and len(last) <= _LONGEST_NAME
        yield from (part for part in super().parts() if not (named and part == last))


class SigningSecret(PartedSecret):
    """One secret of Standard Webhooks a line, the newest first."""

    def parts(self) -> Iterator[str]:
        """Each secret, and its key as others write it."""
        for secret in self.get_secret_value().split():
            yield from (secret, secret.removeprefix(_PREFIX))

    @property
    def keys(self) -> tuple[bytes, ...]:
        """What signs, the newest first.

        Raises:
            ValueError: a secret is none.
        """
        return tuple(map(_key, self.get_secret_value().split()))


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) not in _KEY_BYTES:
        raise ValueError(f"must be {_PREFIX} and 24 to 64 bytes in base64; {_MAKE}")
    return key


def _with_keys(value: SigningSecret) -> SigningSecret:
    if not value.keys:
        raise ValueError(f"is empty; {_MAKE}")
    return value


def _lines(value: object) -> object:
    if isinstance(value, list) and all(isinstance(secret, str) for secret in value):
        return "\n".join(value)
    return value


_ONE_OR_MANY: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}


class WebhookSettings(ChannelSettings):
    """A channel that posts each edition as JSON to an address, signed as Standard Webhooks."""

    kind: Literal["webhook"]
    url: Annotated[ReceiverSecret, AfterValidator(secret_web_url), MAY_BE_MISSING] = Field(
        description="The address that editions are posted to; a secret."
    )
    secret: Annotated[
        SigningSecret | None,
        AfterValidator(lambda value: value and _with_keys(value)),
        BeforeValidator(_lines),
        WithJsonSchema(_ONE_OR_MANY),
        MAY_BE_MISSING,
    ] = Field(
        None,
        description="What signs it: `whsec_` and 24 to 64 bytes in base64, or a list, the newest"
        " first. Default: it is not signed.",
    )
    headers: SecretHeaders = Field(
        default_factory=dict, description="Sent with it, for receivers that ask for a header."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "url": f"{WEBHOOK_WORDS} uri target",
        "secret": "signing_secret secrets webhook_secret signing_key hmac hmac_secret key",
        "headers": "header http_headers request_headers authorization auth token api_key bearer",
    }
    hook: ClassVar[Hook | None] = Hook("url", "hook", "The webhook's address")
    remedy: ClassVar[str] = (
        "look whether the receiver is switched on, and its address, login and network are right"
    )

    @field_validator("headers")
    @classmethod
    def _not_ours(cls, headers: dict[str, HeaderSecret]) -> dict[str, HeaderSecret]:
        for name in headers:
            if name.lower().startswith(_OUR_HEADERS):
                raise ValueError(f"{name} is set for each message; leave it out")
        return headers
