"""This machine: the database, its disk, time zones, the clock."""

from __future__ import annotations

import zoneinfo
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.checks import Finding, Trouble, failed, found
from digest.config.secrets import missing_in
from digest.errors import OldSchemaError, PlaceError, StoreError, TemplateError
from digest.feeds.http.guard import bad_port
from digest.language import counted
from digest.store import Store
from digest.store.migrations import HEAD
from digest.workers.memory_limit import MEND, tight_memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from digest.config import Settings
    from digest.config.looks import Theme
    from digest.store import DatabaseAddress

_MOST_OFF_MINUTES = 5
_OLD_YEARS = 2
_RESTORE = "restore a backup (docs/running.md)"
_MAKE_ROOM = "make room there, or mount it so that it can be written"
_INSTALL_ZONES = "install newer zone data: `pip install -U tzdata`, or the system's package tzdata"


def check_templates(settings: Settings) -> list[Finding]:
    """Compile and try the templates of each folder that a digest names."""
    themes: dict[Path | None, list[Theme]] = {}
    for digest in settings.digests.values():
        themes.setdefault(digest.template, []).append(digest.theme)
    return [_templates(folder, used) for folder, used in themes.items()]


def _templates(folder: Path | None, themes: Sequence[Theme]) -> Finding:
    from digest.jobs.custom_templates import unused_of
    from digest.jobs.render import open_templates

    name = str(folder or "built in")
    try:
        for theme in dict.fromkeys(themes):
            open_templates(folder, theme)
    except TemplateError as error:
        remedy = "mend the template there; docs/templates.md says what it can use"
        return Finding("templates", name, "fail", str(error), remedy)
    unused = unused_of(folder, themes) if folder else []
    mend = "name it as `digest templates export` does, or move it away"
    return found("templates", name, ["compile"], [Trouble("warn", text, mend) for text in unused])


def check_database(database: DatabaseAddress) -> Finding:
    """Read the database through."""
    name = str(database)
    try:
        if not database.exists():
            return Finding("database", name, "ok", "not there yet; `digest run` makes it")
        Store(database, read_only=True, check=True).close()
        size = database.size() / 1_000_000
    except StoreError as error:
        reason = str(error).removeprefix(f"{name}: ")
        return failed("database", name, reason, _RESTORE)
    return Finding("database", name, "ok", f"whole, schema {HEAD}, {size:.1f} MB")


def check_opens(database: DatabaseAddress) -> list[Finding]:
    """Open the database without reading it through or changing it; nothing where none is."""
    name = str(database)
    if lack := database.lack_of_room():
        return [failed("database", name, lack, _MAKE_ROOM)]
    try:
        if not database.exists():
            return []
        Store(database, read_only=True).close()
    except PlaceError as error:
        reason, _, mend = str(error).removeprefix(f"{name}: ").partition("; ")
        return [failed("database", name, reason, mend)]
    except OldSchemaError:
        return [Finding("database", name, "ok", "of an older version; `digest run` upgrades it")]
    except StoreError as error:
        return [failed("database", name, str(error).removeprefix(f"{name}: "), _RESTORE)]
    return [Finding("database", name, "ok", f"opens, schema {HEAD}")]


def check_memory() -> list[Finding]:
    """Whether this machine allows the memory that reading may need; nothing where it does."""
    limit = tight_memory()
    return [Finding("memory", "", "warn", limit, MEND)] if limit else []


def check_ports(settings: Settings) -> list[Finding]:
    """The feeds and channels at ports that are never asked; an address may be a secret."""
    urls = {f"feed {feed.name or feed.address}": feed.address for feed in settings.feeds}
    for name, channel in settings.channels.items():
        if not any(missing_in(channel)) and channel.server_url:
            urls[f"channel {name}"] = channel.server_url
    bad = {name: bad_port(urlsplit(url).port) for name, url in urls.items()}
    mend = "have it served at another port, and write that"
    return [failed("settings", name, text, mend) for name, text in bad.items() if text]


def check_disk(database: DatabaseAddress) -> Finding:
    """Whether there is room where the database is, or will be."""
    folder, lack = database.try_disk()
    if lack is None:
        return Finding("disk", str(folder), "ok", "there is room, and it can be written")
    remedy = "make room there and see that this user may write, or set another `database`"
    return Finding("disk", str(folder), "fail", lack, remedy)


def check_zones(names: Iterable[str], now: datetime) -> Finding:
    """Whether the time zones of schedules are known, and how old what is known of them is."""
    names, edition = sorted(set(names)), _zone_data()
    return found("zone data", edition, [", ".join(names)], _zone_troubles(names, edition, now))


def _zone_troubles(names: Sequence[str], edition: str, now: datetime) -> Iterator[Trouble]:
    for name in names:
        try:
            zoneinfo.ZoneInfo.no_cache(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            yield Trouble("fail", f"{name} is not known", _INSTALL_ZONES)
    year = edition[:4]
    if year.isdigit() and now.year - int(year) > _OLD_YEARS:
        yield Trouble("warn", f"they are those of {edition}", _INSTALL_ZONES)


def _zone_data() -> str:
    """The edition of the zone data in use: the system's where there is one, like 2026a."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder, "tzdata.zi")
        if file.is_file():
            with file.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version ").strip()
        if Path(folder, "UTC").exists():
            return "of the system"
    try:
        return version("tzdata")
    except PackageNotFoundError:
        return "missing"


def check_clock(offsets: Sequence[timedelta]) -> Finding:
    """Whether this machine's clock is that of the servers that answered.

    The nearest counts: an answer from a cache may be of another time.
    """
    if not offsets:
        return Finding("clock", "", "ok", "not compared, since no answer had a date")
    minutes = min(offsets, key=abs).total_seconds() / 60
    text = f"{abs(minutes):.0f} min {'behind' if minutes > 0 else 'ahead of'} the nearest server"
    if abs(minutes) <= _MOST_OFF_MINUTES:
        servers = counted(len(offsets), "answer")
        text = f"within {_MOST_OFF_MINUTES} min of the servers' clocks, by the nearest of {servers}"
        return Finding("clock", "", "ok", text)
    return Finding("clock", "", "warn", text, "set this machine's clock, by NTP if it may")
