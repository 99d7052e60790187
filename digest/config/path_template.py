"""What stands in the path of a file for its digest and its day: `{digest}`, `{date}` and others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PLACEHOLDERS = ("digest", "title", "date", "year", "month", "day", "week", "time")
_PLACEHOLDER = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
# What file names have nowhere on Windows and Android, or links of notes cannot name, and white
# space (https://help.obsidian.md/links).
_NOT_IN_NAMES = re.compile(r'[*"\\/<>:|?#^\[\]\s\x00-\x1f\x7f]+')
# Devices on Windows, whatever comes behind a dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)
# The rest of a name of 255 bytes is for a date, a number and what else is around a title.
_MOST_OF_A_TITLE = 120


def placeholder_values(digest: str, title: str, at: datetime) -> dict[str, str]:
    """What is filled in, by placeholder; `at` is in the digest's time zone.

    The week is that of ISO 8601, whose year is not always that of the day.
    """
    year, week, _ = at.isocalendar()
    return {
        "digest": digest,
        "title": title,
        "date": f"{at:%Y-%m-%d}",
        "year": f"{at:%Y}",
        "month": f"{at:%m}",
        "day": f"{at:%d}",
        "week": f"{year}-W{week:02}",
        "time": f"{at:%H%M}",
    }


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its placeholders filled in."""
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def filled_path(template: str, values: Mapping[str, str]) -> str:
    """The path of a template: no value makes a folder, or a name that some systems have not."""
    title = file_name(values["title"]) or values["digest"]
    return filled(template, {**values, "title": title})


def file_name(text: str) -> str:
    """A text as a part of a file's name that every system takes and a note can link to."""
    plain = _NOT_IN_NAMES.sub(" ", text).encode()[:_MOST_OF_A_TITLE].decode(errors="ignore")
    # A name that begins with a dot is hidden, and one that ends with it Windows has not.
    name = plain.strip(" .")
    return f"_{name}" if _DEVICE.match(name) else name


def only_known(template: str) -> str:
    """A template whose braces are all of placeholders.

    Raises:
        ValueError: others are in it.
    """
    rest = _PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValueError(f"the only placeholders are {known}")
    return template
