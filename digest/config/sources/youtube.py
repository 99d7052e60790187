"""The settings of sources that list the videos of a YouTube channel or playlist."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import unquote

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from digest.config.sources.base import SourceSettings, require_one

_CHANNEL = r"UC[\w-]{22}"
# Of a person's own, and those that YouTube makes: uploads, albums, favourites.
_PLAYLIST = r"(?:PL|UU|OLAK|FL)[\w-]{10,80}"
_HANDLE = re.compile(
    r"(?:https?://(?:www\.|m\.)?youtube\.com)?/?(?P<name>@[^\s/?#@]{1,100}|(?:c|user)/[^\s/?#]{1,100})"
    r"(?:[/?#]\S*)?"
)


def _handle(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = _HANDLE.fullmatch(unquote(value.strip()))
    if not found or not found["name"].isprintable():
        raise ValueError("must be '@name', or the end of an address: 'c/name' or 'user/name'")
    return found["name"].lower()


class YoutubeSettings(SourceSettings):
    """The videos of a YouTube channel, or of a playlist."""

    example: ClassVar[str] = "youtube:@veritasium"

    kind: Literal["youtube"]
    channel: Annotated[str, StringConstraints(pattern=rf"^{_CHANNEL}$")] | None = Field(
        None, description="The channel's id: UC and 22 more characters."
    )
    handle: Annotated[str, BeforeValidator(_handle)] | None = Field(
        None,
        description="The channel's name, as in `'@name'`; its id is looked up once, and kept.",
    )
    playlist: Annotated[str, StringConstraints(pattern=rf"^{_PLAYLIST}$")] | None = Field(
        None, description="The playlist's id, as it is in its address behind `list=`."
    )
    shorts: bool = Field(default=False, description="Whether a channel's shorts are taken too.")
    live: bool = Field(default=False, description="Whether its streams are, once they have begun.")

    synonyms: ClassVar[dict[str, str]] = {
        "channel": "channel_id id",
        "handle": "user username channel_name",
        "playlist": "playlist_id list",
        "shorts": "include_shorts with_shorts",
        "shorts: false": "exclude_shorts hide_shorts no_shorts",
        "live": "streams include_live livestreams",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """A channel or playlist, as in `youtube:@name`, `youtube:UC…` or `youtube:PL…`."""
        if re.fullmatch(_CHANNEL, argument):
            return {"channel": argument}
        if re.fullmatch(_PLAYLIST, argument):
            return {"playlist": argument}
        return {"handle": argument}

    @property
    def address(self) -> str:
        """Its kind, and what names it: with or without shorts it is the same source."""
        return f"{self.kind}:{self.channel or self.playlist or self.handle}"

    @model_validator(mode="after")
    def _is_one_list(self) -> Self:
        require_one(self, "channel", "handle", "playlist")
        if self.playlist and (self.shorts or self.live):
            raise ValueError("shorts and live are about a channel; a playlist has what it has")
        return self
