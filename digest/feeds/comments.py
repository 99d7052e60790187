"""Telling feeds of comments from those of what is commented on, in the languages of their sites."""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import unquote

_ACCENTS = re.compile("[\u0300-\u036f]")


def _folded(text: str) -> str:
    """Text without case and accents, as `comentario` for `Comentário`."""
    return normalize("NFC", _ACCENTS.sub("", normalize("NFD", text.casefold())))


# Words that WordPress, Blogger and others use, as whole ones where they begin other words too: a
# "commentary" is none. What is written without spaces, or with endings, is looked for anywhere.
_WORDS = re.compile(
    r"(?<![^\W_])(?:"
    + "|".join(
        (
            # English, French, Italian, Spanish, Portuguese, Catalan, Romanian.
            r"com+ent(?:s|aires?|[io]|arios?|aris?|arii|ariilor)?(?![^\W_])",
            # German, Nordic and Slavic languages, Finnish, Estonian, Baltic ones, Indonesian.
            r"kom+ent(?:a|t|oj)",
            # Russian, Ukrainian, Bulgarian, Serbian, Belarusian.
            r"ком+ент|камент",
            # Dutch, Hungarian, Turkish, Greek, Icelandic, Basque, Welsh, Vietnamese.
            *(r"reacties?(?![^\W_])", "hozzaszolas", "yorum", "σχολι", "athugasemd", "iruzkin"),
            *("sylw", "binh luan"),
        )
    )
    + ")|"
    + "|".join(
        map(
            _folded,
            (
                # Japanese, Chinese, Korean, Thai, Hindi, Bengali, Arabic, Persian, Hebrew.
                *(
                    "コメント",
                    "评论",
                    "評論",
                    "留言",
                    "迴響",
                    "댓글",
                    "ความเห็น",
                    "ความคิดเห็น",
                    "टिप्पण",
                ),
                *("মন্তব্য", "تعليق", "دیدگاه", "نظرات", "תגוב"),
            ),
        )
    )
)


def is_of_comments(address: str, title: str) -> bool:
    """Whether a feed, by its address or its title, is one of comments.

    WordPress has `/comments/` in the addresses of its sites in every language.
    """
    return bool(_WORDS.search(_folded(f"{unquote(address)} {title}")))
