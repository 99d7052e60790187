"""An ordinary week: what 25 feeds of the kinds that people read had until a Monday at nine.

What each had is in `feeds/`, one file for each; how its service writes that down (elements,
namespaces, boilerplate, parameters that say where a reader came from) is in `shapes/`. All of it is
made up, but for the services that carry it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
BEFORE = datetime(2026, 11, 23, 9, tzinfo=UTC)
_HERE = Path(__file__).parent
_SHAPES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE / "shapes"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_SHAPES.filters["rfc822"] = lambda at: format_datetime(at, usegmt=True)
_SHAPES.filters["rfc822_offset"] = format_datetime
_SHAPES.filters["iso"] = lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")
_SHAPES.filters["clock"] = lambda seconds: (
    f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
)


@cache
def feeds() -> tuple[dict[str, Any], ...]:
    """What is known of each feed, with all its entries, the newest first."""
    found = []
    for path in sorted((_HERE / "feeds").glob("*.yaml")):
        feed = yaml.safe_load(path.read_text("utf-8"))
        entries = [{**entry, "at": _moment(entry["at"])} for entry in feed["entries"]]
        entries.sort(key=lambda entry: entry["at"], reverse=True)
        found.append({**feed, "name": path.stem, "entries": entries})
    return tuple(found)


def settings() -> list[Any]:
    """The feeds as a configuration lists them."""
    return [{**feed["source"], "tags": feed["tags"]} for feed in feeds()]


def bodies(until: datetime = NOW) -> dict[str, bytes]:
    """What each feed answered then, by the address that is asked."""
    return {feed["asked"]: body(feed, until) for feed in feeds()}


def body(feed: dict[str, Any], until: datetime = NOW) -> bytes:
    """What one feed answered then, as its service writes it."""
    entries = [entry for entry in feed["entries"] if entry["at"] < until]
    shape = _SHAPES.get_template(feed["shape"])
    return shape.render(feed=feed, entries=entries, built=until).encode()


def _moment(written: str) -> datetime:
    """A moment of that November, from its day and time, like `24 08:12`."""
    return datetime.strptime(f"2026-11-{written}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
