"""What is decided of an edition, from what was read for it; runs in a worker process."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.editions.compose import compose
from digest.editions.filter import judge
from digest.editions.rules import Subject
from digest.editions.select import select
from digest.editions.similarity.budget import Budget
from digest.editions.versions import with_projects
from digest.jobs.draft_material import Draft, Filed, Material
from digest.rendering.plain import read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from digest.editions.filter import Judged, Rules
    from digest.model import Content, Entry, Sample, Story
    from digest.rendering.shared_edges import SharedEdges

# Characters of whole contents in an edition: more is more than anybody reads, or is sent. Each tag
# and each character by name takes as long as so many, and some have nothing else.
_MOST_CONTENT = 1_000_000
_MARKUP = 16


def judge_entries(
    entries: Iterable[Entry],
    rules: Rules,
    filed: Mapping[str, Filed],
    topics: Mapping[int, Collection[str]] = MappingProxyType({}),
) -> Judged:
    """What rules decide about entries, which have their content where a rule asks for it.

    `topics` are those that a model found entries to be about, by their numbers.
    """

    def subject_of(entry: Entry) -> Subject:
        feed = filed.get(entry.feed_url, Filed())
        read, about = lambda html: read_text(html)[0], topics.get(entry.id, ())
        return Subject(entry, feed.names, feed.tags, read, about)

    return judge(entries, rules, subject_of)


def decide(material: Material, judged: Judged | None = None) -> Draft:
    """The edition, without whole contents; `judged` is what rules decide where that is known."""
    if judged is None:
        entries = material.reached.entries
        judged = judge_entries(entries, material.rules, material.filed, material.topics)
    budget = Budget(material.terms)
    standing = replace(material.standing, watched=judged.watched)
    feeds = tuple(material.frame.names)
    kept = with_projects(judged.kept)
    selection = select(kept, material.room, standing, feeds, budget)
    edition = compose(replace(material.frame, watched=judged.watched), selection, budget)
    reached = material.reached
    left_out = {**reached.left_out, **judged.left_out, **selection.left_out}
    return Draft(
        edition,
        [*reached.entries, *reached.short],
        replace(judged, left_out=left_out),
        reached.waiting,
        selection.counted_entries,
        selection.leanings,
        budget.is_short,
        selection.counted_among(judged.watched),
    )


def is_too_much(contents: Iterable[str]) -> bool:
    """Whether these are more than an edition shows whole."""
    return sum(map(_size, contents)) > _MOST_CONTENT


def edges_of_feeds(samples: Mapping[str, Sequence[Sample]]) -> dict[str, SharedEdges]:
    """What the entries of each feed share, by its address; from what those of now are like."""
    from digest.rendering.shared_edges import shared_edges

    edges = {
        url: shared_edges([s.beginning for s in some], [s.end for s in some])
        for url, some in samples.items()
    }
    return {url: shared for url, shared in edges.items() if shared}


def leads_of(draft: Draft) -> dict[int, Entry]:
    """The entries that lead the stories of a draft, by number."""
    leads = {story.entries[0] for story in draft.edition.stories if story.entries}
    return {entry.id: entry for entry in draft.pending if entry.id in leads}


def wanted_contents(draft: Draft, edges: Mapping[str, SharedEdges], content: Content) -> list[int]:
    """The entries whose content is asked for, to show it or to make another excerpt of it."""
    from digest.rendering.own_text import is_touched

    return [
        number
        for number, entry in leads_of(draft).items()
        if content == "full"
        or (entry.feed_url in edges and is_touched(entry.excerpt, edges[entry.feed_url]))
    ]


def with_contents(
    draft: Draft, contents: Mapping[int, str], edges: Mapping[str, SharedEdges], content: Content
) -> Draft:
    """The draft with what the entries that lead its stories say themselves, from their contents.

    Excerpts do without what is shared in their feed, and so does the whole content, where that is
    to be shown. Where it is too much, those that are shown last keep their excerpts.
    """
    from digest.rendering.own_text import is_touched, own_excerpt, own_html
    from digest.rendering.shared_edges import NOTHING_SHARED

    room = _MOST_CONTENT
    leads = leads_of(draft)

    def with_content(story: Story) -> Story:
        nonlocal room
        lead = leads.get(next(iter(story.entries), 0))
        if lead is None:
            return story
        html = contents.get(lead.id, "")
        room -= _size(html)
        shared = edges.get(lead.feed_url, NOTHING_SHARED)
        if html and is_touched(lead.excerpt, shared):
            story = replace(story, excerpt=own_excerpt(html, lead, shared))
        is_whole = content == "full" and room >= 0
        return replace(story, html=own_html(html, shared)) if is_whole else story

    sections = tuple(
        replace(section, stories=tuple(map(with_content, section.stories)))
        for section in draft.edition.sections
    )
    return replace(draft, edition=replace(draft.edition, sections=sections))


def _size(html: str) -> int:
    return len(html) + _MARKUP * (html.count("<") + html.count("&"))
