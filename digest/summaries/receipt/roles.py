"""Who somebody is: a role in a summary has to be one of its article, with what goes before it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from digest.summaries.receipt.table import table
from digest.summaries.receipt.words import stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    Words = Sequence[str]

# Words for who somebody is; those of a line stand for each other, and lines that begin alike too.
_ROLES = """
    president presidents prasident prasidentin presidente presidenta prezydent
    minister ministers ministra ministre ministro ministerin
    prime premier pm premierminister ministerprasident
    chancellor kanzler kanzlerin
    mayor mayoress burgermeister burgermeisterin oberburgermeister maire alcalde alcaldesa
    mayor sindaco sindaca prefeito prefeita burgemeester burmistrz
    governor gouverneur gouverneurin gobernador governatore governador
    senator senators senador senatore
    mp mps deputy-speaker lawmaker congressman congresswoman abgeordnete abgeordneter depute
    mp diputado diputada deputato deputado kamerlid
    ceo chief-executive geschaftsfuhrer geschaftsfuhrerin vorstandsvorsitzende vorstandsvorsitzender
    cfo
    cto
    chairman chairwoman chair chairperson chairs vorsitzende vorsitzender
    director directors direktor direktorin directeur directrice directora direttore direttrice
    director diretor diretora dyrektor
    head leader chief boss leiter leiterin chef cheffe chefin hoofd
    secretary sekretar
    judge judges richter richterin juge juez giudice juiz rechter sedzia
    lawyer attorney solicitor barrister anwalt anwaltin avocat abogado avvocato
    prosecutor prosecutors staatsanwalt staatsanwaltschaft procureur fiscal
    spokesman spokeswoman spokesperson spokespeople sprecher sprecherin porte-parole portavoz
    spokesman portavoce porta-voz woordvoerder
    founder co-founder cofounder founders grunder grunderin mitgrunder fondateur fondatrice
    founder fundador fondatore oprichter
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
    nurses krankenschwester
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
# A role is the last part of these German words.
_ENDS = ("minister", "ministerin", "prasident", "prasidentin", "sprecher", "sprecherin")
# How an article may say a role without one of these words.
_SAID_OTHERWISE = {
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
# What makes another of a role, and which of them mean the same.
_MODIFIERS = table(
    """
    acting ad-interim adjoint adjointe ancien ancienne antigua antiguo assistant byla byly
    deputy designate ehemalige ehemaligen ehemaliger ehemals ex ex-mayor ex-minister ex-
    president exministro former fruhere fruherer honorary incoming interim interimaire interina
    interino kommissarische kommissarischer outgoing plaatsvervangend retired stellvertretende
    stellvertretender subdirector tijdelijk vice vice-president vicepresidente vize voormalig
    voormalige waarnemend
    """
)
_ALIKE = {
    "former": "former ex retired ehemalige ehemaliger ehemaligen fruhere fruherer ancien ancienne"
    " antiguo antigua ehemals voormalig voormalige byly byla",
    "deputy": "deputy vice assistant stellvertretende stellvertretender vize adjoint adjointe"
    " plaatsvervangend",
    "acting": "acting interim interimaire interino interina kommissarische kommissarischer"
    " waarnemend tijdelijk ad-interim",
}
_MEANING = {word: name for name, words in _ALIKE.items() for word in words.split()}
_PREFIXES = ("ex-", "vize", "vice-", "ex", "vice")
_NEAR = 3
# The second word of a title that begins with `chief`, and its short form.
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


def other_role(words: Words, of_article: Sequence[Words], plain: str) -> str:
    """How a summary gives somebody another role than its article does; or nothing.

    `words` are those of a sentence, `of_article` those of each clause, `plain` is all of it folded.
    """
    for first, second in pairwise(words):
        short = _CHIEFS.get(second)
        if first == "chief" and short and f"chief {second}" not in plain and short not in plain:
            return f"named 'chief {second}', which the article does not"
    found = ((at, role) for at, word in enumerate(words) if (role := _role_of(word)))
    reasons = (_against(words, at, role, of_article, plain) for at, role in found)
    return next(filter(None, reasons), "")


def _against(words: Words, at: int, role: str, of_article: Sequence[Words], plain: str) -> str:
    """What speaks against the role of a word; or nothing."""
    word = words[at]
    there = [
        _modifiers(clause, place)
        for clause in of_article
        for place, other in enumerate(clause)
        if _role_of(other) == role
    ]
    if not there:
        root = stem(word)
        is_said = any(form in plain for form in _SAID_OTHERWISE.get(role, ()))
        is_said = is_said or any(stem(other) == root for clause in of_article for other in clause)
        return "" if is_said else f"named {word!r}, which the article does not"
    here = _modifiers(words, at)
    if here and not any(here & others for others in there):
        return f"says {min(here)!r} of the {word}, which the article does not"
    if not here and all(there):
        return f"leaves out {min(there[0])!r} before {word!r}"
    return ""


def _role_of(word: str) -> str | None:
    """The role that a word is for."""
    if word in _ROLE_OF:
        return _ROLE_OF[word]
    return word if word.endswith(_ENDS) else None


def _modifiers(words: Words, at: int) -> set[str]:
    """What makes another of the role that stands there, by what it means."""
    before = {
        _MEANING.get(word, word) for word in words[max(0, at - _NEAR) : at] if word in _MODIFIERS
    }
    if words[at] in _ROLE_OF:
        return before
    prefix = next((prefix for prefix in _PREFIXES if words[at].startswith(prefix)), "").strip("-")
    return before | ({_MEANING.get(prefix, prefix)} if prefix else set())
