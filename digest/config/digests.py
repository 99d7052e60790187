"""The settings of digests."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from digest.config.base import Model
from digest.config.blocks import AnyBlock
from digest.config.fields import (
    Duration,
    LanguageTag,
    Names,
    RelativePath,
    Rules,
    Title,
    Zone,
)
from digest.config.forms import ChannelForm, ChannelForms
from digest.config.looks import LookSettings, Theme
from digest.config.rules import Rule, Topic
from digest.config.schedule import parse_schedule
from digest.config.sources import canonical_name
from digest.config.summaries import Summary, SummarySettings
from digest.file_errors import mode_of
from digest.language import ENGLISH
from digest.model import CatchUp, Content, Images, Overflow, Schedule

if TYPE_CHECKING:
    from pathlib import Path


def _as_schedule(value: object) -> Schedule:
    if isinstance(value, Schedule):
        return value
    if value is None or isinstance(value, (list, dict)):
        raise ValueError("must be text, like 'every monday at 09:00'")
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
        (),
        description="Rules; entries that one of them matches come first and are marked. One like"
        " `about: security of email` asks a model of `models`.",
    )
    first_edition: Duration | None = Field(
        None,
        description="How old an entry of a new feed may be; 0: none is sent. Undated ones are old."
        " Default: the period of the schedule; the first edition of all may go back further.",
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
    blocks: tuple[AnyBlock, ...] = Field(
        (),
        max_length=6,
        description="What stands on top of each edition, like the weather; see below.",
    )
    content: Content = Field(
        "excerpt", description="What is shown of an entry: an excerpt, full, or none of its text."
    )
    summary: Summary = Field(
        SummarySettings(),
        description="none, lead, model, or a map: what is shown of each story in the place of its"
        " excerpt; see below.",
    )
    overview: bool = Field(
        default=False,
        description="Whether a paragraph on top says what the edition is about.",
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
    feedback: bool = Field(
        default=False,
        description="Whether stories of emails have links to ask for more like this, or less from"
        " this feed; needs `web.public_url`.",
    )
    destinations: ChannelForms = Field(
        alias="send_to", description="The channels it goes to, each a name or a map; see below."
    )

    other_names: ClassVar[dict[str, str]] = {"cron": "schedule"}
    synonyms: ClassVar[dict[str, str]] = {
        "title": "name subject subject_line email_subject label heading headline display_name",
        "schedule": "every interval frequency when at time times period send_at day days crontab"
        " send_time delivery_time cron_expression trigger trigger_times poll_times hour hours"
        " weekday weekdays send_days send_on run_at run_on deliver_at deliver_on",
        "timezone": "tz time_zone zone",
        "language": "lang locale",
        "feeds": "feed sources source urls url tags tag categories category subscriptions inputs"
        " from rss rss_url rss_urls feed_url feed_urls",
        "include": "filter filters keywords keyword match only rules rule query allow allowlist"
        " whitelist must_match",
        "exclude": "ignore block blocklist blacklist mute except not reject deny filter_out"
        " hide blocked_words block_words",
        "watch": "watchlist highlight highlights boost priority important pin",
        "first_edition": "lookback look_back since backfill max_age initial history window",
        "max_entries": "limit max max_items items count max_stories max_articles max_posts size"
        " entries_per_digest entries_per_edition number",
        "overflow": "rest remaining when_full",
        "repeat_after": "dedupe dedup deduplicate deduplication duplicates repeats",
        "sections": "group_by grouping group section",
        "top_stories": "top top_entries",
        "fold": "collapse fold_after",
        "when_empty": "send_empty skip_empty empty if_empty on_empty allow_empty send_if_empty"
        " skip_if_empty",
        "catch_up": "missed on_missed misfire",
        "blocks": "block widgets widget header extras",
        "content": "body text full_text fulltext excerpt description",
        "overview": "intro introduction opening",
        "summary": "summaries summarize summarise summarizer ai llm tldr",
        "images": "image pictures thumbnails show_images",
        "theme": "layout style design skin template_name",
        "look": "color colour colors colours branding appearance css",
        "template": "templates template_dir template_path template_folder",
        "send_to": "channels channel to deliver_to destinations destination recipients outputs"
        " output targets target notify send via email emails"
        " receivers audience subscribers",
    }

    @property
    def send_to(self) -> tuple[str, ...]:
        """The channels it goes to, each once."""
        return tuple(dict.fromkeys(form.channel for form in self.destinations))

    @property
    def forms(self) -> dict[str, ChannelForm]:
        """What its channels are given of an edition, by their names."""
        return {form.channel: form for form in self.destinations}

    @property
    def topics(self) -> tuple[str, ...]:
        """What it watches for in words."""
        return tuple(rule.test.text for rule in self.watch if isinstance(rule.test, Topic))

    @property
    def asks_models(self) -> bool:
        """Whether models are asked for its editions, where there are any."""
        return self.summary.kind == "model" or bool(self.topics)

    @property
    def has_overview(self) -> bool:
        """Whether a paragraph on top says what an edition is about."""
        return self.overview or self.summary.overview

    @property
    def reach(self) -> timedelta:
        """How old an entry of a new feed may be."""
        return self.schedule.period if self.first_edition is None else self.first_edition

    @model_validator(mode="before")
    @classmethod
    def _by_own_names(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        for other, name in cls.other_names.items():
            if other in data and name in data:
                raise ValueError(f"give {name} or {other}, not both")
        return {cls.other_names.get(key, key): value for key, value in data.items()}

    @model_validator(mode="after")
    def _summary_is_shown(self) -> Self:
        if self.summary.kind != "none" and self.content != "excerpt":
            raise ValueError("summary takes the place of excerpts; leave out content")
        return self

    @field_validator("feeds")
    @classmethod
    def _named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(canonical_name(name) for name in names))

    @field_validator("include", "exclude")
    @classmethod
    def _without_topics(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        topics = [rule.text for rule in rules if isinstance(rule.test, Topic)]
        if topics:
            raise ValueError(f"{topics[0]!r}: about: works in watch alone, for it only raises")
        return rules

    @field_validator("template")
    @classmethod
    def _folder_exists(cls, folder: Path | None) -> Path | None:
        try:
            is_folder = folder is None or stat.S_ISDIR(mode_of(folder))
        except OSError as error:
            raise ValueError(f"cannot be the path of a folder: {error.strerror}") from None
        if not is_folder:
            raise ValueError(f"there is no folder {folder}")
        return folder
