"""The settings of sources that list what is posted on a Mastodon server."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from digest.config.sources.base import SourceSettings, require_one
from digest.domains import HOST_NAME, ascii_host
from digest.errors import DomainError

_USER = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?")
_TAG = re.compile(r"\w{1,100}")
_LINKS = "links@"


def _host(value: str) -> str:
    try:
        host = ascii_host(value)
    except DomainError:
        host = ""
    if not HOST_NAME.fullmatch(host):
        raise ValueError(f"{value!r} is not the name of a server")
    return host


def _at_host(value: object, sign: str, name: re.Pattern[str], example: str) -> object:
    """`@name@host` in one spelling."""
    if not isinstance(value, str):
        return value
    before, at, host = value.strip().removeprefix(sign).rpartition("@")
    if not at or not name.fullmatch(before):
        raise ValueError(f"must be like {example}")
    return f"{sign}{before.lower()}@{_host(host)}"


def _account(value: object) -> object:
    return _at_host(value, "@", _USER, "'@name@server.example'")


def _tag(value: object) -> object:
    return _at_host(value, "#", _TAG, "'#tag@server.example'")


def _links(value: object) -> object:
    return _host(value.strip()) if isinstance(value, str) else value


class MastodonSettings(SourceSettings):
    """What an account posts to Mastodon, or what a server has on a tag, or what it talks about."""

    example: ClassVar[str] = "mastodon:@Gargron@mastodon.social"

    kind: Literal["mastodon"]
    account: Annotated[str, BeforeValidator(_account)] | None = Field(
        None, description="As in `'@name@server.example'`; its id is looked up once, and kept."
    )
    tag: Annotated[str, BeforeValidator(_tag)] | None = Field(
        None, description="As in `'#tag@server.example'`: what that server knows of it."
    )
    links: Annotated[str, BeforeValidator(_links)] | None = Field(
        None, description="The server whose most shared links are taken."
    )
    replies: bool = Field(default=False, description="Whether replies to others are taken.")
    reposts: bool = Field(default=False, description="Whether an account's boosts are.")
    pins: bool = Field(default=False, description="Whether what it pinned is, however old.")

    synonyms: ClassVar[dict[str, str]] = {
        "account": "acct handle user username actor profile",
        "tag": "hashtag",
        "links": "trends trending",
        "replies": "include_replies with_replies",
        "replies: false": "exclude_replies no_replies",
        "reposts": "reblogs boosts include_reposts include_reblogs",
        "reposts: false": "exclude_reblogs exclude_boosts no_boosts",
        "pins": "pinned include_pinned",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """As in `mastodon:@name@host`, `mastodon:#tag@host` or `mastodon:links@host`."""
        if argument.startswith("#"):
            return {"tag": argument}
        if argument.startswith(_LINKS):
            return {"links": argument.removeprefix(_LINKS)}
        return {"account": argument}

    @property
    def address(self) -> str:
        """Its kind, and what it lists: with or without replies it is the same source."""
        return f"{self.kind}:{self.account or self.tag or f'{_LINKS}{self.links}'}"

    @property
    def host(self) -> str:
        """The server."""
        return (self.account or self.tag or f"@{self.links}").rpartition("@")[2]

    @property
    def listed(self) -> str:
        """The account or the tag by itself; nothing for links."""
        return (self.account or self.tag or "").rpartition("@")[0][1:]

    @model_validator(mode="after")
    def _is_one_list(self) -> Self:
        require_one(self, "account", "tag", "links")
        given = [name for name in ("reposts", "pins") if getattr(self, name)]
        if given and not self.account:
            raise ValueError(f"{given[0]} goes with an account")
        if self.replies and self.links:
            raise ValueError("replies goes with an account or a tag")
        return self
