"""Letters that look like others, and characters that do not show: what text looks like to readers.

After UTS 39, of which this has the letters that stand for Latin ones in names and domains.
"""

from __future__ import annotations

import unicodedata

# Cyrillic, Greek and Armenian letters with the Latin ones they are taken for.
_LATIN = (
    ("аАΑαа", "a"),
    ("ВвΒβЬЪьъ", "b"),
    ("сСϲϹ", "c"),
    ("ԁԀ", "d"),
    ("еЕЁёΕεҽ", "e"),
    ("ғϜ", "f"),
    ("ԌԍɡΓ", "g"),
    ("НнΗһҺհ", "h"),
    ("іІїЇΙιӀӏΐϊ", "i"),
    ("јЈϳ", "j"),
    ("КкΚκқҚ", "k"),
    ("ⅼ", "l"),
    ("МмΜ", "m"),
    ("ΝηпПոռ", "n"),
    ("оОΟοσՕօө", "o"),
    ("рРΡρ", "p"),
    ("ԛԚգ", "q"),
    ("гЯяՐ", "r"),
    ("ѕЅՏ", "s"),
    ("ТтΤτ", "t"),
    ("υսՍцЦ", "u"),
    ("ѵѴν", "v"),
    ("ѡωԝԜшШщЩ", "w"),
    ("хХΧχ", "x"),
    ("уУΥүҮγ", "y"),
    ("ΖζzҘ", "z"),
)
# White letters in black circles and squares, and those that flags are written with.
_BOXED = {
    chr(first + n): chr(ord("a") + n) for first in (0x1F150, 0x1F170, 0x1F1E6) for n in range(26)
}
_SKELETON = str.maketrans(
    {letter: latin for letters, latin in _LATIN for letter in letters} | _BOXED | {"0": "o"}
)
# In one case or the other these are one stroke.
_SLIM = str.maketrans("i1|", "lll")
# What has a category of what shows, and shows nothing.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159")
# Marks, which show only on something, controls, formats, what is not assigned, and spaces.
_UNSEEN = frozenset("MCZ")


def visible(text: str) -> bool:
    """Whether anything of a text shows by itself, and so can be read and clicked."""
    if text.isascii():
        return any(sign.isprintable() and sign != " " for sign in text)
    return any(map(_shows, text))


def skeleton(text: str) -> str:
    """What a text looks like: the same for two that readers take for each other."""
    shown = "".join(filter(_shows, unicodedata.normalize("NFKD", text)))
    # Some look like others as capitals only.
    folded = shown.translate(_SKELETON).casefold().translate(_SKELETON)
    return folded.translate(_SLIM).replace("rn", "m").replace("vv", "w")


def _shows(sign: str) -> bool:
    return sign not in _BLANK and unicodedata.category(sign)[0] not in _UNSEEN
