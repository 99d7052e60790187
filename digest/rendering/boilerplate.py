"""What feeds put around an article and is no part of it: by whole paragraph, and at the end of one.

English, German, French, Spanish and Italian, as WordPress, Medium, Hacker News and Reddit say it.
"""

from __future__ import annotations

import re

# Longer than any of these is something that somebody wrote.
_LONGEST = 300
_MORE = (
    r"(?:continue reading|keep reading|read (?:more|on|the (?:full|rest|whole|original))"
    r"|read (?:full|original) (?:article|story|post)|learn more|weiterlesen|mehr lesen|lies weiter"
    r"|den (?:ganzen|vollst[äa]ndigen) (?:artikel|beitrag)|zum (?:vollst[äa]ndigen )?artikel"
    r"|lire (?:la suite|plus|l['’]article)|leer m[áa]s|seguir leyendo|sigue leyendo|contin[úu]a"
    r"|continua a leggere|leggi (?:tutto|di pi[ùu])|lees (?:meer|verder))"
)
_APPEARED = (
    r"(?:the (?:post .{1,200}?|article [^.!?]{1,200}?)"
    r"(?:appeared first|first appeared) (?:on|in|at)"
    r"|(?:der|dieser) (?:beitrag|artikel) .{0,200}?(?:erschien|ist) (?:zuerst|zun[äa]chst)"
    r"|cet article|l['’]article .{1,200}? est apparu en premier"
    r"|la entrada .{1,200}? (?:se public[óo]|apareci[óo]) primero"
    r"|l['’]articolo .{1,200}? proviene da)\b.{0,150}"
)
_DATE = (
    r"(?:[^\W\d]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}\.? (?:de )?[^\W\d]{3,10}\.?"
    r"(?: de)? \d{4}|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})"
)
_MINUTES = r"(?:~|≈|about |ca\. )?\d{1,3} ?-?(?:min\b\.?|mins\b|minutes?\b|minuten\b|minutos?\b)"
_NAMES = (
    r"[^\W\d_a-z][\w.'’-]+(?:(?:,? (?:and|und|et|y|e|von|van|de|&) |,? )[^\W\d_a-z][\w.'’-]*){0,7}"
)
_NETWORKS = (
    r"share|tweet|pin it|e-?mail|print|save|copy link|facebook|twitter|x|linkedin|reddit|whatsapp"
    r"|pinterest|telegram|mastodon|bluesky|teilen|partager|compartir|condividi"
)
_CREDITS = (
    r"photo(?: credit)?|image(?: credit)?|picture|photograph|illustration|credit|foto|bild"
    r"|titelbild|bildquelle|cr[ée]dit photo|imagen|(?:featured|cover|header) image"
)
_WHOLE = (
    rf"{_MORE}\b.{{0,150}}",
    _APPEARED,
    (
        r"(?:this (?:post|article|story|piece) )?(?:(?:was|is|has been) )?"
        r"(?:originally |first |cross-?)(?:published|posted|appeared)\b.{0,150}"
    ),
    (
        r"(?:sponsored|advertisement|anzeige|werbung|publicit[ée]|publicidad|promoted)"
        r"(?: (?:post|content|story|by .{1,60}))?"
    ),
    r"click (?:here )?to (?:view|read|watch|see|listen|continue|play)\b.{0,100}",
    r"view (?:this|the|in|on|original|full) .{0,80}(?:post|article|image|gallery|browser|video)",
    r"(?:hier klicken|cliquez ici|haz clic)\b.{0,80}",
    rf"(?:(?:{_NETWORKS})(?: (?:this|on|via|it|to|auf|sur|en)\b)?[\s,|·•/]*)+(?:post|article)?",
    r"(?:follow|like) us\b.{0,100}",
    r"(?:subscribe|sign up) (?:to|for)\b.{0,120}(?:newsletter|updates|feed|podcast)\b.{0,60}",
    (
        r"(?:(?:estimated|average) )?(?:reading time|lesezeit|temps de lecture|tiempo de lectura"
        rf"|tempo di lettura) ?:? ?{_MINUTES}"
    ),
    rf"{_MINUTES}(?: (?:read|reading time|lesezeit|de lecture|de lectura|di lettura))?",
    rf"(?:(?:{_CREDITS})s?(?: ?[:©]| (?:by|credit|courtesy|via|from|von|de|par)\b)|©).{{0,120}}",
    r"(?:article|comments) url:.*|points: \d+|# comments: \d+",
    r"(?:comments?|kommentare|commentaires|comentarios)(?: ?\(?\d+\)?)?|\d+ comments?",
    r"submitted by .{1,40}\[link\].*",
    rf"(?:(?:published|posted|updated|ver[öo]ffentlicht|publi[ée]) ?(?:on|am|le)?:? )?{_DATE}",
)
_PARAGRAPH = re.compile(rf"\W*?(?:{'|'.join(_WHOLE)})?\W*", re.IGNORECASE)
_BYLINE = re.compile(
    rf"(?:By|BY|by|Written by|Posted by|Author:|Von|VON|Par|PAR|Por|POR|Di) {_NAMES}"
    rf"(?:\W{{1,3}}(?:{_DATE}|{_MINUTES}.{{0,20}}))?\W*"
)
_END = re.compile(
    rf"(?:(?<=[.!?…\])»])\s*(?-i:(?=[A-Z])){_MORE}|\s[\[(]?(?-i:C)ontinue reading)\b.{{0,200}}$"
    rf"|\s(?-i:(?=[A-Z])){_APPEARED}$",
    re.IGNORECASE,
)
_INVITING = (
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
    *("Lire ", "Leer ", "Seguir", "Sigue ", "Leggi ", "Lees ", "first", "uerst", "premier"),
    *("primero", "proviene"),
)
_CUT_OFF = ("…", "...", "…]", "...]", "…)", "...)", "… ]", "... ]")
_CUT_SHORT = re.compile(
    r"(?P<end>(?<=[.!?…。！？\"”»]))?\s*(?:[\[(]\s*(?:…|\.\.\.)\s*[\])]|(?:…|\.\.\.))\W*$"
)


def is_boilerplate(paragraph: str) -> bool:
    """Whether a paragraph is none of what the article says."""
    if len(paragraph) > _LONGEST:
        return False
    return bool(_PARAGRAPH.fullmatch(paragraph) or _BYLINE.fullmatch(paragraph))


def without_end(paragraph: str) -> str:
    """A paragraph without what invites to read on; with `…` at the end where it was cut short."""
    head, tail = paragraph[:-_LONGEST], paragraph[-_LONGEST:]
    # Few have one, and to look for it takes as long as all else.
    if any(word in tail for word in _INVITING) and (match := _END.search(tail)):
        tail = tail[: match.start()].rstrip(" (→[")
    if tail.endswith(_CUT_OFF):
        tail = _CUT_SHORT.sub(lambda match: "" if match["end"] is not None else "…", tail)
    return head + tail
