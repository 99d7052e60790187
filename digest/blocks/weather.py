"""The weather, by Open-Meteo: https://open-meteo.com/en/docs.

Its data is free for what is not commercial, under CC BY 4.0: its name with a link stands beside it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from digest.blocks import BlockKind, Facts, Occasion, Options
from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.parsing.json_values import json_object, number, objects, text, texts
from digest.feeds.text import one_line
from digest.language import AMERICAN, unbroken
from digest.model import BlockDay, BlockLine, EditionBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from digest.config.blocks.weather import WeatherSettings
    from digest.language import Language

_HOME = "https://open-meteo.com/"
# Open for all, and for those with a key.
_FORECASTS = ("https://api.open-meteo.com", "https://customer-api.open-meteo.com")
_PLACES = (
    "https://geocoding-api.open-meteo.com",
    "https://customer-geocoding-api.open-meteo.com",
)
_MEASURED = (
    "weather_code",
    "temperature_2m_max",
    "temperature_2m_min",
    "precipitation_probability_max",
)
# Today, tomorrow and the day after, since a forecast is good for half a day.
_DAYS = 3
_LONGEST_NAME = 60
# Below it, rain is not worth a word.
_LIKELY = 30
_COUNTRY = 2
# Codes of the WMO (table 4677).
_SNOW = frozenset({71, 73, 75, 77, 85, 86})


class Weather(BlockKind["WeatherSettings"]):
    """Asks where a place is, once, and for its forecast."""

    most_bytes: ClassVar[int | None] = 100_000
    remedies: ClassVar[Mapping[int, str]] = {
        400: "mend what it names",
        401: "look at api_key",
        403: "look at api_key",
        404: "look at url and places_url",
        429: "wait, or get an api_key: the free service allows 10,000 requests a day",
    }

    def lookup(self, settings: WeatherSettings, occasion: Occasion) -> Request | None:
        """Where the place is; a country of two letters behind a comma is searched alone."""
        if settings.place is None:
            return None
        name, country = _parts(settings.place)
        asked = {"name": settings.place, "count": "1", "language": occasion.language[:2]}
        if country:
            asked |= {"name": name, "countryCode": country}
        return _asking(settings, settings.places_url, _PLACES, "/v1/search", asked)

    def read_lookup(self, body: bytes, options: Options) -> Facts:
        """The place that is meant most often, with its country and where it is."""
        found = next(iter(objects(_answer(body), "results")), None)
        if found is None:
            raise FeedError(_nowhere(options["place"]), status=200)
        place = {
            "name": one_line(text(found, "name"), _LONGEST_NAME),
            "country": one_line(text(found, "country"), _LONGEST_NAME),
            "latitude": number(found, "latitude"),
            "longitude": number(found, "longitude"),
        }
        if not place["name"] or None in place.values():
            raise FeedError("is no answer of Open-Meteo: a place is nowhere", status=200)
        return place

    def request(self, settings: WeatherSettings, occasion: Occasion, found: Facts) -> Request:
        """The forecast of the next days, as the digest has them."""
        asked = {
            "latitude": str(found.get("latitude", settings.latitude)),
            "longitude": str(found.get("longitude", settings.longitude)),
            "daily": ",".join(_MEASURED),
            "timezone": occasion.timezone,
            "forecast_days": str(_DAYS),
        }
        if _is_imperial(settings, occasion):
            asked["temperature_unit"] = "fahrenheit"
        return _asking(settings, settings.url, _FORECASTS, "/v1/forecast", asked)

    def options(self, settings: WeatherSettings, occasion: Occasion) -> Options:
        """The place, for the error where there is none."""
        del occasion
        return {"place": settings.place}

    def read(self, body: bytes, options: Options) -> Facts:
        """The days of the forecast, without those that lack their code or a temperature."""
        del options
        daily = _answer(body).get("daily")
        days = list(_days(daily)) if isinstance(daily, dict) else []
        if not days:
            raise FeedError("is no answer of Open-Meteo: it has no days", status=200)
        return {"days": days}

    def show(
        self, facts: Facts, found: Facts, settings: WeatherSettings, occasion: Occasion
    ) -> EditionBlock:
        """Today and tomorrow, a line each, under the name of the place."""
        language, today = occasion.speech, occasion.today
        by_date = {day["date"]: day for day in facts["days"]}
        unit = "°F" if _is_imperial(settings, occasion) else "°C"
        shown = [
            _day(date, by_date[date.isoformat()], unit, language)
            for date in (today, today + timedelta(days=1))
            if date.isoformat() in by_date
        ]
        if not shown:
            raise FeedError("has a forecast, but not for today", status=200)
        title = settings.name or found.get("name") or language.translate("Weather")
        credit = language.translate("Weather data by {service}", service="Open-Meteo.com")
        return EditionBlock(settings.kind, title, tuple(shown), credit, _HOME)

    def finding(
        self, facts: Facts, found: Facts, settings: WeatherSettings, occasion: Occasion
    ) -> str:
        """Which place was taken: `weather for Berlin, Germany (52.52, 13.41)`."""
        del facts, occasion
        if not found:
            return f"weather for {settings.latitude:.2f}, {settings.longitude:.2f}"
        where = ", ".join(filter(None, (found["name"], found["country"])))
        return f"weather for {where} ({found['latitude']:.2f}, {found['longitude']:.2f})"


def _asking(
    settings: WeatherSettings,
    server: str | None,
    servers: tuple[str, str],
    path: str,
    asked: dict[str, str],
) -> Request:
    key = settings.api_key.get_secret_value() if settings.api_key else ""
    url = server or servers[bool(key)]
    query = urlencode(asked | ({"apikey": key} if key else {}), safe=",")
    return Request(
        f"{url.rstrip('/')}{path}?{query}", accept="application/json", read_reason=_reason
    )


def _parts(place: str) -> tuple[str, str]:
    """The name of a place, and its country where that is two letters behind a comma, or empty."""
    name, _, country = (part.strip() for part in place.rpartition(","))
    if name and len(country) == _COUNTRY and country.isascii() and country.isalpha():
        return name, country.upper()
    return place, ""


def _nowhere(place: str) -> str:
    name, country = _parts(place)
    if not country:
        return (
            f"no place is called {place!r}; write its country, as in 'Berlin, DE',"
            " or its latitude and longitude"
        )
    return (
        f"no place in the country {country} is called {name!r}; write a state in full, as in"
        " 'Portland, Oregon', or its latitude and longitude"
    )


def _reason(body: bytes) -> str:
    """Why a request was refused."""
    try:
        return text(json_object(body), "reason")
    except FeedError:
        return ""


def _answer(body: bytes) -> dict[str, Any]:
    try:
        return json_object(body)
    except FeedError as error:
        raise FeedError(f"is no answer of Open-Meteo: it {error.reason}", status=200) from None


def _is_imperial(settings: WeatherSettings, occasion: Occasion) -> bool:
    return (settings.units or ("imperial" if occasion.language == AMERICAN else "")) == "imperial"


def _days(daily: dict[str, Any]) -> Iterator[dict[str, Any]]:
    dates = texts(daily, "time")[:_DAYS]
    columns = (_column(daily, name, len(dates)) for name in _MEASURED)
    for date, code, high, low, chance in zip(dates, *columns, strict=True):
        if None not in {code, high, low}:
            yield {"date": date, "code": code, "high": high, "low": low, "chance": chance or 0}


def _column(daily: dict[str, Any], name: str, days: int) -> list[int | None]:
    """A measure of so many days, in whole numbers."""
    values = daily.get(name)
    padded = [*(values if isinstance(values, list) else []), *[None] * days][:days]
    numbers = [number({"value": value}, "value") for value in padded]
    return [None if value is None else round(value) for value in numbers]


def _day(date: date, day: Mapping[str, Any], unit: str, language: Language) -> BlockDay:
    # The sign of a temperature below zero is no hyphen.
    low, high = (language.number(day[of]).replace("-", "\u2212") for of in ("low", "high"))
    if language.direction == "rtl":
        # Or the letter would stand before its sign.
        unit = "\u200e" + unit
    degrees = language.translate("{low} to {high} {unit}", low=low, high=high, unit=unit)
    chance = language.percent(min(day["chance"], 100))
    if day["chance"] < _LIKELY:
        about = ""
    elif day["code"] in _SNOW:
        about = language.translate("{percent} chance of snow", percent=chance)
    else:
        about = language.translate("{percent} chance of rain", percent=chance)
    name, symbol = _sky(day["code"], language)
    forecast = language.list_of(filter(None, (name, unbroken(degrees))))
    return BlockDay(language.weekday(date), (BlockLine(forecast, about, symbol=symbol),))


def _sky(code: int, language: Language) -> tuple[str, str]:
    """What a code of the WMO is called, and its symbol; nothing where it is none."""
    skies = (
        ({0}, language.translate("Clear"), "☀️"),
        ({1, 2}, language.translate("Partly cloudy"), "⛅"),
        ({3}, language.translate("Overcast"), "☁️"),
        ({45, 48}, language.translate("Fog"), "🌫️"),
        ({51, 53, 55}, language.translate("Drizzle"), "🌦️"),
        ({61, 80}, language.translate("Light rain"), "🌦️"),
        ({63, 81}, language.translate("Rain"), "🌧️"),
        ({65, 82}, language.translate("Heavy rain"), "🌧️"),
        ({56, 57, 66, 67}, language.translate("Freezing rain"), "🌧️"),
        ({71, 73, 77, 85}, language.translate("Snow"), "🌨️"),
        ({75, 86}, language.translate("Heavy snow"), "❄️"),
        ({95, 96, 99}, language.translate("Thunderstorms"), "⛈️"),
    )
    return next(((name, symbol) for codes, name, symbol in skies if code in codes), ("", ""))


BLOCK = Weather()
