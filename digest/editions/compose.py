"""A selection to an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from digest.editions.feed_names import feed_names
from digest.editions.headlines import byline, cut_at_word, headline
from digest.editions.order import Heading, Layout, Place, order
from digest.editions.posts import is_pictorial, is_untitled
from digest.language import ENGLISH, language_of
from digest.model import (
    AlsoIn,
    Content,
    Edition,
    Failing,
    Held,
    More,
    Quiet,
    Related,
    Section,
    Story,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.editions.order import Order
    from digest.editions.select import Selection
    from digest.editions.similarity.budget import Budget
    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry

_WORDS_A_MINUTE = 230
_LONGEST_LEAD = 90


class Health(Struct, frozen=True):
    """What readers are told of feeds: floods held, those that fail, those that fell quiet."""

    held: tuple[Held, ...] = ()
    failing: tuple[Failing, ...] = ()
    quiet: tuple[Quiet, ...] = ()


class Frame(Struct, frozen=True):
    """What an edition is, apart from its stories.

    `period_from` is None for a first edition, which reaches as far back as its entries; where a
    clock was set back it may lie after the end, and the period is empty.
    `names` is what the configuration calls each feed, by address, in the order sections take, and
    `titles` what feeds call themselves; with `tags`, the sections are those instead, by address
    too. `marking` are the addresses of those whose edited entries are marked. `watched` are the
    rules that raise an entry, by its id. `top` is the most stories above the sections, `fold` how
    many are shown with their text. `inside` are the hosts of feeds that may be on this network.
    """

    digest: str
    title: str
    timezone: str
    period_from: datetime | None
    period_to: datetime
    composed_at: datetime
    names: Mapping[str, str | None]
    titles: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    marking: frozenset[str] = frozenset()
    inside: frozenset[str | None] = frozenset()
    watched: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    top: int = 0
    fold: int = 1_000
    content: Content = "excerpt"
    language: str = ENGLISH
    next_at: datetime | None = None
    health: Health = Health()


def compose(frame: Frame, selection: Selection, budget: Budget | None = None) -> Edition:
    """Compose top stories and sections, and a subject that names the story that leads.

    What the budget has no room for stands under no subject with others.
    """
    frame = replace(frame, names=_shown_names(frame, selection))
    layout = Layout(_headings(frame, selection), frame.top, frame.fold)
    ordered = order(selection.stories, layout, frame.watched, budget)
    sections = tuple(_sections(frame, selection, ordered))
    return Edition(
        digest=frame.digest,
        title=frame.title,
        subject=_subject(frame, selection, ordered.lead),
        period_from=_start(frame, selection),
        period_to=frame.period_to,
        composed_at=frame.composed_at,
        timezone=frame.timezone,
        sections=sections,
        held_back=selection.held_back,
        held=frame.health.held,
        failing=frame.health.failing,
        quiet=frame.health.quiet,
        language=frame.language,
        next_at=frame.next_at,
        lead=_index(sections, ordered.lead),
    )


def _shown_names(frame: Frame, selection: Selection) -> dict[str, str]:
    entries = (entry for story in selection.stories for entry in story.everything)
    titles = {**frame.titles, **{entry.feed_url: entry.feed_title for entry in entries}}
    tags = (frame.tags or {}).values()
    return feed_names(frame.names, titles, taken_names(frame.language, frame.title, tags))


def taken_names(language: str, title: str, tags: Iterable[str]) -> set[str]:
    """What no feed is called by its own word: the digest's title, and what sections are called."""
    return {title, *fixed_headings(language), *tags}


def fixed_headings(language: str) -> tuple[str, ...]:
    """What sections are called that are of no feed."""
    of = language_of(language)
    return of.translate("Top stories"), of.translate("More")


def _index(sections: Sequence[Section], lead: Cluster | None) -> int:
    stories = [story for section in sections for story in section.stories]
    return next((n for n, story in enumerate(stories) if lead and lead.lead.id in story.entries), 0)


def _headings(frame: Frame, selection: Selection) -> dict[str, Heading]:
    leads = {story.lead.feed_url: story.lead for story in selection.stories}
    ordered = [leads[url] for url in frame.names if url in leads]
    if frame.tags is None:
        return {
            lead.feed_url: Heading(_feed_name(frame, lead), lead.feed_home, lead.feed_url)
            for lead in ordered
        }
    tagged = [lead for lead in ordered if lead.feed_url in frame.tags]
    tagged += [lead for lead in ordered if lead.feed_url not in frame.tags]
    _, untagged = fixed_headings(frame.language)
    return {lead.feed_url: Heading(frame.tags.get(lead.feed_url, untagged)) for lead in tagged}


def _sections(frame: Frame, selection: Selection, ordered: Order) -> Iterable[Section]:
    if ordered.top:
        title, _ = fixed_headings(frame.language)
        yield Section(title, _stories(frame, ordered.top), top=True)
    for heading, places in ordered.sections.items():
        leads = {place.story.lead.feed_url: place.story.lead for place in places}
        more = tuple(
            More(_feed_name(frame, lead), lead.feed_home, selection.waiting[url])
            for url, lead in leads.items()
            if url in selection.waiting
        )
        yield Section(heading.title, _stories(frame, places), heading.url, more)


def _stories(frame: Frame, places: Sequence[Place]) -> tuple[Story, ...]:
    return tuple(_story(frame, place) for place in places)


def _start(frame: Frame, selection: Selection) -> datetime:
    if frame.period_from:
        return min(frame.period_from, frame.period_to)
    entries = (entry for story in selection.stories for entry in story.everything)
    return min((frame.period_to, *(entry.dated for entry in entries)))


def _story(frame: Frame, place: Place) -> Story:
    cluster = place.story
    lead = cluster.lead
    # Whichever source leads, one of the others may be where people vote and talk.
    measured = next((entry for entry in cluster.entries if entry.facts or entry.discussion), lead)
    watched = (frame.watched.get(entry.id, ()) for entry in cluster.everything)
    return Story(
        title=headline(lead.title),
        url=lead.link,
        feed=_feed_name(frame, lead),
        author=byline(lead.author, language_of(frame.language)),
        published=lead.published,
        excerpt="" if frame.content == "none" else lead.excerpt,
        reading_minutes=_reading_minutes(lead),
        also_in=tuple(
            AlsoIn(_feed_name(frame, entry), entry.link) for entry in cluster.entries[1:]
        ),
        entries=tuple(entry.id for entry in cluster.everything),
        updated=lead.edited_at is not None and lead.feed_url in frame.marking,
        html=lead.html if frame.content == "full" else "",
        image=_image(frame, lead),
        watched=tuple(dict.fromkeys(rule for rules in watched for rule in rules)),
        related=tuple(_related(frame, cluster)),
        group=cluster.group,
        brief=place.brief,
        facts=measured.facts,
        discussion=measured.discussion,
        untitled=frame.content != "none" and is_untitled(lead.title, lead.excerpt),
        pictorial=is_pictorial(lead),
    )


def _related(frame: Frame, cluster: Cluster) -> Iterable[Related]:
    """What is shown with a story by its title; without its link where that stands there."""
    for entry in cluster.related:
        yield Related(headline(entry.title), entry.link, _feed_name(frame, entry))
    titles = {entry.title for entry in cluster.entries + cluster.related}
    for copy in {copy.title: copy for copy in cluster.copies}.values():
        if copy.title not in titles:
            yield Related(headline(copy.title), "", _feed_name(frame, copy))


def _reading_minutes(entry: Entry) -> int:
    """How long it takes to read, or to hear; 0 where there is only a link."""
    minutes = max(entry.words / _WORDS_A_MINUTE, (entry.seconds or 0) / 60)
    return max(1, round(minutes)) if minutes else 0


def _image(frame: Frame, entry: Entry) -> str:
    """Where an entry has its picture; what is inside is for the feed that is there alone."""
    host = urlsplit(entry.image).hostname
    is_theirs = host in frame.inside and host != urlsplit(entry.feed_url).hostname
    return "" if is_theirs else entry.image


def _feed_name(frame: Frame, entry: Entry) -> str:
    return frame.names[entry.feed_url] or ""


def _subject(frame: Frame, selection: Selection, lead: Cluster | None) -> str:
    """The digest, the story that leads, and how many more: different for each edition."""
    language = language_of(frame.language)
    if lead is None:
        return language.translate("{digest}: nothing new", digest=frame.title)
    title = cut_at_word(headline(lead.lead.title), _LONGEST_LEAD)
    if others := len(selection.stories) - 1:
        title = language.plural(
            others, "{story}, and {number} more", "{story}, and {number} more", story=title
        )
    return language.translate("{digest}: {story}", digest=frame.title, story=title)
