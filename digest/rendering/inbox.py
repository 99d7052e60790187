"""What an inbox shows of an edition before it is opened: who sends it, its subject, its preheader.

None of them repeats another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.language import language_of
from digest.rendering import phrases
from digest.rendering.footer import next_edition

if TYPE_CHECKING:
    from digest.model import Edition

# Inboxes show so much of it at most, in characters.
_LONGEST_PREHEADER = 140


def subject_from(edition: Edition, sender: str) -> str:
    """The subject, without the title of the digest where the name of who sends it says that."""
    if edition.title.casefold() not in sender.casefold():
        return edition.subject
    language = language_of(edition.language)
    if edition.subject == language.translate("{digest}: nothing new", digest=edition.title):
        return language.translate("Nothing new this time.")
    named = language.translate("{digest}: {story}", digest=edition.title, story="")
    return edition.subject.removeprefix(named)


def preheader(edition: Edition) -> str:
    """The titles that follow the lead; of a single story what it says; or that there is nothing."""
    if not edition.stories:
        return _nothing(edition)
    titles = dict.fromkeys(story.title for story in edition.teasers)
    others = [title for title in titles if title not in edition.subject]
    return " · ".join(others) or _about_lead(edition)


def _about_lead(edition: Edition) -> str:
    """Its excerpt, or what else there is to know of it."""
    section, story = edition.sections[0], edition.stories[0]
    text = story.excerpt.removeprefix(story.title).lstrip(" .:·–—-")
    return phrases.short_line(
        text or " · ".join(phrases.facts(edition, section, story)), _LONGEST_PREHEADER
    )


def _nothing(edition: Edition) -> str:
    sentence = language_of(edition.language).translate("None of the feeds brought anything.")
    return " ".join(filter(None, (sentence, next_edition(edition))))
