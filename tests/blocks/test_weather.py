"""The weather of Open-Meteo, in words: languages, units, days, and places by name."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from digest.blocks import Occasion, block_of
from digest.config.blocks.weather import WeatherSettings
from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.language import language_of, languages, unbroken
from tests.blocks.stand_ins import DAILY, TODAY
from tests.feed_xml import NOW

WEATHER = block_of("weather")
BERLIN = {"name": "Berlin", "country": "Germany", "latitude": 52.52437, "longitude": 13.41053}


def settings(**given: Any) -> WeatherSettings:
    given = given or {"place": "Berlin"}
    return WeatherSettings.model_validate({"kind": "weather", **given})


def occasion(language: str = "en", zone: str = "Europe/Berlin") -> Occasion:
    return Occasion(language, zone, NOW)


def asked(request: Request | Any) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def facts(**daily: list[Any]) -> Any:
    dates = [(TODAY + timedelta(days=n)).isoformat() for n in range(3)]
    document = {"daily": {"time": dates, **DAILY, **daily}}
    return WEATHER.read(json.dumps(document).encode(), {})


def shown(occasion: Occasion, made: Any = None, **given: Any) -> list[tuple[str, str, str]]:
    block = WEATHER.show(made or facts(), BERLIN, settings(**given), occasion)
    assert block
    return [(day.name, line.text, line.about) for day in block.days for line in day.lines]


def test_two_days_are_shown_in_each_language() -> None:
    for tag in languages():
        language = language_of(tag)
        texts = shown(occasion(tag), units="metric", place="Berlin")

        assert [name for name, *_ in texts] == [
            language.weekday(TODAY + timedelta(days=n)) for n in range(2)
        ]
        assert language.translate("Light rain") in texts[0][1]
        assert language.translate("Partly cloudy") in texts[1][1]
        assert language.percent(70) in texts[0][2]
        assert texts[1][2] == ""
        assert unbroken("°C") in texts[0][1]


def test_it_is_as_an_english_reader_would_say_it() -> None:
    assert shown(occasion()) == [
        ("Monday", "Light rain, 4\u00a0to\u00a09\u00a0°C", "70% chance of rain"),
        ("Tuesday", "Partly cloudy, \u22122\u00a0to\u00a03\u00a0°C", ""),
    ]


@pytest.mark.parametrize(
    ("language", "units", "imperial"),
    [
        ("en", None, False),
        ("en-US", None, True),
        ("de", None, False),
        ("en-US", "metric", False),
        ("de", "imperial", True),
    ],
)
def test_units_go_by_the_region_of_the_language(
    language: str, units: str | None, *, imperial: bool
) -> None:
    weather = settings(place="Berlin", **({"units": units} if units else {}))
    request = WEATHER.request(weather, occasion(language), BERLIN)

    assert (asked(request).get("temperature_unit") == "fahrenheit") is imperial
    block = WEATHER.show(facts(), BERLIN, weather, occasion(language))
    assert block
    assert ("°F" in block.days[0].lines[0].text) is imperial


def test_every_code_of_the_service_has_a_name() -> None:
    codes = [*range(4), 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77]
    codes += [80, 81, 82, 85, 86, 95, 96, 99]
    for code in codes:
        line = WEATHER.show(facts(weather_code=[code] * 3), BERLIN, settings(), occasion())
        assert line
        assert line.days[0].lines[0].symbol, code
    unknown = shown(occasion(), facts(weather_code=[42, 42, 42]))
    assert unknown[0][1] == "4\u00a0to\u00a09\u00a0°C"
    snow = shown(occasion(), facts(weather_code=[75, 2, 2]))
    assert snow[0][2] == "70% chance of snow"


def test_an_answer_of_yesterday_has_the_days_of_today() -> None:
    tomorrow = replace(occasion(), now=NOW + timedelta(days=1))

    assert [name for name, *_ in shown(tomorrow)] == ["Tuesday", "Wednesday"]
    much_later = replace(occasion(), now=NOW + timedelta(days=9))
    with pytest.raises(FeedError, match="has a forecast, but not for today"):
        WEATHER.show(facts(), BERLIN, settings(), much_later)


def test_a_day_that_lacks_a_value_is_left_out() -> None:
    assert [name for name, *_ in shown(occasion(), facts(temperature_2m_max=[None, 3, 1]))] == [
        "Tuesday"
    ]
    with pytest.raises(FeedError, match="it has no days"):
        facts(weather_code=[None, "x", {}])


def test_what_is_asked_is_what_the_service_takes() -> None:
    request = WEATHER.request(settings(latitude=1.5, longitude=-2), occasion(), {})
    assert isinstance(request, Request)
    assert request.url.startswith("https://api.open-meteo.com/v1/forecast?")
    assert asked(request) == {
        "latitude": "1.5",
        "longitude": "-2.0",
        "daily": "weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max",
        "timezone": "Europe/Berlin",
        "forecast_days": "3",
    }


@pytest.mark.parametrize(
    ("place", "name", "country"),
    [
        ("Berlin", "Berlin", None),
        ("Berlin, de", "Berlin", "DE"),
        ("Paris, France", "Paris, France", None),
        ("10115", "10115", None),
        (", DE", ", DE", None),
    ],
)
def test_a_country_of_two_letters_is_searched_alone(
    place: str, name: str, country: str | None
) -> None:
    request = WEATHER.lookup(settings(place=place), occasion("pt-BR"))

    assert request
    assert request.url.startswith("https://geocoding-api.open-meteo.com/v1/search?")
    query = asked(request)
    assert (query["name"], query.get("countryCode")) == (name, country)
    assert query["language"] == "pt"


def test_those_with_a_key_ask_the_host_for_them() -> None:
    paying = settings(place="Berlin", api_key="k3y")
    for request in (
        WEATHER.lookup(paying, occasion()),
        WEATHER.request(paying, occasion(), BERLIN),
    ):
        assert isinstance(request, Request)
        assert urlsplit(request.url).hostname in {
            "customer-api.open-meteo.com",
            "customer-geocoding-api.open-meteo.com",
        }
        assert asked(request)["apikey"] == "k3y"


def test_a_place_that_nobody_knows_is_said_with_what_mends_it() -> None:
    with pytest.raises(FeedError, match=r"no place is called 'Nowhere'; write its country"):
        WEATHER.read_lookup(b'{"generationtime_ms": 0.5}', {"place": "Nowhere"})
    # Many write a state of the USA as the service takes a country.
    with pytest.raises(
        FeedError, match=r"no place in the country CA is called 'San Diego'; write a"
    ):
        WEATHER.read_lookup(b'{"generationtime_ms": 0.5}', {"place": "San Diego, CA"})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"latitude": 1}, "needs a place, or a latitude and a longitude"),
        ({"place": "Berlin", "latitude": 1}, "not both"),
        ({"latitude": 91, "longitude": 1}, "less than or equal to 90"),
    ],
)
def test_a_weather_is_somewhere(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settings(**given)
