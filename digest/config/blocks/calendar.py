"""The settings of blocks with the events of a calendar."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator, model_validator

from digest.config.blocks.base import BlockSettings
from digest.config.extras import Extra
from digest.config.fields import RelativePath, SecretUrl

_WEBCAL = re.compile(r"^webcals?://", re.IGNORECASE)


def _fetched(value: Any) -> Any:
    """The web address of a calendar that programs are to subscribe to."""
    return _WEBCAL.sub("https://", value) if isinstance(value, str) else value


class CalendarSettings(BlockSettings):
    """The events of today and tomorrow in a calendar."""

    kind: Literal["calendar"]
    url: Annotated[SecretUrl, BeforeValidator(_fetched)] | None = Field(
        None, description="Its iCalendar address (https:// or webcal://); a secret."
    )
    path: RelativePath | None = Field(
        None, description="In place of `url`: an iCalendar file, relative to the configuration."
    )
    max_events: int = Field(8, ge=1, le=20, description="The most events that are shown.")

    synonyms: ClassVar[dict[str, str]] = {
        "url": "link href address ical ics ical_url ics_url webcal uri feed",
        "path": "file filename ics_file calendar_file",
        "max_events": "max limit count events number max_entries max_items",
    }

    @property
    def subject(self) -> str:
        """The host of its address, or its file: the rest of an address is secret."""
        if self.name:
            return self.name
        if self.path:
            return str(self.path)
        return urlsplit(self.url.get_secret_value()).hostname or "" if self.url else ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if (self.url is None) == (self.path is None):
            raise ValueError("give a url or a path" + (", not both" if self.url else ""))
        return self

    @field_validator("kind")
    @classmethod
    def _can_be_read(cls, kind: str) -> str:
        # Also where no address is there yet, so that nobody is asked for one in vain.
        Extra("calendar", "recurring_ical_events").require("a calendar")
        return kind
