"""The settings of channels that post to Matrix."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from digest.config.channels.base import ChannelSettings, Question, Setup
from digest.config.fields import Label, WebUrl
from digest.config.secrets import Secret


def _room(value: str) -> str:
    # Ids have no server in them since version 12 of rooms.
    is_alias = value.startswith("#") and ":" in value
    if " " in value or not (is_alias or value.startswith("!")):
        raise ValueError(
            "must be the id of a room, like '!abc:example.org', or an address like"
            " '#news:example.org', in quotes"
        )
    return value


class MatrixSettings(ChannelSettings):
    """A channel that posts to a room of Matrix, with the access token of an account in it."""

    kind: Literal["matrix"]
    url: WebUrl = Field(description="The address of the account's homeserver.")
    access_token: Secret = Field(description="The account's access token; a secret.")
    room: Annotated[Label, AfterValidator(_room)] = Field(
        description="The room's id, like '!abc:example.org'; its address, like '#news:example.org',"
        " does too."
    )
    threads: bool = Field(
        False, description="Whether later parts of an edition stand in a thread under the first."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "url": "homeserver homeserver_url server server_url api_url base_url address host",
        "access_token": "token api_token api_key bot_token",
        "room": "room_id room_alias channel channel_id conversation to",
        "threads": "thread threaded replies use_threads",
    }
    remedy: ClassVar[str] = (
        "look whether the account is in the room and its access token is still good, and at the"
        " network"
    )

    setup: ClassVar[Setup | None] = Setup(
        "room",
        (
            Question(
                *("url", "The homeserver's address"),
                hint="In Element, log in as an account for the digest. All settings, Help & About"
                " shows its homeserver and, under Advanced, its access token. Do not log out.",
            ),
            Question("access_token", "The access token", word="token"),
            Question(
                *("room", "The room's id"),
                hint="Invite the account to the room, and accept as that account. The id is under"
                " Advanced in the room's settings.",
            ),
        ),
    )
    rank: ClassVar[int] = 70

    @property
    def server_url(self) -> str:
        """The address of the homeserver."""
        return self.url
