"""What a channel is given of an edition: all of it, or the part that its settings ask for."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.editions.subject_line import subject_line
from digest.model import Listed, More, NotGiven

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from digest.config.forms import ChannelForm
    from digest.model import Edition, Section, Story

ONLY_WATCHED = "only watched stories go there"
NOTHING_NEW = "the edition shows nothing new that is watched"
_NO_COUNTS: Mapping[int, bool] = MappingProxyType({})


class ChannelView(Struct, frozen=True):
    """An edition as a channel is given it, and which of its entries the channel is not given."""

    edition: Edition
    not_given: tuple[NotGiven, ...] = ()


def edition_for(
    edition: Edition, form: ChannelForm | None, counted: Mapping[int, bool] = _NO_COUNTS
) -> ChannelView:
    """An edition as it is given to the channel of a form; None: all of it.

    `counted` has whether a rule raised each entry that the edition only counts. The order of
    reading stays, and so does what stands on top. Each entry is in a story that is shown, counted
    as in the edition, or not given for one reason.
    """
    view = ChannelView(edition)
    if form and form.only == "watched":
        view = _watched(edition, form.channel, counted)
    if form and form.max_entries is not None and len(view.edition.stories) > form.max_entries:
        best, reason = _best(view.edition, form.max_entries)
        shortened = NotGiven(form.channel, reason, _entries(view.edition, best, kept=False), True)
        counts = _with_others(view.edition, best)
        view = ChannelView(_reduced(view.edition, best, counts), (*view.not_given, shortened))
    return replace(view, not_given=tuple(each for each in view.not_given if each.entries))


def _watched(edition: Edition, channel: str, counted: Mapping[int, bool]) -> ChannelView:
    """What is watched of an edition; nothing, where it shows none of it that is new."""
    kept = {n for n, story in enumerate(edition.stories) if story.is_watched}
    counts = [_watched_of(more) for section in edition.sections for more in section.more]
    others = (
        *_entries(edition, kept, kept=False),
        *(n for n, raised in counted.items() if not raised),
    )
    not_given = [NotGiven(channel, ONLY_WATCHED, others)]
    if all(edition.stories[n].had for n in kept):
        raised = (*_entries(edition, kept), *(n for n, raised in counted.items() if raised))
        not_given.append(NotGiven(channel, NOTHING_NEW, raised))
        kept = set()
    reduced = _reduced(edition, kept, [more for more in counts if more.stories])
    # Nobody knows which of those that wait are watched.
    return ChannelView(replace(reduced, held_back=0), tuple(not_given))


def _watched_of(more: More) -> More:
    listed = tuple(story for story in more.listed if story.watched)
    return replace(more, stories=len(listed), listed=listed)


def _best(edition: Edition, most: int) -> tuple[set[int], str]:
    """The places of the best stories: what stands on top, the lead, then by their claims."""
    on_top = [section.top for section in edition.sections for _ in section.stories]
    stories = edition.stories
    ranked = sorted(
        range(len(stories)), key=lambda n: (not on_top[n], n != edition.lead, stories[n].rank, n)
    )
    best = "the best" if most == 1 else f"the best {most}"
    verb = "is" if most == 1 else "are"
    return set(ranked[:most]), f"{best} of {len(stories)} stories {verb} shown there"


def _entries(edition: Edition, places: Collection[int], *, kept: bool = True) -> tuple[int, ...]:
    """The entries of the stories in these places, or of all others."""
    stories = (story for n, story in enumerate(edition.stories) if (n in places) == kept)
    return tuple(chain.from_iterable(story.entries for story in stories))


def _with_others(edition: Edition, shown: Collection[int]) -> list[More]:
    """What an edition counts, by feed, with its stories that are not shown before it."""
    others: dict[str, list[Story]] = defaultdict(list)
    for n, story in enumerate(edition.stories):
        if n not in shown:
            others[story.feed].append(story)
    homes = {
        story.feed: part.url for part in edition.sections if part.url for story in part.stories
    }
    counted = [more for part in edition.sections for more in part.more]
    known = {more.feed for more in counted}
    new = [More(feed, homes.get(feed, ""), 0) for feed in others if feed not in known]
    # Of feeds that are called the same, as two of one host may be, the first has them.
    return [_joined(more, others.pop(more.feed, ())) for more in (*new, *counted)]


def _joined(more: More, others: Sequence[Story]) -> More:
    ranked = sorted(others, key=lambda story: story.rank)
    titles = tuple(Listed(story.title, story.url, story.is_watched) for story in ranked)
    return replace(more, stories=more.stories + len(titles), listed=(*titles, *more.listed))


def _reduced(edition: Edition, kept: Collection[int], counts: Iterable[More]) -> Edition:
    """The edition with the stories in these places alone, and these counts."""
    stories = [story for n, story in enumerate(edition.stories) if n in kept]
    sections = tuple(_counting(_sections(edition, kept), counts))
    if len(stories) == len(edition.stories):
        return replace(edition, sections=sections)
    lead = sum(n < edition.lead for n in kept) if edition.lead in kept else 0
    title = stories[lead].title if stories else None
    subject = subject_line(edition.title, edition.language, title, len(stories) - 1)
    return replace(edition, sections=sections, lead=lead, subject=subject)


def _sections(edition: Edition, kept: Collection[int]) -> list[Section]:
    """The sections that have stories in these places, with them alone and without counts."""
    sections, first = [], 0
    for section in edition.sections:
        stories = [story for n, story in enumerate(section.stories, first) if n in kept]
        first += len(section.stories)
        if stories:
            sections.append(replace(section, stories=_on_subjects(stories), more=()))
    return sections


def _on_subjects(stories: Sequence[Story]) -> tuple[Story, ...]:
    """The stories, none of which is alone under a subject."""
    on = Counter(story.group for story in stories)
    return tuple(replace(story, group="") if on[story.group] == 1 else story for story in stories)


def _counting(sections: list[Section], counts: Iterable[More]) -> list[Section]:
    """The sections with what is counted of their feeds; the rest is counted in the last."""
    rest: dict[str, list[More]] = defaultdict(list)
    for more in counts:
        rest[more.feed].append(more)
    counting = []
    for section in sections:
        feeds = () if section.top else dict.fromkeys(story.feed for story in section.stories)
        own = chain.from_iterable(rest.pop(feed, ()) for feed in feeds)
        counting.append(replace(section, more=tuple(own)))
    if counting:
        last = counting[-1]
        counting[-1] = replace(last, more=(*last.more, *chain.from_iterable(rest.values())))
    return counting
