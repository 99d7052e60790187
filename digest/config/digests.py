"""The settings of digests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from digest.config.base import Model
from digest.config.fields import (
    Duration,
    LanguageTag,
    Names,
    RelativePath,
    Rules,
    Title,
    Zone,
)
from digest.config.looks import LookSettings, Theme
from digest.config.schedule import parse_schedule
from digest.config.sources import canonical_name
from digest.language import ENGLISH
from digest.model import CatchUp, Content, Images, Overflow, Schedule

if TYPE_CHECKING:
    from pathlib import Path


def _as_schedule(value: object) -> Schedule:
    if isinstance(value, Schedule):
        return value
    if isinstance(value, (list, dict)):
        raise ValueError("must be text, like 'every monday at 09:00'")  # noqa: TRY004 - pydantic's word for a bad value
    return parse_schedule(str(value))


class DigestSettings(Model):
    """A digest: which feeds, when, and to which channels."""

    title: Title | None = Field(None, description="Default: the digest's name.")
    schedule: Annotated[
        Schedule,
        PlainValidator(_as_schedule),
        PlainSerializer(lambda value: value.text, when_used="json"),
        WithJsonSchema({"type": "string", "examples": ["every monday at 09:00", "0 9 * * mon"]}),
    ] = Field(
        description="A phrase, or five cron fields (see Schedules); `cron:` is another name for it."
    )
    timezone: Zone | None = Field(None, description="Default: the file's timezone.")
    language: LanguageTag = Field(
        ENGLISH, description="The language of dates, numbers and fixed words, like `de` or `pt-BR`."
    )
    feeds: Names = Field(("all",), description="all, or a list of names, addresses and `tag:NAME`.")
    include: Rules = Field((), description="Rules; only entries that one of them matches go in.")
    exclude: Rules = Field((), description="Rules; entries that one of them matches are left out.")
    watch: Rules = Field(
        (), description="Rules; entries that one of them matches come first and are marked."
    )
    first_edition: Duration = Field(
        timedelta(days=7),
        description="How old an entry of a new feed may be; 0: none is sent. Undated ones are old.",
    )
    max_entries: int = Field(
        25, ge=1, le=1000, description="The most stories in one edition; see overflow for the rest."
    )
    overflow: Overflow = Field(
        "list",
        description="Stories beyond these: list (counted, with all titles in the full list), next"
        " (wait for at most three editions), or drop.",
    )
    repeat_after: Duration = Field(
        timedelta(days=14),
        description="How long a link that an edition had is no story again, but a line; 0: never.",
    )
    sections: Literal["feed", "tag"] = Field(
        "feed", description="A section for each feed, or for the first tag of each feed."
    )
    top_stories: int = Field(
        3,
        ge=0,
        le=10,
        description="The most stories above the sections, in editions of eight or more; those on"
        " one subject count as one.",
    )
    fold: int = Field(
        10, ge=0, description="How many stories are shown with their text; the rest are titles."
    )
    when_empty: Literal["skip", "send"] = Field(
        "skip", description="Whether an edition without stories is sent."
    )
    catch_up: CatchUp = Field(
        "auto",
        description="For editions missed while down: send each, merge them into one, or skip them;"
        " auto: send up to two, merge more.",
    )
    content: Content = Field(
        "excerpt", description="What is shown of an entry: an excerpt, full, or none of its text."
    )
    images: Images = Field(
        "none",
        description="Pictures of stories: none, remote (loaded when read), or embedded in emails.",
    )
    theme: Theme = Field(
        "classic", description="classic, compact (titles and a line), or magazine (pictures)."
    )
    look: LookSettings = Field(
        LookSettings(), description="Colour, logo, font and width; see below."
    )
    template: RelativePath | None = Field(
        None, description="A folder whose files replace those of the theme with the same name."
    )
    send_to: Names = Field(description="The channels it goes to.")

    other_names: ClassVar[dict[str, str]] = {"cron": "schedule"}

    @model_validator(mode="before")
    @classmethod
    def _by_own_names(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        for other, name in cls.other_names.items():
            if other in data and name in data:
                raise ValueError(f"give {name} or {other}, not both")
        return {cls.other_names.get(key, key): value for key, value in data.items()}

    @field_validator("feeds", "send_to")
    @classmethod
    def _named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(canonical_name(name) for name in names))

    @field_validator("template")
    @classmethod
    def _folder_exists(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError(f"there is no folder {folder}")
        return folder
