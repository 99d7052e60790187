"""What is decided of an edition, from what was read for it; runs in a worker process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.editions.compose import compose
from digest.editions.filter import judge
from digest.editions.rules import Subject
from digest.editions.select import select
from digest.editions.similarity.budget import Budget
from digest.jobs.draft_material import Draft, Filed, Material
from digest.rendering.plain import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.editions.filter import Judged, Rules
    from digest.model import Entry

# Characters of whole contents in an edition: more is more than anybody reads, or is sent. Each tag
# and each character by name takes as long as so many, and some have nothing else.
_MOST_CONTENT = 1_000_000
_MARKUP = 16


def judge_entries(entries: Iterable[Entry], rules: Rules, filed: Mapping[str, Filed]) -> Judged:
    """What rules decide about entries, which have their content where a rule asks for it."""

    def subject_of(entry: Entry) -> Subject:
        feed = filed.get(entry.feed_url, Filed())
        return Subject(entry, feed.names, feed.tags, lambda html: read_text(html)[0])

    return judge(entries, rules, subject_of)


def decide(material: Material, judged: Judged | None = None) -> Draft:
    """The edition, without whole contents; `judged` is what rules decide where that is known."""
    if judged is None:
        judged = judge_entries(material.pending, material.rules, material.filed)
    budget = Budget(material.terms)
    standing = replace(material.standing, watched=judged.watched)
    feeds = tuple(material.frame.names)
    selection = select(judged.kept, material.room, standing, feeds, budget)
    edition = compose(replace(material.frame, watched=judged.watched), selection, budget)
    left_out = {**judged.left_out, **selection.left_out}
    return Draft(
        edition,
        material.pending,
        replace(judged, left_out=left_out),
        selection.counted_entries,
        budget.is_short,
    )


def is_too_much(contents: Iterable[str]) -> bool:
    """Whether these are more than an edition shows whole."""
    return sum(map(_size, contents)) > _MOST_CONTENT


def with_contents(draft: Draft, contents: Mapping[int, str]) -> Draft:
    """The draft with the whole content of its stories, by the number of the entry that leads.

    Where that is too much, those that are shown last keep their excerpts.
    """
    room = _MOST_CONTENT
    sections = []
    for section in draft.edition.sections:
        stories = []
        for story in section.stories:
            html = contents.get(story.entries[0], "")
            room -= _size(html)
            stories.append(replace(story, html=html) if room >= 0 else story)
        sections.append(replace(section, stories=tuple(stories)))
    return replace(draft, edition=replace(draft.edition, sections=tuple(sections)))


def _size(html: str) -> int:
    return len(html) + _MARKUP * (html.count("<") + html.count("&"))
