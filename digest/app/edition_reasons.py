"""Tells what an edition would do with each pending entry, and which rule decided it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from digest.editions.channel_view import edition_for
from digest.editions.feed_names import feed_names
from digest.editions.similarity.copies import older_copies
from digest.language import counted
from digest.model import NO_LEANING, ShownAs, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config.forms import ChannelForm
    from digest.jobs.draft_material import Draft
    from digest.model import NotGiven


class NotGivenTo(Struct, frozen=True):
    """A channel that an entry does not go to as a story, and why."""

    channel: str
    reason: str
    counted: bool
    """Whether it is counted there, or not even that."""

    @property
    def line(self) -> str:
        """All of it, for a person."""
        return self._line()

    def _line(self, what: str = "") -> str:
        how = "only counted in" if self.counted else "not given to"
        return f"{what}{how} {self.channel}: {self.reason}"


class EntriesNotGiven(NotGivenTo, frozen=True):
    """How many entries of an edition do not go to a channel as stories, for one reason."""

    entries: int

    @property
    def line(self) -> str:
        """All of it, for a person."""
        return self._line(f"{counted(self.entries, 'entry', 'entries')} ")


class EntryFate(Struct, frozen=True):
    """What becomes of a pending entry."""

    title: str
    url: str
    feed: str
    fate: Literal["taken", "waiting", "left out"]
    section: str
    """The section that has it; empty where it is not taken."""
    story: str
    """The title of the story that it is part of; empty where it is not taken."""
    rule: str
    """The rule that left it out, or empty."""
    watched: tuple[str, ...]
    """The rules that raise it."""
    copy_of: str = ""
    """The title of the newer entry of its feed that has its link, and is shown; or empty."""
    shown_as: ShownAs | None = None
    """A story, a line or only counted, where it is taken."""
    had: datetime | None = None
    """When an earlier edition of the digest had its link, which makes a line of it."""
    more: int = 0
    """How many readers wanted more like its story."""
    less: int = 0
    """How many readers wanted less from its feed."""
    waits: str = ""
    """Why it waits, where that is not for room; or empty."""
    not_given: tuple[NotGivenTo, ...] = ()
    """The channels that do not show it."""
    summary: Summary | None = None
    """How the text of its story came about, where the digest asks for summaries."""

    @property
    def line(self) -> str:
        """All of it, for a person."""
        story = f", with {self.story}" if self.story != self.title else ""
        if self.copy_of:
            story = f", as {self.copy_of}, which is newer and has the same link"
        because = {
            "taken": self._place(story),
            "waiting": self.waits or "no room, next edition",
            "left out": self.rule,
        }
        watched = f"; watched: {', '.join(self.watched)}" if self.watched else ""
        notes = "".join(f"; {line}" for line in (*self.said, *(to.line for to in self.not_given)))
        return f"{self.fate}: {self.title} ({self.feed}), {because[self.fate]}{watched}{notes}"

    @property
    def said(self) -> list[str]:
        """What readers said, for a person."""
        return feedback_lines(self.more, self.less)

    def _place(self, story: str) -> str:
        if self.shown_as == "counted":
            return "counted"
        line = ", as a line" if self.shown_as == "line" else ""
        had = f", since the edition of {self.had:%Y-%m-%d} had its link" if self.had else ""
        summary = f", {self.summary.line}" if self.summary else ""
        return f"in {self.section}{story}{line}{had}{summary}"


def feedback_lines(more: int, less: int) -> list[str]:
    """What readers said, by how many of them there are."""
    counted = (more, "more like this"), (less, "less from this feed")
    return [
        f"{number} {'reader' if number == 1 else 'readers'} wanted {wish}"
        for number, wish in counted
        if number
    ]


def copies_in(draft: Draft) -> dict[int, str]:
    """The entries that stand behind a newer one of their feed with the same link; by id, its title.

    Both are in one story.
    """
    pending = {entry.id: entry for entry in draft.pending}
    found: dict[int, str] = {}
    for story in draft.edition.stories:
        entries = [pending[number] for number in story.entries if number in pending]
        for newest, older in older_copies(entries).items():
            found.update((copy.id, pending[newest].title) for copy in older)
    return found


def entries_not_given(parts: Iterable[NotGiven]) -> tuple[EntriesNotGiven, ...]:
    """How many entries of an edition its channels are not given, by channel and reason."""
    return tuple(
        EntriesNotGiven(part.channel, part.reason, part.counted, len(part.entries))
        for part in parts
    )


def not_given_to(parts: Iterable[NotGiven], entry: int) -> tuple[NotGivenTo, ...]:
    """The channels that do not show an entry, of those that are not given all of an edition."""
    return tuple(
        NotGivenTo(part.channel, part.reason, part.counted)
        for part in parts
        if entry in part.entries
    )


def not_given_of(draft: Draft, forms: Mapping[str, ChannelForm]) -> list[NotGiven]:
    """What channels would not be given of a draft."""
    views = (edition_for(draft.edition, form, draft.counts) for form in forms.values())
    return [part for view in views for part in view.not_given]


def explain_draft(
    draft: Draft, names: Mapping[str, str | None], forms: Mapping[str, ChannelForm]
) -> list[EntryFate]:
    """Why each entry is where it is: those taken as they are read, then the newest first.

    `names` is what the configuration calls feeds, by address; `forms` is what the digest's channels
    are given.
    """
    places = {
        number: (section.title, story)
        for section in draft.edition.sections
        for story in section.stories
        for number in story.entries
    }
    order = {number: place for place, number in enumerate(places)}
    entries = sorted(draft.pending, key=lambda entry: (entry.dated, entry.id), reverse=True)
    left_out = draft.judged.left_out
    copies, shown_as = copies_in(draft), draft.shown_as
    not_given = not_given_of(draft, forms)
    entries.sort(
        key=lambda entry: (
            order.get(entry.id, len(order)),
            entry.id in left_out,
            entry.id not in shown_as,
        )
    )
    titles = {entry.feed_url: entry.feed_title for entry in draft.pending}
    shown = feed_names(names, titles)
    found = []
    for entry in entries:
        section, story = places.get(entry.id, ("", None))
        rule = left_out.get(entry.id, "")
        leaning = draft.leanings.get(entry.id, NO_LEANING)
        found.append(
            EntryFate(
                title=entry.title,
                url=entry.link,
                feed=shown[entry.feed_url],
                fate="left out" if rule else "taken" if entry.id in shown_as else "waiting",
                section=section,
                story=story.title if story else "",
                rule=rule,
                watched=draft.judged.watched.get(entry.id, ()),
                copy_of=copies.get(entry.id, ""),
                shown_as=shown_as.get(entry.id),
                had=story.had if story else None,
                more=leaning.more,
                less=leaning.less,
                waits=draft.waiting.get(entry.id, ""),
                not_given=not_given_to(not_given, entry.id),
                summary=story.summary if story else None,
            )
        )
    return found
