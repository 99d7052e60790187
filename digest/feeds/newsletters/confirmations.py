"""Messages that ask whether somebody did subscribe: a person has to see them, and to click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.feeds.newsletters.phrases import CONFIRMATION, CONFIRMING_PATH, LEAVING

if TYPE_CHECKING:
    from digest.feeds.newsletters.content import Content

# More is a newsletter.
_MOST_WORDS = 250
_MOST_LINKS = 15
_LONGEST_LINK_TEXT = 80


def confirming_link(subject: str, content: Content) -> str:
    """The link that confirms, as it stands there; nothing where the message asks for no such click.

    Its subject or its link says so; where only the subject does, the address has to.
    """
    if content.words > _MOST_WORDS or len(content.links) > _MOST_LINKS:
        return ""
    asks = bool(CONFIRMATION.search(subject))
    for address, words in content.links:
        if LEAVING.search(words) or len(words) > _LONGEST_LINK_TEXT:
            continue
        if CONFIRMATION.search(words) or (asks and CONFIRMING_PATH.search(f"{words} {address}")):
            return address
    # Behind an address that tells nothing: the only one there is.
    return content.links[0][0] if asks and len({*content.links}) == 1 else ""
