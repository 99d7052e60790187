"""Services that blocks ask, on 127.0.0.1: with their protocol, their limits and their errors."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.feed_xml import NOW
from tests.servers import HttpServer, Reply, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.blocks import Facts

TODAY = NOW.date()
PLACES = (
    ("Berlin", "Germany", "DE", 52.52437, 13.41053),
    ("Berlin", "United States", "US", 44.46867, -71.18508),
    ("Lyon", "France", "FR", 45.74846, 4.84671),
)
DAILY: dict[str, list[Any]] = {
    "weather_code": [61, 2, 0],
    "temperature_2m_max": [8.6, 3.4, 1.0],
    "temperature_2m_min": [4.2, -2.5, -6.0],
    "precipitation_probability_max": [70, 5, None],
    "sunrise": ["", "", ""],
    "sunset": ["", "", ""],
}
SECRET_PATH = "/private-4f9e8a7b6c5d4e3f2a1b/basic.ics"


class OpenMeteo(HttpServer):
    """Forecasts and places: https://open-meteo.com/en/docs, .../docs/geocoding-api.

    With a `key` it is the host of subscribers. `daily` is what the forecasts are.
    """

    def __init__(self, key: str = "") -> None:
        super().__init__()
        self.key = key
        self.daily = DAILY
        self.first = TODAY

    def reply_at(self, path: str) -> Reply | Callable[[Seen], Reply]:
        if path in self.replies:
            return self.replies[path]
        parts = urlsplit(path)
        if parts.path in self.replies:
            return self.replies[parts.path]
        asked = dict(parse_qsl(parts.query))
        if self.key and asked.get("apikey") != self.key:
            return refusal("The supplied API key is invalid.")
        answers = {"/v1/search": self._search, "/v1/forecast": self._forecast}
        return answers[parts.path](asked) if parts.path in answers else Reply("", 404)

    def _search(self, asked: dict[str, str]) -> Reply:
        name, _, country = asked["name"].partition(", ")
        found = [
            {
                "id": number,
                "name": place[0],
                "latitude": place[3],
                "longitude": place[4],
                "country_code": place[2],
                "country": place[1],
                "timezone": "Europe/Berlin",
                "population": 1_000,
            }
            for number, place in enumerate(PLACES, 2_950_159)
            if place[0].lower().startswith(name.lower())
            and asked.get("countryCode", place[2]) == place[2]
            and country in {"", place[1]}
        ]
        if not 1 <= int(asked.get("count", "10")) <= 100:
            return refusal("Parameter count must be between 1 and 100.")
        # Where there is none, the answer has no results at all.
        results = {"results": found[: int(asked.get("count", "10"))]} if found else {}
        return answer({**results, "generationtime_ms": 0.6})

    def _wrong(self, asked: dict[str, str]) -> str:
        """Why the service does not take a request."""
        unknown = [name for name in asked["daily"].split(",") if name not in self.daily]
        for is_wrong, reason in (
            (_off(asked, "latitude", 90), "Latitude must be in range of -90 to 90°."),
            (_off(asked, "longitude", 180), "Longitude must be in range of -180 to 180°."),
            ("timezone" not in asked, "Timezone is required for daily variables."),
            (unknown, f"Cannot initialize from invalid String value {unknown}."),
            (not 0 <= int(asked["forecast_days"]) <= 16, "Forecast days is invalid."),
        ):
            if is_wrong:
                return reason
        return ""

    def _forecast(self, asked: dict[str, str]) -> Reply:
        if reason := self._wrong(asked):
            return refusal(reason)
        days = [self.first + timedelta(days=n) for n in range(int(asked["forecast_days"]))]
        fahrenheit = asked.get("temperature_unit") == "fahrenheit"
        daily = {name: [*self.daily[name]] for name in asked["daily"].split(",")}
        for name in daily if fahrenheit else ():
            if name.startswith("temperature"):
                daily[name] = [value and round(value * 9 / 5 + 32, 1) for value in daily[name]]
        return answer(
            {
                "latitude": 52.52,
                "longitude": 13.419998,
                "generationtime_ms": 0.07,
                "utc_offset_seconds": 3600,
                "timezone": asked["timezone"],
                "timezone_abbreviation": "GMT+1",
                "elevation": 38.0,
                "daily_units": {"time": "iso8601"},
                "daily": {"time": [day.isoformat() for day in days], **daily},
            }
        )


def _off(asked: dict[str, str], name: str, most: int) -> bool:
    return not -most <= float(asked[name]) <= most


def answer(document: object) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(json.dumps(document), headers=headers)


def refusal(reason: str) -> Reply:
    """As the service refuses: `reason` is for people."""
    return Reply(
        json.dumps({"error": True, "reason": reason}),
        400,
        {"Content-Type": "application/json; charset=utf-8"},
    )


def at(day: date, hour: int = 0, minute: int = 0) -> str:
    """A time as iCalendar writes it, without its zone."""
    return f"{day:%Y%m%d}T{hour:02}{minute:02}00"


def calendar(*events: str, zones: str = "") -> str:
    """A calendar of events, each the lines of one without its ends."""
    made = "".join(
        f"BEGIN:VEVENT\nUID:{number}@example.com\nDTSTAMP:20260101T000000Z\n{event.strip()}\n"
        "END:VEVENT\n"
        for number, event in enumerate(events, 1)
    )
    begins = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Calendar//EN\n"
    return f"{begins}{zones}{made}END:VCALENDAR\n".replace("\n", "\r\n")


def calendar_reply(text: str) -> Reply:
    return Reply(text, headers={"Content-Type": "text/calendar; charset=UTF-8"})


def lines_of(facts: Facts) -> list[str]:
    """The titles of events."""
    return [event["title"] for event in facts["events"]]
