"""What people write for a schedule and is none: the words, and how to say it."""

from __future__ import annotations

import re

_ZONE = "its time zone is a setting of its own, `timezone`"
_BY_THE_CLOCK = (
    "a digest goes out by the clock; `digest send` sends one at any other time, and 'every 15"
    " minutes' is nearest to at once"
)
_ANSWERS: dict[str, str] = {
    "except but not without excluding excl skip no": (
        "name the days on which it goes out, like 'monday to thursday at 09:00'"
    ),
    "night nights nightly tonight": "write the time, like 'daily at 22:00' or 'daily at 2:00'",
    "immediately instant instantly asap now realtime never manual manually off none true false new"
    " items stories when": _BY_THE_CLOCK,
    "between around about after before by or": (
        "write the times, like 'daily at 09:00, 17:00', or hours in cron fields, like"
        " '0 9-17 * * mon-fri'"
    ),
    "half past": "write the time in digits, like 'daily at 9:30'",
    "end beginning start begin middle mid": (
        "write the day, like 'monthly on the 1st', '15th' or 'last day of the month'"
    ),
    "twice times x thrice": (
        "write the times or the days, like 'daily at 09:00, 17:00' or 'monday, thursday at 09:00'"
    ),
    "bi bimonthly semi semimonthly semiweekly": (
        "it may mean twice, or every second; name the days, like 'monthly on the 1st, 15th'"
    ),
    "mwf mf tth tuth": "write the days out, like 'mon, wed, fri at 09:00'",
    "cet cest est edt et cst cdt ct mst mdt mt pst pdt pt bst wet eet ist jst aest z": _ZONE,
    "europe america asia africa australia pacific tz timezone": _ZONE,
}
# What a word of German, French, Spanish, Italian or Dutch is here.
_IN_ENGLISH: dict[str, str] = {
    "daily": "täglich tag tage quotidien jour jours quotidiennement diario diariamente día"
    " días giornaliero giorno giorni dagelijks",
    "weekly": "wöchentlich woche hebdomadaire semaine semanal semana settimanale settimana"
    " wekelijks",
    "monthly": "monatlich monat mensuel mois mensual mes mensile mese maandelijks maand",
    "hourly": "stündlich stunde stunden horaire heures hora horas ora ore uur",
    "every": "jeden jede jedes chaque tous toutes cada todos ogni tutti elke iedere",
    "at": "um uhr à heure las alle om kl",
    "to": "bis jusqu'à hasta fino tot",
    "and": "und y e en",
    "morning": "morgens früh vormittags matin mañana mattina ochtend",
    "evening": "abends abend soir noche sera avond",
    "noon": "mittags mittag midi mediodía mezzogiorno",
    "midnight": "mitternacht minuit medianoche mezzanotte",
    "weekdays": "werktags werktag werktage wochentags ouvrés ouvrables laborables feriali"
    " werkdagen",
    "weekends": "wochenende wochenenden",
    "monday": "montag montags mo lundi lundis lun lunes lunedì maandag",
    "tuesday": "dienstag dienstags di mardi mardis martes martedì dinsdag",
    "wednesday": "mittwoch mittwochs mi mercredi mercredis mer miércoles mercoledì woensdag",
    "thursday": "donnerstag donnerstags do jeudi jeudis jeu jueves giovedì donderdag",
    "friday": "freitag freitags fr vendredi vendredis ven viernes venerdì vrijdag",
    "saturday": "samstag samstags sonnabend sa samedi samedis sam sábado sabato zaterdag",
    "sunday": "sonntag sonntags so dimanche dimanches dim domingo domenica zondag",
    "first": "erster ersten premier primer primero primo eerste",
    "last": "letzter letzten dernier último ultimo laatste",
}
_BY_WORD = {
    **{word: answer for words, answer in _ANSWERS.items() for word in words.split()},
    **{
        word: f"schedules are written in English, where it is {english!r}"
        for english, words in _IN_ENGLISH.items()
        for word in words.split()
    },
}


# Day or month first, nobody can tell.
_DATE = re.compile(r"\d\s*/\s*\d|^\d{1,2}\.\d{1,2}\.$|\d{1,2}\.\d{1,2}\.\s*\d|\d{4}-\d\d")


def refuse_dates(text: str) -> None:
    """Raise a ValueError where there is a date in digits, which could be read in two ways."""
    if _DATE.search(text):
        raise ValueError(
            "it has a date, or times parted by a slash; write 'monthly on the 15th',"
            " '24 december at 10:00' or 'daily at 09:00, 17:00'"
        )


def answer_to(word: str) -> str | None:
    """How to say what a word means that schedules do not have."""
    return _BY_WORD.get(word)
