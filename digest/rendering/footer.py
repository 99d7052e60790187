"""What stands under an edition: what waits or fails, what comes next, and why it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.language import language_of
from digest.rendering.phrases import day, inline, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.language import Language
    from digest.model import Edition, Failing, Held, Quiet

_NAME, _NAMED = 60, 3


def closing(edition: Edition, write_to: str = "") -> list[str]:
    """What is said under an edition: what waits or fails, what comes next, and last why it comes.

    The last is always there; with `write_to`, an address, it says how that ends.
    """
    language = language_of(edition.language)
    why = language.translate(
        "You get this because your address is on the list for {title}.",
        title=inline(edition.title, language.direction),
    )
    if write_to:
        address = inline(write_to, language.direction)
        why += " " + language.translate("To unsubscribe, write to {address}.", address=address)
    return [*filter(None, (notes(edition), next_edition(edition))), why]


def next_edition(edition: Edition) -> str:
    """A sentence about when the next edition is due, or nothing where nobody knows."""
    if not edition.next_at:
        return ""
    language = language_of(edition.language)
    local = edition.next_at.astimezone(ZoneInfo(edition.timezone))
    return language.translate(
        "The next edition is due on {day} at {time}.",
        day=language.day_to_come(local.date()),
        time=language.time_of_day(local.time()),
    )


def notes(edition: Edition) -> str:
    """Sentences about what waits, what is held, what cannot be read and is quiet; or nothing."""
    language = language_of(edition.language)
    sentences = []
    if edition.held_back:
        sentences.append(
            language.plural(
                edition.held_back,
                "{number} more story will come with the next edition.",
                "{number} more stories will come with the next edition.",
            )
        )
    if edition.held:
        feeds = _held(edition.held, language)
        sentences.append(
            language.translate(
                "Held for review, since they came all at once: {feeds}.", feeds=feeds
            )
        )
    if edition.failing:
        feeds = _since(edition.failing, edition, language)
        sentences.append(language.translate("Cannot be read: {feeds}.", feeds=feeds))
    if edition.quiet:
        feeds = _since(edition.quiet, edition, language)
        sentences.append(language.translate("Nothing new for long: {feeds}.", feeds=feeds))
    return " ".join(sentences)


def _held(held: Sequence[Held], language: Language) -> str:
    named = [
        language.plural(
            feed.entries,
            "{number} entry of {feed}",
            "{number} entries of {feed}",
            feed=_name(feed.feed, language),
        )
        for feed in held[:_NAMED]
    ]
    if more := len(held) - len(named):
        named.append(
            language.plural(more, "those of {number} more feed", "those of {number} more feeds")
        )
    return language.list_of(named)


def _since(feeds: Sequence[Failing | Quiet], edition: Edition, language: Language) -> str:
    named = [
        language.translate(
            "{feed} (since {day})",
            feed=_name(feed.feed, language),
            day=day(feed.since, edition.timezone, language),
        )
        for feed in feeds[:_NAMED]
    ]
    if more := len(feeds) - len(named):
        named.append(language.plural(more, "{number} more feed", "{number} more feeds"))
    return language.list_of(named)


def _name(feed: str, language: Language) -> str:
    return inline(short(feed, _NAME), language.direction)
