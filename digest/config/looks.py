"""How the emails of a digest look."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from digest.config.base import Model
from digest.config.fields import WebUrl

Theme = Literal["classic", "compact", "magazine"]
# What each theme is, for people who choose one.
ABOUT: dict[Theme, str] = {
    "classic": "headlines, excerpts and small pictures",
    "compact": "titles, and one line for each; no pictures",
    "magazine": "large headlines, large pictures",
}

_FONT = re.compile(r"[A-Za-z-][A-Za-z0-9 _-]{0,63}")


def _colour(value: str) -> str:
    if not re.fullmatch("#[0-9A-Fa-f]{6}", value):
        raise ValueError("must be a colour like '#1b5e8c'")
    return value.lower()


def _fonts(value: str) -> str:
    """A font stack as CSS: names of more than one word in single quotes."""
    names = [name.strip().strip("'\"").strip() for name in value.split(",")]
    if not all(_FONT.fullmatch(name) for name in names):
        raise ValueError(
            "must be font names parted by commas, like Georgia, Times New Roman, serif"
        )
    return ", ".join(f"'{name}'" if " " in name else name for name in names)


def _secure(value: str) -> str:
    if not value.lower().startswith("https://"):
        raise ValueError("must start with https://")
    return value


class LookSettings(Model):
    """What of a theme can be chosen without a template."""

    accent: Annotated[str, AfterValidator(_colour)] = Field(
        "#1b5e8c",
        description="A colour like `#1b5e8c`; made darker or lighter if it is hard to read.",
    )
    logo: Annotated[WebUrl, AfterValidator(_secure)] | None = Field(
        None, description="The https address of a picture above the title."
    )
    logo_width: int | None = Field(None, ge=8, le=480, description="In pixels, as it is shown.")
    logo_height: int | None = Field(None, ge=8, le=480, description="In pixels, as it is shown.")
    font: Annotated[str, AfterValidator(_fonts)] | None = Field(
        None, description="Font names separated by commas; default: the theme's."
    )
    width: int = Field(600, ge=480, le=700, description="In pixels; phones show it narrower.")
    text_size: Literal["normal", "large"] = Field(
        "normal", description="large: letters a third larger, for eyes that need it."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "accent": "color colour accent_color accent_colour primary_color theme_color",
        "logo": "image picture icon logo_url",
        "font": "fonts font_family typeface",
        "width": "max_width",
        "text_size": "size font_size letter_size type_size zoom large_print",
    }

    @model_validator(mode="after")
    def _logo_has_a_size(self) -> Self:
        if self.logo and not (self.logo_width and self.logo_height):
            raise ValueError("a logo needs logo_width and logo_height")
        return self
