"""Small words that turn a claim over: not, former, deputy, and who somebody is."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.config.rules import folded
from digest.rendering.sentences import sentences
from digest.summaries.receipt.common_words import COMMON
from digest.summaries.receipt.quotations import quotations
from digest.summaries.receipt.words import stem

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Words for who somebody is; those of one line stand for each other.
_ROLES = """
    president presidents prasident prasidentin presidente presidenta prezydent
    minister ministers ministra ministre ministro ministerin ministra
    prime premier pm premierminister ministerprasident
    chancellor kanzler kanzlerin
    mayor mayoress burgermeister burgermeisterin oberburgermeister maire alcalde alcaldesa sindaco sindaca prefeito prefeita burgemeester burmistrz
    governor gouverneur gouverneurin gobernador governatore governador
    senator senators senador senatore
    mp mps deputy-speaker lawmaker congressman congresswoman abgeordnete abgeordneter depute diputado diputada deputato deputado kamerlid
    ceo chief-executive
    cfo
    cto
    chairman chairwoman chair chairperson chairs vorsitzende vorsitzender
    director directors direktor direktorin directeur directrice directora direttore direttrice diretor diretora dyrektor
    head leader chief boss leiter leiterin chef cheffe chefin hoofd
    secretary sekretar
    judge judges richter richterin juge juez giudice juiz rechter sedzia
    lawyer attorney solicitor barrister anwalt anwaltin avocat abogado avvocato
    prosecutor prosecutors staatsanwalt staatsanwaltschaft procureur fiscal
    spokesman spokeswoman spokesperson spokespeople sprecher sprecherin porte-parole portavoz portavoce porta-voz woordvoerder
    founder co-founder cofounder founders grunder grunderin mitgrunder fondateur fondatrice fundador fondatore oprichter
    coach trainer manager trainerin entraineur entrenador allenatore treinador
    captain kapitan capitaine capitan capitano
    goalkeeper keeper torwart gardien portero portiere
    striker forward sturmer
    professor professors professorin professeur profesor profesora
    economist economists okonom
    king queen konig konigin
    prince princess
    general admiral colonel
    commissioner kommissar
    ambassador botschafter
    bishop archbishop bischof
    treasurer
    curator
    editor editor-in-chief
    author authors writer novelist autor autorin auteur autora autore schrijver
    architect architects
    owner owners
    engineer engineers
    nurse
    doctor
    teacher lehrer lehrerin
    student students
    journalist journalists reporter reporters journalistin giornalista periodista
    photographer photographers fotograf fotografin
    nurse nurses krankenschwester
    actor actress actors schauspieler schauspielerin acteur actrice attore attrice
    singer singers sanger sangerin chanteur chanteuse
    pilot pilots
    baker bakers backer
    farmer farmers bauer landwirt
    chemist chemists
    biologist biologists biologe biologin
    historian historians historiker historikerin
    physicist physicists physiker
"""
_ROLE_OF = {word: line.split()[0] for line in _ROLES.strip().splitlines() for word in line.split()}
# What makes another of a role.
_MODIFIERS = frozenset(
    [
        "former",
        "ex",
        "acting",
        "interim",
        "deputy",
        "vice",
        "assistant",
        "outgoing",
        "incoming",
        "designate",
        "honorary",
        "retired",
        "ehemalige",
        "ehemaliger",
        "ehemaligen",
        "fruhere",
        "fruherer",
        "stellvertretende",
        "stellvertretender",
        "vize",
        "ancien",
        "ancienne",
        "adjoint",
        "adjointe",
        "vice-president",
        "interimaire",
        "exministro",
        "antiguo",
        "antigua",
        "subdirector",
        "vicepresidente",
        "interino",
        "interina",
        "ehemals",
        "kommissarische",
        "kommissarischer",
        "voormalig",
        "voormalige",
        "plaatsvervangend",
        "waarnemend",
        "byly",
        "byla",
        "tijdelijk",
        "ad-interim",
        "ex-president",
        "ex-minister",
        "ex-mayor",
    ]
)
_PREFIXES = ("ex-", "vize", "vice-", "ex", "vice")
_NOT = frozenset(
    [
        "not",
        "no",
        "never",
        "neither",
        "nor",
        "none",
        "nobody",
        "nothing",
        "without",
        "cannot",
        "nowhere",
        "nicht",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "keinem",
        "nie",
        "niemals",
        "ohne",
        "weder",
        "pas",
        "jamais",
        "aucun",
        "aucune",
        "sans",
        "ni",
        "ne",
        "personne",
        "sin",
        "ningun",
        "ninguna",
        "ninguno",
        "nunca",
        "jamas",
        "tampoco",
        "non",
        "nessun",
        "nessuno",
        "nessuna",
        "mai",
        "senza",
        "nao",
        "nenhum",
        "nenhuma",
        "sem",
        "niet",
        "geen",
        "nooit",
        "zonder",
        "nie",
        "bez",
        "zaden",
        "zadna",
    ]
)
# What has such a word and denies nothing.
_NO_DENIAL = re.compile(
    r"\b(?:sans doute|not only|no doubt|no later than|no fewer than|no less than|nicht nur|non solo"
    r"|no solo|non seulement|nao so|niet alleen|no more than|no longer than|whether or not|sin duda"
    r"|senza dubbio|sem duvida|no\.? \d+)\b"
)
# Words that say no without one of those.
_REFUSES = re.compile(
    r"\b(?:refus|reject|den(?:y|ied|ies)|declin|fail|lack|unable|stop|cancel|prevent|prohibit|forbid"
    r"|avoid|exclud|drops?\b|dropp|remov|ends?\b|ended|rul(?:e|ed|ing) out|abandon|scrap|absen|ablehn|verweiger|verzicht|entfall|interdi"
    r"|annul|rechaz|rifiut|recus|weiger|odmow|instead of|rather than|too \w+ to|yet to|still to)"
)
_SHARED = 3
_DENIES = re.compile(
    r"\b(?:refus|reject|den(?:y|ied|ies)|declin|fail|lack|unable|stop|ban(?:s|ned)?\b|cancel|halt"
    r"|prevent|prohibit|forbid|avoid|against|oppos|exclud|rul(?:e|ed|ing) out|drop|remov|end(?:s|ed)?\b"
    r"|miss|unlikely|impossible|hardly|rarely|instead|rather|un[a-z]{4,}|free of|rid of|only|few|little"
    r"|withdr|abandon|scrap|block|lost|losing|empty|absen|zero|skip|omit|keep(?:s|ing)? out|off\b"
    r"|disput|doubt|question|closed|ruht|ablehn|verweiger|verzicht|entfall|fehl|gegen|abgesag|verbot"
    r"|refuse|interdi|annul|rechaz|neg[oa]|prohib|rifiut|viet|vieta|manca|recus|proib|weiger|verbod"
    r"|odmow|zakaz)",
)
_AFTER, _SAME_CLAUSE = 4, 0.6
_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]\s")
_NEAR = 3


def turned_over(summary: str, article: str, language: str) -> str:
    """How a summary turns something over that its article says; or nothing."""
    # Portuguese has `no` for `in the`.
    if language == "pt":
        summary, article = (re.sub(r"\b[Nn]o\b", " ", text) for text in (summary, article))
    # What is quoted is held against the article as it stands.
    for quotation in quotations(summary):
        summary = summary.replace(quotation, " ")
    plain = folded(article).replace("’", "'")
    of_article = [
        words
        for sentence in sentences(article)
        for clause in _CLAUSE.split(sentence)
        if (words := _words(clause))
    ]
    every = {word for words in of_article for word in words}
    for sentence in sentences(summary):
        words = _words(sentence)
        reason = (
            _role(words, of_article, every)
            or _title(words, plain)
            or _rate(words, plain)
            or _negation(words, of_article)
        )
        if reason:
            return reason
    return ""


def _words(text: str) -> list[str]:
    plain = folded(text).replace("’", "'")
    return _WORD.findall(_NO_DENIAL.sub(" ", plain))


def _role(words: Sequence[str], of_article: Sequence[Sequence[str]], every: set[str]) -> str:
    """A role that nobody has in the article, or without what makes another of it there."""
    roles = {_role_of(word) for word in every}
    joined = " ".join(" ".join(sentence) for sentence in of_article)
    for at, word in enumerate(words):
        role = _role_of(word)
        if role is None:
            continue
        is_said = role in roles or _said_otherwise(role, joined) or stem(word) in map(stem, every)
        if not is_said:
            return f"named {word!r}, which the article does not"
        here = _modifiers(words, at)
        there = [
            _modifiers(sentence, place)
            for sentence in of_article
            for place, other in enumerate(sentence)
            if _role_of(other) == role
        ]
        if here and there and not any(here & others for others in there):
            return f"says {next(iter(here))!r} of the {word}, which the article does not"
        if not here and there and all(there):
            return f"leaves out {next(iter(there[0]))!r} before {word!r}"
    return ""


def _title(words: Sequence[str], plain: str) -> str:
    """A title of two words that the article does not have, like `chief financial`."""
    for first, second in pairwise(words):
        short = _CHIEFS.get(second)
        if first == "chief" and short and f"chief {second}" not in plain and short not in plain:
            return f"named 'chief {second}', which the article does not"
    return ""


_CHIEFS = {
    "executive": "ceo",
    "financial": "cfo",
    "technology": "cto",
    "operating": "coo",
    "marketing": "cmo",
    "justice": "chief justice",
    "economist": "chief economist",
    "scientist": "chief scientist",
}
_RATE = re.compile(
    r"\b(?:per|par|pro|por|al|alla|each|every|je|jede[rsn]?|an|a|na|ao|cada|chaque|ogni|elke)"
    r" (second|minute|hour|day|week|month|year|sekunde|minute|stunde|tag|woche|monat|jahr|seconde"
    r"|heure|jour|semaine|mois|an|segundo|minuto|hora|dia|semana|mes|ano|secondo|ora|giorno"
    r"|settimana|mese|anno|minuut|uur|dag|maand|jaar|godzine|dzien|tydzien|miesiac|rok)\b"
)
_AS_ADVERB = {
    "hour": "hourly",
    "day": "daily|per diem|jeden tag|nightly|weekday",
    "week": "weekly",
    "month": "monthly",
    "year": "yearly|annual|per annum",
    "tag": "taglich",
    "woche": "wochentlich",
    "monat": "monatlich",
    "jahr": "jahrlich",
}


def _rate(words: Sequence[str], plain: str) -> str:
    """A span of time that something is counted by, and that the article has nowhere."""
    for match in _RATE.finditer(" ".join(words)):
        unit = match[1]
        said = rf"\b(?:{unit[:4]}\w*|{_AS_ADVERB.get(unit, unit)})"
        if not re.search(said, plain):
            return f"counts by the {unit}, which the article does not"
    return ""


def _said_otherwise(role: str, article: str) -> bool:
    others = {
        "ceo": ("chief executive", "vorstandschef", "geschaftsfuhrer", "managing director"),
        "cfo": ("chief financial", "finance chief", "finance director"),
        "cto": ("chief technology",),
        "mp": ("member of parliament", "members of parliament"),
        "founder": ("founded", "gegrundet", "fonde", "fundo", "fondo", "started the"),
        "author": ("wrote", "written", "book", "novel", "paper", "study", "roman", "buch", "post"),
        "owner": ("owns", "owned", "runs", "bought"),
        "head": ("heads", "headed", "leads", "led ", "runs", "direct", "leit"),
        "prime": ("prime time", "prime number"),
        "coach": ("coached", "coaching", "trains"),
        "editor": ("edited", "edits"),
        "teacher": ("teaches", "taught", "school"),
        "student": ("studies", "university", "school", "pupils"),
        "engineer": ("engineering",),
        "lawyer": ("law firm", "law"),
        "director": ("directed", "heads", "leads", "head "),
        "chairman": ("chairs", "chaired", "vorsitz"),
        "professor": ("teaches at", "chair of"),
        "captain": ("captained",),
        "curator": ("curated",),
        "doctor": ("dr", "clinic", "hospital", "medical"),
        "king": ("royal",),
        "baker": ("bak",),
        "farmer": ("farm",),
        "singer": ("sing", "sang", "song", "album"),
        "photographer": ("photo",),
        "historian": ("histor",),
        "biologist": ("biolog",),
        "chemist": ("chemi",),
        "physicist": ("physi",),
        "pilot": ("fl",),
        "nurse": ("hospital", "clinic"),
        "actor": ("film", "play", "role", "star"),
        "spokesman": ("said", "sagte"),
        "goalkeeper": ("goal",),
        "general": ("general",),
        "prosecutor": ("prosecution",),
        "judge": ("court",),
        "architect": ("designed", "architecture"),
    }
    return any(form in article for form in others.get(role, ()))


def _role_of(word: str) -> str | None:
    """The role that a word is for; of a German one of several the last says it."""
    if word in _ROLE_OF:
        return _ROLE_OF[word]
    return next((word for end in _GERMAN_ENDS if word.endswith(end) and len(word) > len(end)), None)


_GERMAN_ENDS = ("minister", "ministerin", "prasident", "prasidentin", "sprecher", "sprecherin")


def _modifiers(words: Sequence[str], at: int) -> set[str]:
    """What makes another of the role that stands there."""
    before = set(words[max(0, at - _NEAR) : at]) & _MODIFIERS
    prefix = next(
        (p for p in _PREFIXES if words[at].startswith(p) and words[at] not in _ROLE_OF), ""
    )
    return {_as_one(each) for each in before} | ({prefix.strip("-")} if prefix else set())


def _as_one(modifier: str) -> str:
    """The modifier by which all of its meaning are known."""
    groups = {
        "former": "former ex retired ehemalige ehemaliger ehemaligen fruhere fruherer ancien ancienne"
        " antiguo antigua ehemals voormalig voormalige byly byla",
        "deputy": "deputy vice assistant stellvertretende stellvertretender vize adjoint adjointe"
        " plaatsvervangend",
        "acting": "acting interim interimaire interino interina kommissarische kommissarischer"
        " waarnemend tijdelijk ad-interim",
    }
    return next((name for name, words in groups.items() if modifier in words.split()), modifier)


def _negation(words: Sequence[str], of_article: Sequence[Sequence[str]]) -> str:
    """A `not` that is only in the summary, or only in the article, at what both speak of."""
    said = _negated(words)
    denied = {word for sentence in of_article for word in _negated(sentence)}
    if said and not said & denied and not _denies_too(words, said, of_article):
        return "says 'not' where the article does not"
    affirmed = [word for word in words if _is_content(word)] if not _has_not(words) else []
    if not affirmed or _DENIES.search(" ".join(words)):
        return ""
    stems = {stem(word) for word in affirmed}
    for sentence in of_article:
        negated = _negated(sentence)
        content = {stem(word) for word in sentence if _is_content(word)}
        if not stems & negated or len(stems & content) < max(2, len(content) * _SAME_CLAUSE):
            continue
        shared = len(stems & content)
        affirmed_too = any(
            stems & negated & set(map(stem, other))
            and not _has_not(other)
            and len(stems & set(map(stem, other))) >= shared
            for other in of_article
        )
        if not affirmed_too:
            return "leaves out a 'not' of the article"
    return ""


def _has_not(words: Sequence[str]) -> bool:
    return any(word in _NOT or word.endswith("n't") for word in words)


def _negated(words: Sequence[str]) -> set[str]:
    """The stems of the words right after each `not`."""
    found: set[str] = set()
    for at, word in enumerate(words):
        if word in _NOT or word.endswith("n't"):
            content = [w for w in words[at + 1 : at + 1 + _AFTER] if _is_content(w)]
            # German has it behind.
            if word == "nicht" or word in {"pas", "niet"}:
                content += [w for w in words[max(0, at - 2) : at] if _is_content(w)]
            found.update(stem(each) for each in content[:2])
    return found


def _denies_too(words: Sequence[str], said: set[str], of_article: Sequence[Sequence[str]]) -> bool:
    """Whether a sentence of the article that says some of this denies something as well.

    One that has what is denied, and does not deny it, speaks against that.
    """
    stems = {stem(word) for word in words if _is_content(word)}
    denying = False
    for sentence in of_article:
        of_it = {stem(word) for word in sentence}
        joined = " ".join(sentence)
        refuses = _has_not(sentence) or bool(_REFUSES.search(joined))
        if said & of_it and not refuses and len(stems & of_it) >= _SHARED:
            return False
        denies = refuses or bool(_DENIES.search(joined))
        denying = denying or (denies and len(stems & of_it) >= 1)
    return denying


def _is_content(word: str) -> bool:
    return len(word) > 2 and word not in _SMALL and word not in _NOT


_SMALL = frozenset(word for word in COMMON if len(word) <= 4) | frozenset(
    [
        "about",
        "their",
        "there",
        "would",
        "could",
        "should",
        "which",
        "while",
        "being",
        "been",
        "have",
        "will",
        "with",
    ]
)
