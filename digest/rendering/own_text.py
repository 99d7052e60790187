"""What an entry says itself: its content and excerpt without what is around each of its feed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.editions.headlines import without_agency
from digest.rendering.content_pictures import without_small_captions
from digest.rendering.entry_text import EXCERPT_CHARACTERS
from digest.rendering.excerpts import excerpt, telling
from digest.rendering.paragraphs import with_first_text, without_edges
from digest.rendering.plain import read_text

if TYPE_CHECKING:
    from digest.model import Entry
    from digest.rendering.shared_edges import SharedEdges

# More than any excerpt is made of, and how much HTML that is at the most.
_ENOUGH, _MOST_READ = 300, 8_000
# So much of a paragraph tells it in an excerpt, which may end inside it.
_TELLS = 40


def own_html(html: str, edges: SharedEdges) -> str:
    """Clean HTML without known and shared boilerplate at its beginning and its end.

    Where nothing but what is shared would go, it stays as it is.
    """
    from digest.rendering.boilerplate import is_boilerplate

    own = without_edges(
        html,
        lambda text: text in edges.first or is_boilerplate(text),
        lambda text: text in edges.last or is_boilerplate(text),
    )
    if own is None:
        return (without_edges(html, is_boilerplate, is_boilerplate) or "") if edges else ""
    return with_first_text(own, edges.without_prefix) if edges.prefix else own


def own_excerpt(html: str, entry: Entry, edges: SharedEdges) -> str:
    """The excerpt of an entry with this clean HTML, without what entries of its feed share."""
    text = own_beginning(html, entry, edges)
    return excerpt(text, max(EXCERPT_CHARACTERS, len(entry.excerpt)))


def own_beginning(html: str, entry: Entry, edges: SharedEdges, enough: int = _ENOUGH) -> str:
    """How the prose of an entry begins, on one line, without what entries of its feed share.

    So many characters, and the rest of a paragraph.
    """
    shared = edges.first | edges.last
    most = _MOST_READ * enough // _ENOUGH
    beginning = html[: html.rfind("<", 0, most)] if len(html) > most else html
    _, prose = read_text(without_small_captions(beginning))
    own = (text for text in prose if text.rstrip(" ;·:") not in shared and text not in shared)
    # A title that was made of the text is no reason to leave out its beginning.
    is_post = entry.excerpt.startswith(entry.title.removesuffix("…"))
    text = telling(map(edges.without_prefix, own), "" if is_post else entry.title, enough)
    return without_agency(text, entry.feed_title)


def is_touched(text: str, edges: SharedEdges) -> bool:
    """Whether an excerpt has something that entries of its feed share."""
    if edges.prefix and text.startswith(edges.prefix):
        return True
    return any(shared[:_TELLS] in text for shared in edges.first | edges.last)
