"""The known forms of sentences that ask readers to comment, and say where a text comes from.

In languages of the Latin alphabet but English.
"""

from __future__ import annotations

_AGENCIES = (
    r"(?:dpa|afp|reuters|ap|epd|kna|sid|apa|sda|efe|ansa|lusa|europa press|notimex|agências"
    r"|agencias|agenturen|nachrichtenagenturen)"
)
# By the word that each has; of lower case, and what ends them.
SENTENCES = {
    # Comments
    "kommentaren": (
        r"(?:schreib(?:t|e|en sie)?|sag(?:t|en sie)?|diskutier(?:t|e|en sie)) (?:es |gerne? )?"
        r"(?:uns|mir|eure|deine|ihre|mit)\b.{0,60}\bin den kommentaren\b.{0,40}"
    ),
    "kommentar": (
        r"(?:schreib\w*|hinterlass\w*|skriv|lämna|legg igjen|efterlad)(?: sie| uns)?"
        r"(?: einen?| en| et)? kommentar"
    ),
    "kommentarer": r"kommentarer(?: ?\(?\d+\)?)?|\d+ kommentarer",
    "commentaire": r"(?:laisse[rz]|ajoute[rz]|écri(?:re|vez)|poste[rz]) (?:un|votre) commentaire",
    "comentario": r"(?:dejar?|añad[ei]r?|escrib[ei]r?|publicar?) (?:un|tu) comentario",
    "comentário": r"(?:deixe|deixar|adicione|escreva) (?:um|o seu|seu) comentário",
    "commento": r"(?:lascia|lasciate|scrivi|aggiungi) (?:un|il tuo) commento",
    "reactie": r"(?:geef|plaats|schrijf|laat) (?:een|je|uw) reactie(?: achter)?",
    "reageer": r"reageer (?:op (?:dit|deze) \w+|hier|hieronder)",
    "komentarz": r"(?:zostaw|dodaj|napisz)(?: swój)? komentarz",
    # Sharing
    "dela": r"dela (?:den här |denna )?(?:artikeln?|inlägget|sidan|avsnittet)(?: på .{1,40})?",
    "del": r"del (?:denne )?(?:artikkelen|artiklen|innlegget|indlægget|saken)(?: på .{1,40})?",
    "jaa": r"jaa (?:tämä )?(?:artikkeli|juttu)",
    # Where it comes from, and who pays
    "material": rf"mit material (?:von|der) {_AGENCIES}\b.{{0,60}}",
    "información": rf"con información de (?:la |las )?{_AGENCIES}\b.{{0,60}}",
    "informações": rf"com informações d[aeo]s? {_AGENCIES}\b.{{0,60}}",
    "originalmente": (
        r"est[ea] (?:artigo|texto|artículo|entrada|reportagem|columna|coluna)\b.{0,20}"
        r"\b(?:publicad[oa]|publicó|apareció|apareceu)\b.{0,20}\boriginalmente (?:em|en|no|na)\b"
        r".{0,80}"
        r"|est[ea] (?:artigo|texto|artículo|entrada|reportagem|columna|coluna)\b.{0,20}"
        r"\boriginalmente publicad[oa] (?:em|en|no|na)\b.{0,80}"
    ),
    "initialement": (
        r"(?:cet article|ce texte|cette tribune)\b.{0,20}\binitialement (?:publiée?|parue?)"
        r" (?:sur|dans|par|le)\b.{0,80}"
    ),
    "sponsorisé": r"(?:cet|ce) (?:épisode|podcast|article|contenu|billet) est sponsorisé\b.{0,80}",
    "sponsorisée": r"cette (?:vidéo|émission|publication) est sponsorisée\b.{0,80}",
    "affiliate": (
        r"(?:dieser|dieses|diese|unsere?) (?:artikel|beitrag|text|video|folge|seite)\b.{0,30}"
        r" affiliate\b.{0,80}"
    ),
    "crédits": r"crédits(?: photos?)?\s*[:©].{1,100}",
}
