"""What an entry says, as a model is given it and as its answer is held against it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.own_text import own_beginning
from digest.rendering.plain import read_text
from digest.rendering.sentences import sentences
from digest.summaries import lead
from digest.summaries.receipt import Article
from digest.summaries.visible import visible_text

if TYPE_CHECKING:
    from digest.model import Entry
    from digest.rendering.shared_edges import SharedEdges

# Characters that a model is given of an entry, and against which its answer is held.
_GIVEN, _HELD_AGAINST = 3_000, 60_000
# What is no longer than an excerpt needs no summary.
_SHORT, _FEW_SENTENCES = 300, 2


class EntryText(Struct, frozen=True):
    """What an entry says: its lead, the text that a model is given, and all of it.

    `key` is that of its summary: it differs where the text does.
    """

    key: str
    lead: str
    given: str
    article: Article

    @property
    def is_short(self) -> bool:
        """Whether there is nothing to make shorter."""
        return len(self.given) <= _SHORT or len(sentences(self.given)) <= _FEW_SENTENCES


def entry_text(entry: Entry, html: str, edges: SharedEdges, prompt: int) -> EntryText:
    """The text of an entry with this clean HTML, for the prompt of a version."""
    own = own_beginning(html, entry, edges, lead.READ) if html else entry.excerpt
    whole = read_text(html[:_HELD_AGAINST])[0] if html else entry.excerpt
    given = visible_text(own[:_GIVEN])
    return EntryText(
        summary_key(prompt, entry.title, given),
        lead.lead(own, entry.title),
        given,
        Article(entry.title, visible_text(whole), (entry.feed_title, entry.author)),
    )


def summary_key(*parts: object) -> str:
    """What an answer is kept by: the same for what was asked in the same words."""
    return sha256(repr(parts).encode("utf-8", "replace")).hexdigest()
