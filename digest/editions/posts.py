"""Posts: entries without a title of their own, and those that are little but a picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model import Entry

# Words under a picture that say no more than where and when ("Seen on Sunday, by the weir").
_FEW_WORDS = 20
_CUT_OFF = ("…", "...")
_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’»)\]]*$")


def is_untitled(title: str, text: str) -> bool:
    """Whether a title is only how the text begins: all of it, whole sentences, or cut short."""
    # "SQLite" is the title of a text that begins "SQLite is a library".
    if title.endswith(_CUT_OFF):
        return text.startswith(title.rstrip("….").rstrip())
    is_beginning = bool(title) and text.startswith(title)
    return is_beginning and (text == title or _SENTENCE_END.search(title) is not None)


def is_pictorial(entry: Entry) -> bool:
    """Whether an entry is little but its picture: a comic, or a photo with a line to it."""
    if not entry.image or entry.seconds or not entry.excerpt:
        return False
    # What an entry without a word is shown with stands at its picture.
    is_photo = entry.words <= _FEW_WORDS and is_untitled(entry.title, entry.excerpt)
    return entry.words == 0 or is_photo
