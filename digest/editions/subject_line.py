"""The subject of an edition: the digest, the story that leads, and how many more there are."""

from __future__ import annotations

from digest.editions.headlines import cut_at_word
from digest.language import language_of

_LONGEST_LEAD = 90


def subject_line(digest: str, language_tag: str, lead: str | None, others: int) -> str:
    """A subject that differs from edition to edition.

    `digest` is the title of the digest, which is left out where the title `lead` begins with it;
    None where there is no story. `others` are the stories beside it.
    """
    language = language_of(language_tag)
    if lead is None:
        return language.translate("{digest}: nothing new", digest=digest)
    title = cut_at_word(lead, _LONGEST_LEAD)
    is_named = title.casefold().startswith(digest.casefold())
    if others:
        title = language.plural(
            others, "{story}, and {number} more", "{story}, and {number} more", story=title
        )
    if is_named:
        return title
    return language.translate("{digest}: {story}", digest=digest, story=title)
