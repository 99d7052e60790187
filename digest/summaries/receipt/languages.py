"""In which language a text is, by its script and its smallest words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from digest.config.rules import folded

# Words that one of these languages has often and the others seldom.
_SMALL_WORDS = {
    "en": "the and of to in is was were with for that on at by from has have will its their which"
    " are be been said after not this it an as more new a each when who all while can than but into"
    " how they he she his her over about up out had or no two one",
    "de": "der die das und ist nicht mit den dem ein eine von zu auf fur im sich des wird hat auch"
    " bei nach aus dass sind wurde werden einen einem einer als noch uber zum zur",
    "fr": "de d l a qu n"
    " le la les des et est dans un une pour que qui sur pas au aux avec du par plus ce cette"
    " ont ete sont sera elle selon en ses leur",
    "es": "el la los las de que en un una por con para del se al es su mas como fue han ha sera lo"
    " segun sus entre y",
    "it": "il lo la gli le di che per un una con del della dei delle sono non nel nella al alla e"
    " da piu stato ha anche secondo i sara",
    "pt": "o a os as de que em um uma para com do da dos das no na nos nas por mais foi sao ao nao"
    " se sera seu sua segundo pelo e",
    "nl": "de het een en van in is dat op te met voor niet zijn aan er door naar bij ook wordt om"
    " uit heeft over werd die meer volgens",
    "pl": "i w na z do nie sie jest to ze o od po za przez oraz dla jak ale byl byla ktory ktora"
    " roku ma juz",
    "sv": "och i att det som en ett pa ar av for med till den har inte om de var sig fran efter",
    "da": "og i at det som en et pa er af for med til den har ikke om de var sig fra efter blev",
}
_BY_WORD = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_WORDS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "CJK": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "HANGUL": "hangul",
    "CYRILLIC": "cyrillic",
    "GREEK": "greek",
    "ARABIC": "arabic",
    "HEBREW": "hebrew",
    "DEVANAGARI": "devanagari",
    "THAI": "thai",
    "LATIN": "latin",
}
_READ = 4_000
_LEAST_WORDS, _SURE = 2, 4


def script_of(text: str) -> str:
    """The script that most letters are of; Japanese is `kana` with a tenth of them."""
    counts: Counter[str] = Counter()
    for sign in text[:_READ]:
        if sign.isalpha():
            name = "LATIN" if sign.isascii() else unicodedata.name(sign, "").partition(" ")[0]
            counts[_SCRIPTS.get(name, "other")] += 1
    total = counts.total()
    if not total:
        return ""
    if counts["kana"] * 10 >= total:
        return "kana"
    return counts.most_common(1)[0][0]


def language_of_text(text: str) -> str:
    """The language of a text of Latin script, as far as its small words tell it; else empty."""
    scores = _scores(text)
    if not scores:
        return ""
    (first, most), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    # Languages that are near share many of these words.
    return first if most >= _LEAST_WORDS and most > second * 1.3 else ""


def _scores(text: str) -> dict[str, int]:
    """How many small words of each language there are; none where the script is another."""
    if script_of(text) != "latin":
        return {}
    words = Counter(_WORDS.findall(folded(text[:_READ])))
    return {name: sum(map(words.__getitem__, small)) for name, small in _BY_WORD.items()}


def in_other_language(summary: str, text: str, wanted: str) -> bool:
    """Whether a summary is sure to be in another language than its article, or the one wanted."""
    script, expected = script_of(summary), script_of(text)
    if not wanted and script and expected and script != expected:
        # Chinese and Japanese share one.
        return {script, expected} != {"han", "kana"}
    language = wanted.partition("-")[0] if wanted else language_of_text(text)
    scores = _scores(summary)
    if language not in _BY_WORD or not scores:
        return False
    best = max(scores, key=lambda name: scores[name])
    return scores[best] >= _SURE and scores[best] >= 2 * scores[language]
