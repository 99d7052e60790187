"""What no summary may do, whatever its article says: link, mark up, speak to its reader."""

from __future__ import annotations

import re
import unicodedata

from digest.config.rules import folded
from digest.rendering.sentences import sentences
from digest.summaries.receipt.table import table

LONGEST, SHORTEST, MOST_SENTENCES = 420, 20, 3
"""Characters of a summary at the most and at the least, and its sentences at the most."""
_TITLE_AGAIN = 0.85
_ADDRESS = re.compile(
    r"https?:|hxxps?:|www\.|\w@\w|(?: \(at\) | \[at\] )|\[dot\]|\(dot\)", re.IGNORECASE
)
_DOMAIN = re.compile(r"(?<![\w.-])[a-z0-9][a-z0-9-]*+(?:\.[a-z0-9-]++)++", re.IGNORECASE)
_TOP_LEVEL = table(
    "com org net io dev app example info biz xyz co ai ru cn top site online shop link me gg ly de"
    " fr es it nl pl uk eu ch at be jp us tv to tk zip test invalid"
)
_MENTION = re.compile(r"(?<![\w.])@\w|(?<!\w)#[^\W\d_]\w+")
_MARKUP = re.compile(
    r"</?[a-zA-Z!]|\]\(|!\[|\*\*|__|`|^\s*(?:#{1,6}|[-*+]|\d+\.)\s|\{\{|\{%|<\||\[/?INST\]|&#?\w+;"
    r"|\\[nu]",
)
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
_SHAPING = {"\u200c", "\u200d", "\ufe0f"}
_PICTURES = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")
_MOST_PICTURES = 2
# Orders to a reader: these words, where a sentence begins with them and one of the others follows.
_ORDERS = table(
    """
    click tap visit call download enter log sign subscribe buy order reply ignore disregard forget
    send share follow contact email text dial scan open install verify confirm update act hurry
    claim join get see read check learn try make note remember go use watch listen donate apply
    discover find grab save start upgrade
    klicken klicke klick besuchen besuche rufen melden laden geben abonnieren kaufen bestellen
    ignoriere ignorieren lesen lies
    cliquez clique visitez appelez telechargez entrez connectez abonnez achetez ignorez lisez
    inscrivez decouvrez
    haz haga visite visita llame descargue descarga introduzca suscribase suscribete compre ignore
    lea lee
    clicca cliccate visitate chiama scarica scaricate inserisci iscriviti iscrivetevi acquista
    ignora leggi leggete
    clique acesse ligue baixe assine compre leia
    klik bezoek bel download abonneer koop negeer lees kliknij odwiedz zadzwon pobierz przeczytaj
    """
)
_OBJECTS = table(
    """
    your the this our here now us it on in to for up out more before by a an all any these that
    sure their what how today if
    sie hier jetzt uns den die das dein deine mehr alle
    ici maintenant sur le la les votre vos vous notre ce cette
    clic aqui ahora en el la los su sus nuestro qui ora su il lo i gli le tuo no na o os as seu sua
    hier nu op de het uw je tutaj teraz na
    """
)
_ORDER = re.compile(
    rf"(?:(?:please|now|just|so|then|also|bitte|jetzt|por favor|veuillez),? )?"
    rf"(?:{'|'.join(sorted(_ORDERS))}),? (?:{'|'.join(sorted(_OBJECTS))})\b"
    r"|(?:please|bitte|veuillez|s'il vous plait|por favor|per favore|alstublieft|prosze)\b"
    r"|(?:don't|do not|never|make sure|be sure) (?:to |you |miss|forget|wait|click|read|trust|use)",
)
_READER = table(
    """
    usted ihnen jullie your euch yours vos deinen votre jouw you ustedes vous euer wam dein
    deine twoje uw deiner yourself voce
    """
)
_MODEL = re.compile(
    r"\bas an? (?:ai|artificial|large|language|helpful|assistant)\b|\blanguage models?,? i\b"
    r"|\bi (?:cannot|can't|can not|am unable|apologi[sz]e|was asked|have been asked|was told)\b"
    r"|\bi(?:'m| am) (?:sorry|unable|not able|an ai|a language)\b|\bsorry, (?:but )?i\b"
    r"|\bhere(?:'s| is| are) (?:a|an|the|your|my)?\s?(?:\w+ ){0,2}summar"
    r"|^(?:summary|sure|certainly|of course|okay|ok|translation|answer|output)\s?[:,!]"
    r"|\b(?:system|my|these|previous|prior|above|your) (?:prompt|instructions?)\b"
    r"|\bin this summary\b|\bthe summary\b|\bthis summary\b|\bsummari[sz]ed? (?:below|above)\b"
    r"|\bas (?:requested|instructed)\b|\bthe user\b(?= (?:asks|asked|wants|provided))"
    r"|\b(?:this|the) (?:provided|given|supplied) (?:text|article)\b|\bmy training\b"
    r"|\btraining data\b(?=.{0,20}\bi\b)|\bknowledge cut-?off\b"
    r"|\bals (?:ki|sprachmodell|kunstliche)\b|\bich kann (?:nicht|leider|keine?)\b"
    r"|\bhier ist (?:eine|die) zusammenfassung\b|^zusammenfassung:"
    r"|\ben tant qu(?:'|e )(?:ia|modele|intelligence)\b|\bje ne peux pas\b"
    r"|\bvoici (?:un|le) resume\b|\bcomo (?:modelo|ia|una ia|inteligencia|um modelo)\b"
    r"|\bno puedo\b|\baqui (?:esta|tiene) (?:el|un) resum|\bcome (?:modello|ia|intelligenza)\b"
    r"|\bnon posso\b|\becco (?:il|un) riassunto\b"
    r"|\bals (?:ai|taalmodel)\b|\bik kan (?:niet|geen)\b"
    r"|\bhier is (?:een|de) samenvatting\b|\b(?:aqui esta|aqui tienes|segue) (?:o|un|um) resum"
)


def misconduct(summary: str, title: str, article: str) -> str:
    """What a summary does that none may; empty where it does nothing of that."""
    plain = folded(summary)
    wrongs = (
        ("is empty", not plain),
        ("has characters in it that do not show", any(map(_is_hidden, summary))),
        ("has an address in it", _has_address(summary)),
        ("has markup in it", _MARKUP.search(summary) or _has_pictures(summary)),
        ("speaks of itself, or of the model", _MODEL.search(plain)),
        ("tells its reader to do something", _orders(summary) or _says_you(plain, article)),
    )
    found = (reason for reason, is_so in wrongs if is_so)
    return next(found, "") or _measure(summary, plain, folded(title))


def _has_address(summary: str) -> bool:
    ends = (domain.rpartition(".")[2].lower() for domain in _DOMAIN.findall(summary))
    found = _ADDRESS.search(summary) or _MENTION.search(summary)
    return bool(found) or any(end in _TOP_LEVEL for end in ends)


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _HIDDEN and sign not in _SHAPING


def _has_pictures(summary: str) -> bool:
    return len(_PICTURES.findall(summary)) > _MOST_PICTURES


def _measure(summary: str, plain: str, title: str) -> str:
    """What is wrong with its length, or how it repeats."""
    found = sentences(summary)
    if len(summary) > LONGEST or len(found) > MOST_SENTENCES:
        return "is too long"
    words = re.findall(r"\w+", plain)
    if len(summary) < SHORTEST and summary.isascii():
        return "is too short"
    if len(words) >= 8 and len(set(words)) * 3 < len(words):
        return "repeats itself"
    of_title = set(re.findall(r"\w+", title))
    same = sum(word in of_title for word in set(words))
    if of_title and same >= len(set(words)) * _TITLE_AGAIN and len(words) <= len(of_title) + 3:
        return "is the title again"
    return ""


def _orders(summary: str) -> bool:
    for sentence in sentences(summary):
        for part in re.split(r"[;:–—!,]\s+|[\"“„«(]\s*|\band (?=\w)", sentence):
            if _ORDER.match(folded(part)) and not _is_noun(part):
                return True
    return False


def _is_noun(part: str) -> bool:
    """Whether it begins inside a sentence with a word that is no order there: `the buy in`."""
    return part[:1].islower() and not re.match(
        r"(?:please|click|tap|visit|log|sign|call|download)\b", part
    )


def _says_you(plain: str, article: str) -> bool:
    """Whether it says `you`, and its article never does."""
    said = _READER.intersection(re.findall(r"\w+", plain))
    return bool(said) and not said.intersection(re.findall(r"\w+", folded(article)))
