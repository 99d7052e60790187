"""What the page says on which readers give feedback on a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.language import language_of
from digest.model import FEEDBACK_COUNTS
from digest.rendering.phrases import inline
from digest.web.public_page import Form, Page

if TYPE_CHECKING:
    from digest.jobs.feedback import Ballot
    from digest.language import Language


def ballot_page(ballot: Ballot, wanted: str) -> Page:
    """What can be said of a story and what that does, or what has been said; `wanted` stands out.

    It is in the language of the edition.
    """
    language, vote = language_of(ballot.edition.language), ballot.vote
    labels = _labels(language)
    forms = tuple(Form(deed, label) for deed, label in labels.items() if deed != vote)
    if vote is not None:
        forms = (Form("withdraw", language.translate("Take it back")), *forms)
    texts = (_about(ballot, language), *_told(ballot, language))
    return Page(language, labels[wanted], texts, forms, "withdraw" if vote else wanted)


def closed_page(language: Language, wanted: str) -> Page:
    """What a link is told that is good for nothing more."""
    message = language.translate(
        "This link has ended: the edition is too old, or it is not sent to you any more."
    )
    return Page(language, _labels(language)[wanted], (message,))


def _labels(language: Language) -> dict[str, str]:
    return {
        "more": language.translate("More like this"),
        "less": language.translate("Less from this feed"),
    }


def _about(ballot: Ballot, language: Language) -> str:
    story = ballot.story
    return " · ".join(inline(text, language.direction) for text in (story.title, story.feed))


def _told(ballot: Ballot, language: Language) -> tuple[str, ...]:
    title, days = inline(ballot.edition.title, language.direction), FEEDBACK_COUNTS.days
    match ballot.vote:
        case "more":
            return (language.translate("You asked for more like this in {title}.", title=title),)
        case "less":
            return (
                language.translate("You asked for less from this feed in {title}.", title=title),
            )
        case None:
            return (
                language.translate(
                    "More like this: what is on this subject, or from this feed, stands higher in"
                    " {title} for {days} days.",
                    title=title,
                    days=days,
                ),
                language.translate(
                    "Less from this feed: what it has stands lower in {title} for {days} days."
                    " Nothing is left out.",
                    title=title,
                    days=days,
                ),
            )
