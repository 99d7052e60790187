"""A selection to an edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from digest.editions.authors import byline, writer
from digest.editions.feed_names import feed_names
from digest.editions.headlines import headline, without_agency
from digest.editions.order import Heading, Layout, Place, order
from digest.editions.posts import is_pictorial, is_untitled
from digest.editions.subject_line import subject_line
from digest.language import ENGLISH, language_of
from digest.model import (
    AlsoIn,
    Content,
    Edition,
    Failing,
    Held,
    Listed,
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
# What has fewer words is the text of a note, or only tells of one: neither is worth a time.
_TEXT = 200
# Of the titles and links in the full list together: some 5,000 of them as people write them.
_MOST_LISTED = 500_000


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
    `ranks` is the place of a story among all by its claim, by the id of the entry that leads it.
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
    ranks: Mapping[int, int] = field(default_factory=dict)


def compose(frame: Frame, selection: Selection, budget: Budget | None = None) -> Edition:
    """Compose top stories and sections, and a subject that names the story that leads.

    What the budget has no room for stands under no subject with others.
    """
    ranks = {story.lead.id: rank for rank, story in enumerate(selection.stories)}
    frame = replace(frame, names=_shown_names(frame, selection), ranks=ranks)
    counted = _counted(frame, selection)
    *_, also = fixed_headings(frame.language)
    # In a digest of one feed all is of its one section, what is watched first.
    top = frame.top if _has_headings(frame) else 0
    layout = Layout(_headings(frame, selection), top, frame.fold, Heading(also))
    ordered = order(selection.stories, layout, frame.watched, budget)
    sections = tuple(_sections(frame, counted, ordered))
    return Edition(
        digest=frame.digest,
        title=frame.title,
        subject=subject_line(
            frame.title,
            frame.language,
            headline(ordered.lead.lead.title) if ordered.lead else None,
            len(selection.stories) - 1,
        ),
        period_from=_start(frame, selection),
        period_to=frame.period_to,
        composed_at=frame.composed_at,
        timezone=frame.timezone,
        sections=sections,
        held_back=len(selection.waiting),
        held=frame.health.held,
        failing=frame.health.failing,
        quiet=frame.health.quiet,
        language=frame.language,
        next_at=frame.next_at,
    )


def _shown_names(frame: Frame, selection: Selection) -> dict[str, str]:
    entries = (entry for story in _taken(selection) for entry in story.everything)
    titles = {**frame.titles, **{entry.feed_url: entry.feed_title for entry in entries}}
    tags = (frame.tags or {}).values()
    return feed_names(frame.names, titles, taken_names(frame.language, frame.title, tags))


def taken_names(language: str, title: str, tags: Iterable[str]) -> set[str]:
    """What no feed is called by its own word: the digest's title, and what sections are called."""
    return {title, *fixed_headings(language), *tags}


def fixed_headings(language: str) -> tuple[str, ...]:
    """What sections are called that are of no feed."""
    of = language_of(language)
    return of.translate("Top stories"), of.translate("More"), of.translate("Also")


def _has_headings(frame: Frame) -> bool:
    """Whether it says which feed a section is of: a digest of one feed says so by itself."""
    return len(frame.names) > 1


def _headings(frame: Frame, selection: Selection) -> dict[str, Heading]:
    leads = {story.lead.feed_url: story.lead for story in selection.stories}
    ordered = [leads[url] for url in frame.names if url in leads]
    if frame.tags is None or not _has_headings(frame):
        return {
            lead.feed_url: Heading(_feed_name(frame, lead), lead.feed_home, lead.feed_url)
            for lead in ordered
        }
    tagged = [lead for lead in ordered if lead.feed_url in frame.tags]
    tagged += [lead for lead in ordered if lead.feed_url not in frame.tags]
    _, untagged, _ = fixed_headings(frame.language)
    return {lead.feed_url: Heading(frame.tags.get(lead.feed_url, untagged)) for lead in tagged}


def _taken(selection: Selection) -> Iterable[Cluster]:
    return chain(selection.stories, selection.counted)


def _counted(frame: Frame, selection: Selection) -> dict[str, More]:
    """What is counted of each feed, by address, with titles for as long as there is room."""
    counted: dict[str, list[Cluster]] = defaultdict(list)
    titles: dict[str, list[Listed]] = defaultdict(list)
    room = _MOST_LISTED
    for story in selection.counted:
        lead = story.lead
        counted[lead.feed_url].append(story)
        room -= len(lead.title) + len(lead.link)
        if room >= 0:
            is_watched = not story.ids.isdisjoint(frame.watched)
            titles[lead.feed_url].append(Listed(lead.title, lead.link, is_watched))
    stories = Counter({url: len(stories) for url, stories in counted.items()})
    stories.update({url: len(numbers) for url, numbers in selection.unread.items()})
    homes = {url: stories[0].lead.feed_home for url, stories in counted.items()}
    return {
        url: More(frame.names[url] or "", homes.get(url, ""), number, tuple(titles[url]))
        for url, number in stories.items()
    }


def _sections(frame: Frame, counted: Mapping[str, More], ordered: Order) -> Iterable[Section]:
    rest = dict(counted)
    sections = []
    if ordered.top:
        title, *_ = fixed_headings(frame.language)
        sections.append(Section(title, _stories(frame, ordered.top), top=True))
    for heading, places in ordered.sections.items():
        urls = dict.fromkeys(place.story.lead.feed_url for place in places)
        more = tuple(rest.pop(url) for url in urls if url in rest)
        headed = _has_headings(frame)
        sections.append(
            Section(heading.title, _stories(frame, places), heading.url, more, headed=headed)
        )
    if sections:
        # Feeds without a section are counted in the last.
        last = sections[-1]
        sections[-1] = replace(last, more=(*last.more, *rest.values()))
    return sections


def _stories(frame: Frame, places: Sequence[Place]) -> tuple[Story, ...]:
    return tuple(_story(frame, place) for place in places)


def _start(frame: Frame, selection: Selection) -> datetime:
    if frame.period_from:
        return min(frame.period_from, frame.period_to)
    entries = (entry for story in _taken(selection) for entry in story.everything)
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
        author=byline(writer(lead), language_of(frame.language)),
        published=lead.published,
        excerpt=_excerpt(frame, lead),
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
        had=cluster.had,
        recording=bool(lead.seconds),
        video=lead.video,
        untitled=frame.content != "none" and is_untitled(lead.title, lead.excerpt),
        pictorial=is_pictorial(lead),
        rank=frame.ranks.get(lead.id, 0),
    )


def _related(frame: Frame, cluster: Cluster) -> Iterable[Related]:
    """What is shown with a story by its title; without its link where that stands there."""
    for entry in cluster.related:
        # The title of a post is how its text begins.
        is_said = is_untitled(entry.title, entry.excerpt)
        feed, excerpt = _feed_name(frame, entry), "" if is_said else _excerpt(frame, entry)
        yield Related(headline(entry.title), entry.link, feed, entry.published, excerpt)
    titles = {entry.title for entry in cluster.entries + cluster.related}
    for copy in {copy.title: copy for copy in cluster.copies}.values():
        if copy.title not in titles:
            yield Related(headline(copy.title), "", _feed_name(frame, copy), copy.published)


def _excerpt(frame: Frame, entry: Entry) -> str:
    return "" if frame.content == "none" else without_agency(entry.excerpt, entry.feed_title)


def _reading_minutes(entry: Entry) -> int:
    """How long a recording is, or its text takes to read; 0 where its feed has no such text."""
    if entry.seconds:
        return max(1, round(entry.seconds / 60))
    return round(entry.words / _WORDS_A_MINUTE) if entry.words >= _TEXT else 0


def _image(frame: Frame, entry: Entry) -> str:
    """Where an entry has its picture; what is inside is for the feed that is there alone."""
    host = urlsplit(entry.image).hostname
    is_theirs = host in frame.inside and host != urlsplit(entry.feed_url).hostname
    return "" if is_theirs else entry.image


def _feed_name(frame: Frame, entry: Entry) -> str:
    return frame.names[entry.feed_url] or ""
