"""The words, dates and numbers of a language.

English is written here, with dates as in Britain; for every other language gettext has the words,
and Babel how dates and numbers are written (Unicode CLDR). Babel is loaded where one is first asked
for. American English has no words of its own.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, time
    from gettext import NullTranslations

Direction = Literal["ltr", "rtl"]

ENGLISH = "en"
AMERICAN = "en-US"
# Tags of what goes by another one here.
OTHER_TAGS = {"en-GB": ENGLISH, "pt": "pt-BR"}
CATALOGS = Path(__file__).parent / "locale"
_PLACE = re.compile(r"\{(\w+)\}")
# CLDR has most periods with short months only; their width is free (UTS 35, 2.6.3.1).
_SHORT_MONTH = re.compile(r"(?<!M)MMM(?!M)")
_DAYS_OF_A_WEEK = 7
_NO_BREAK_SPACE = "\u00a0"


class Language:
    """English, and what is alike in all languages.

    `tag` is its BCP 47 tag, `direction` the one it is written in.
    """

    tag: str = ENGLISH
    direction: Direction = "ltr"

    def translate(self, text: str, /, **values: object) -> str:
        """A text of the program in this language, each `{name}` replaced by its value.

        It is HTML where a value is (`__html__`); the rest of it is escaped then.

        Raises:
            ValueError: the text names a value that is not given.
        """
        return self._filled(self._text(text), values)

    def plural(self, number: int, singular: str, plural: str, /, **values: object) -> str:
        """The form of a text that goes with a number; `{number}` in it is that number."""
        return self._filled(self._form(number, singular, plural), {"number": number, **values})

    def count(self, number: int, noun: str, plural: str = "") -> str:
        """`1 story`, `12 stories`."""
        return self.plural(number, f"{{number}} {noun}", f"{{number}} {plural or noun + 's'}")

    def list_of(self, names: Iterable[str]) -> str:
        """Names one after another, with this language's comma."""
        return self.translate(", ").join(names)

    def duration(self, minutes: int) -> str:
        """`4 min`, `2 h`, `1 h 20 min`, which stay on one line."""
        hours, rest = divmod(minutes, 60)
        short = self.plural(rest, "{number} min", "{number} min")
        long = self.plural(hours, "{number} h", "{number} h")
        if hours and rest:
            return unbroken(self.translate("{hours} {minutes}", hours=long, minutes=short))
        return unbroken(long if hours else short)

    def age(self, day: date, today: date) -> str:
        """`Tuesday`, `20 November`, or with its year where that differs.

        Not `today` or `yesterday`: nobody knows on which day it is read.
        """
        if 0 <= (today - day).days < _DAYS_OF_A_WEEK:
            return self.weekday(day)
        return self.day_and_month(day) if day.year == today.year else self.day(day)

    def number(self, number: int | float) -> str:
        """`12,000`."""
        return f"{number:,}"

    def percent(self, number: int) -> str:
        """`80%`."""
        return f"{number}%"

    def day(self, day: date) -> str:
        """`20 November 2026`."""
        return f"{day.day} {day:%B %Y}"

    def day_and_month(self, day: date) -> str:
        """`20 November`."""
        return f"{day.day} {day:%B}"

    def month(self, day: date) -> str:
        """`November 2026`."""
        return f"{day:%B %Y}"

    def weekday(self, day: date) -> str:
        """`Friday`."""
        return f"{day:%A}"

    def day_to_come(self, day: date) -> str:
        """`Friday, 20 November`."""
        return self.translate(
            "{weekday}, {day}", weekday=self.weekday(day), day=self.day_and_month(day)
        )

    def time_of_day(self, at: time) -> str:
        """`09:00`."""
        return f"{at:%H:%M}"

    def period(self, first: date, last: date) -> str:
        """`13 to 20 November 2026`, or the one day."""
        if first == last:
            return self.day(last)
        start = str(first.day)
        if first.year != last.year:
            start = self.day(first)
        elif first.month != last.month:
            start = self.day_and_month(first)
        return f"{start} to {self.day(last)}"

    def _text(self, text: str) -> str:
        return text

    def _form(self, number: int, singular: str, plural: str) -> str:
        return singular if number == 1 else plural

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        # Not by str.format, with which a template could look into what it is given.
        pieces = _PLACE.split(text)
        if missing := next((name for name in pieces[1::2] if name not in values), None):
            raise ValueError(f"{text!r} is given no value for {missing!r}")
        pieces[1::2] = [self._shown(values[name]) for name in pieces[1::2]]
        if any(hasattr(piece, "__html__") for piece in pieces):
            from markupsafe import Markup

            return Markup("").join(pieces)
        return "".join(pieces)

    def _shown(self, value: object) -> str:
        if isinstance(value, int):
            return self.number(value)
        return value if isinstance(value, str) else str(value)


class _Translated(Language):
    """A language of `locale/`: its words and plural rule are the file's, the rest is CLDR's.

    American English has no file, and the words of English.
    """

    def __init__(self, tag: str) -> None:
        from babel import Locale, dates, numbers

        self.tag = tag
        self._dates, self._numbers = dates, numbers
        self._locale = Locale.parse(tag, sep="-")
        self.direction = "rtl" if self._locale.text_direction == "rtl" else "ltr"
        self._catalog = _read(tag)

    def number(self, number: int | float) -> str:
        return self._numbers.format_decimal(number, locale=self._locale)

    def percent(self, number: int) -> str:
        return self._numbers.format_percent(number / 100, locale=self._locale)

    def day(self, day: date) -> str:
        return self._dates.format_date(day, "long", self._locale)

    def day_and_month(self, day: date) -> str:
        return self._dates.format_skeleton("MMMMd", day, locale=self._locale)

    def month(self, day: date) -> str:
        return self._dates.format_skeleton("yMMMM", day, locale=self._locale)

    def weekday(self, day: date) -> str:
        return self._dates.format_date(day, "EEEE", self._locale)

    def time_of_day(self, at: time) -> str:
        return self._dates.format_time(at, "short", locale=self._locale)

    def period(self, first: date, last: date) -> str:
        if first == last:
            return self.day(last)
        differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
        formats = self._locale.interval_formats
        patterns = (formats.get("yMMMMd") or formats["yMMMd"])[differs]
        return "".join(
            self._dates.parse_pattern(_SHORT_MONTH.sub("MMMM", pattern)).apply(day, self._locale)
            for pattern, day in zip(patterns, (first, last), strict=True)
        )

    def _text(self, text: str) -> str:
        return self._catalog.gettext(text)

    def _form(self, number: int, singular: str, plural: str) -> str:
        return self._catalog.ngettext(singular, plural, number)


def unbroken(text: str) -> str:
    """A number and its unit that stay on one line."""
    return text.replace(" ", _NO_BREAK_SPACE)


def languages() -> list[str]:
    """The tags (BCP 47) of all there are."""
    return sorted({ENGLISH, AMERICAN, *(path.stem for path in CATALOGS.glob("*.po"))})


@cache
def language_of(tag: str) -> Language:
    """The language of a tag of `languages()`.

    Raises:
        ValueError: the tag is none of these.
    """
    if tag not in languages():
        raise ValueError(f"there is no language {tag!r}")
    return Language() if tag == ENGLISH else _Translated(tag)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 story`, `12 stories`, for operators: in English."""
    return language_of(ENGLISH).count(number, noun, plural)


def _read(tag: str) -> NullTranslations:
    from gettext import GNUTranslations, NullTranslations

    if tag == AMERICAN:
        return NullTranslations()

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGS / f"{tag}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)
