"""The settings of sources that list what an account posts to Bluesky."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from digest.config.sources.base import SourceSettings
from digest.domains import HOST_NAME

_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[A-Za-z0-9.-]{1,250})")


def _account(value: object) -> object:
    if not isinstance(value, str):
        return value
    account = value.strip().removeprefix("@")
    if _DID.fullmatch(account):
        return account
    if not HOST_NAME.fullmatch(account.lower()):
        raise ValueError("must be a handle like name.bsky.social, or a DID")
    return account.lower()


class BlueskySettings(SourceSettings):
    """What an account posts to Bluesky."""

    example: ClassVar[str] = "bluesky:bsky.app"

    kind: Literal["bluesky"]
    account: Annotated[str, BeforeValidator(_account)] = Field(
        description="Its handle, or its DID; whose a handle is, is looked up once, and kept."
    )
    replies: bool = Field(default=False, description="Whether its replies to others are taken.")
    reposts: bool = Field(default=False, description="Whether posts of others that it shares are.")

    synonyms: ClassVar[dict[str, str]] = {
        "account": "handle user username did actor profile author",
        "replies": "include_replies with_replies",
        "replies: false": "exclude_replies no_replies",
        "reposts": "include_reposts with_reposts boosts",
        "reposts: false": "exclude_reposts no_reposts",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """The account of this handle or DID, as in `bluesky:name.bsky.social`."""
        return {"account": argument}

    @property
    def address(self) -> str:
        """Its kind and its account: with or without replies it is the same source."""
        return f"{self.kind}:{self.account}"
