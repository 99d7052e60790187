"""The settings of blocks with the weather, by Open-Meteo."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from digest.config.blocks.base import BlockSettings
from digest.config.fields import Title, WebUrl
from digest.config.secrets import Secret


class WeatherSettings(BlockSettings):
    """The weather of today and tomorrow at a place."""

    kind: Literal["weather"]
    place: Title | None = Field(
        None, description="Its name, with its country where there are several: `Berlin, DE`."
    )
    latitude: float | None = Field(
        None, ge=-90, le=90, description="In place of `place`, with `longitude`; in degrees."
    )
    longitude: float | None = Field(None, ge=-180, le=180, description="In degrees.")
    units: Literal["metric", "imperial"] | None = Field(
        None, description="Default: imperial where the digest's language is `en-US`, else metric."
    )
    api_key: Secret | None = Field(
        None, description="The key of an Open-Meteo subscription; a secret."
    )
    url: WebUrl | None = Field(
        None, description="A server of forecasts of your own. Default: Open-Meteo's."
    )
    places_url: WebUrl | None = Field(
        None, description="A server that finds places by name. Default: Open-Meteo's."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "place": "city location town where address region",
        "latitude": "lat",
        "longitude": "lon lng long",
        "units": "unit temperature_unit unit_system system degrees",
        "api_key": "apikey key token appid api_token",
        "url": "server host base_url api_url endpoint",
        "places_url": "geocoding_url geocoder",
    }

    @property
    def subject(self) -> str:
        """Its place."""
        return self.place or f"{self.latitude:g}, {self.longitude:g}"

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        coordinates = (self.latitude, self.longitude)
        if self.place is None and None in coordinates:
            raise ValueError("needs a place, or a latitude and a longitude")
        if self.place is not None and coordinates != (None, None):
            raise ValueError("give a place, or a latitude and a longitude, not both")
        return self
