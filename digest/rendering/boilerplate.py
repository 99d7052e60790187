"""Tells what feeds put around an article, and is no part of it, from what the article says."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

from digest.rendering import boilerplate_forms as forms
from digest.rendering import boilerplate_languages as latin
from digest.rendering import boilerplate_notes as notes
from digest.rendering import boilerplate_scripts as scripts
from digest.rendering import boilerplate_sentences as english
from digest.rendering.datelines import BEGINNINGS, is_known_city
from digest.rendering.sentences import sentences

# Longer than any of these is something that somebody wrote.
_LONGEST = 300
# A line of several short credits: `Produced by Ada Lind. Distributed by Acme.`
_CREDITS = 120
# Text in lower case is matched twice as fast as with `IGNORECASE`.
_WHOLE = re.compile(rf"\W*?(?:{'|'.join(forms.WHOLE)})\W*")
_PARAGRAPH = re.compile(rf"\W*?(?:{'|'.join(forms.PARAGRAPHS)})?\W*")
_CAPITALS = re.compile(rf"\W*?(?:{'|'.join(forms.CAPITALS)})\W*")
_BYLINE = re.compile(
    rf"(?:By|BY|by|Written by|Posted by|Author:|Von|VON|Par|PAR|Por|POR|Di|Door) {forms.NAMES}"
    rf"(?:\W{{1,3}}(?:{forms.DATE}|{forms.MINUTES}(?: read)?)){{0,3}}\W*"
)
_NOTHING_TO_READ = re.compile("|".join(english.NOTHING_TO_READ))
# A word may be of several languages.
_TABLES = (english.SENTENCES, latin.SENTENCES, notes.SENTENCES, scripts.SENTENCES)
_SENTENCES = {
    word: "|".join(table[word] for table in _TABLES if word in table)
    for word in set(chain(*_TABLES))
}
_UNSPACED = re.compile(rf"\W*?(?:{'|'.join(scripts.UNSPACED)})\W*")
_BEGINNING = re.compile("|".join(BEGINNINGS))
_END = re.compile(
    rf"(?:(?<=[.!?…\])»])\s*(?-i:(?=[A-Z])){forms.MORE}|\s[\[(]?(?-i:C)ontinue"
    rf" reading)\b.{{0,200}}$"
    rf"|\s(?-i:(?=[A-Z])){forms.APPEARED}$"
    rf"|\s[\[(]\s*(?:{forms.MORE}|more|link|comments)\W*[\])]\W*$",
    re.IGNORECASE,
)
_INVITATIONS = (
    *(
        "Continu",
        "Continú",
        "Keep r",
        "Read ",
        "Learn m",
        "Weiterl",
        "Mehr ",
        "Lies ",
        "Den ",
        "Zum ",
    ),
    *(
        "Lire ",
        "Leer ",
        "Seguir",
        "Sigue ",
        "Leggi ",
        "Lees ",
        "first",
        "zuerst",
        "Zuerst",
        "premier",
    ),
    *("(read", "(Read", "[read", "[Read", "(more", "[more", "[link", "[comments"),
    *("primero", "proviene", "Leia ", "Ler ", "Saiba ", "primeiro", "versche"),
)
_INVITING = re.compile("|".join(map(re.escape, _INVITATIONS)))
_CUT_OFF = ("…", "...", "…]", "...]", "…)", "...)", "… ]", "... ]")
_CUT_SHORT = re.compile(
    r"(?P<end>(?<=[.!?…。！？\"”»]))?\s*(?:[\[(]\s*(?:…|\.\.\.)\s*[\])]|(?:…|\.\.\.))\W*$"
)
_LAST_TAGS = re.compile(r"(?<=\S)(?:\s#[^\W\d][\w-]*){2,10}$")
# Between the parts of a line: who, when, how long, what else there is.
_BAR = re.compile(r"[|·•](?<=\s.)(?=\s)")
_WORD = re.compile(r"\w+")
# Written out by a program that escaped a text twice; `C:\\new` and `"\\n"` are none.
_BACKSLASH_N = re.compile(
    r"(?<=[\w.!?…,;:)])(?:\\r)?(?:\\n)+(?=\s|[^a-z\W]|\\n|$)|^(?:(?:\\r)?\\n)+(?=\s*[A-Z\d«\"“])"
)


def prose_of(paragraph: str) -> str:
    """What of a paragraph an excerpt shows; `…` at the end where it was cut short, or nothing."""
    if len(paragraph) <= _LONGEST and (
        _is_known_paragraph(paragraph) or _NOTHING_TO_READ.fullmatch(paragraph.lower())
    ):
        return ""
    if "\\n" in paragraph:
        paragraph = _BACKSLASH_N.sub(" ", paragraph)
    return _without_end(_without_edges(paragraph)).strip()


def is_boilerplate(paragraph: str) -> bool:
    """Whether a paragraph is none of what the article says."""
    if len(paragraph) > _LONGEST:
        return False
    return _is_known_paragraph(paragraph) or not _without_edges(paragraph)


def without_beginning(paragraph: str) -> str:
    """The first paragraph without a dateline, and what archives write before a summary."""
    match = _BEGINNING.match(paragraph)
    if not match or (match["city"] and not is_known_city(match["city"])):
        return paragraph
    return paragraph[match.end() :]


def _is_known_paragraph(paragraph: str) -> bool:
    lowered = paragraph.lower()
    if _WHOLE.fullmatch(lowered) or _BYLINE.fullmatch(paragraph):
        return True
    if not paragraph.isascii() and _UNSPACED.fullmatch(lowered):
        return True
    if _PARAGRAPH.fullmatch(lowered) or _CAPITALS.fullmatch(paragraph):
        # A form may go on for long, but what follows in another sentence is the article's.
        parts = sentences(paragraph)
        return len(parts) < 2 or all(_is_known(part) or _is_known_paragraph(part) for part in parts)
    parts = [part.strip() for part in _BAR.split(paragraph)]
    if len(parts) == 1 and len(paragraph) <= _CREDITS:
        parts = sentences(paragraph)
    return len(parts) > 1 and all(map(_is_known_paragraph, parts))


def _without_edges(paragraph: str) -> str:
    """A paragraph without known sentences at its beginning and its end."""
    parts, rest = sentences(paragraph), paragraph
    while parts and _is_known(parts[0]):
        rest = rest[len(parts.pop(0)) :].lstrip()
    # Of what is left, the first is not known.
    while len(parts) > 1 and _is_known(parts[-1]):
        rest = rest[: -len(parts.pop())].rstrip()
    # What would be too little to go by alone goes with what is known.
    return "" if rest != paragraph and _is_known_paragraph(rest) else rest


def _is_known(sentence: str) -> bool:
    if len(sentence) > _LONGEST:
        return False
    lowered = sentence.lower()
    words = _SENTENCES.keys() & _WORD.findall(lowered)
    # Most have none.
    return bool(words) and any(_form(word).fullmatch(lowered) for word in words)


@cache
def _form(word: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{_SENTENCES[word]})\W*")


def _without_end(paragraph: str) -> str:
    """A paragraph without what invites to read on; with `…` at the end where it was cut short."""
    head, tail = paragraph[:-_LONGEST], paragraph[-_LONGEST:]
    # Few have one, and to look for it takes as long as all else.
    if _INVITING.search(tail) and (match := _END.search(tail)):
        tail = tail[: match.start()].rstrip(" (→[")
    if "#" in tail:
        tail = _LAST_TAGS.sub("", tail)
    if tail.endswith(_CUT_OFF):
        tail = _CUT_SHORT.sub(lambda match: "" if match["end"] is not None else "…", tail)
    return head + tail
