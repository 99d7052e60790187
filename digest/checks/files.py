"""The files that the configuration names: where editions go, and where secrets are."""

from __future__ import annotations

import os
import shlex
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.channels.atomic_files import LONGEST_NAME, PARTS
from digest.checks import Finding
from digest.checks.access import exposed
from digest.config.path_template import placeholder_values
from digest.model import ALERTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.config import Settings

# PATH_MAX of Linux, without its closing zero.
_LONGEST_PATH = 4_095
_SOME_DAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
# What a container is given there is its own, whatever the rights say.
_CONTAINER_SECRETS = Path("/run/secrets")


def check_files(settings: Settings) -> list[Finding]:
    """Channels whose files cannot be, or are those of another channel too."""
    paths = dict(_paths(settings))
    shared = defaultdict[str, list[str]](list)
    for (channel, _), path in paths.items():
        # A link leads to the same folder by another name.
        file = str(Path(path).parent.resolve() / Path(path).name)
        if channel not in shared[file]:
            shared[file].append(channel)
    return [*_impossible(paths), *_shared(shared), *_replaced(settings, paths)]


def _paths(settings: Settings) -> Iterator[tuple[tuple[str, str], str]]:
    """Where the editions of a day go, by channel and digest."""
    named = {name: digest.send_to for name, digest in settings.digests.items()}
    if settings.alerts:
        named[ALERTS] = settings.alerts.send_to
    for digest, send_to in named.items():
        for name in send_to:
            title = ALERTS if digest == ALERTS else settings.title_of(digest)
            values = placeholder_values(digest, title, _SOME_DAY)
            if path := settings.channels[name].file_of(values):
                yield (name, digest), str(path)


def _impossible(paths: dict[tuple[str, str], str]) -> Iterator[Finding]:
    for (channel, digest), path in paths.items():
        if reason := _never(Path(path)):
            problem = f"no edition of {digest} can be written: {reason}"
            remedy = f"change the path of the channel {channel}"
            yield Finding("files", channel, "fail", problem, remedy)


def _never(path: Path) -> str | None:
    """Why there can never be a file at a path."""
    longest = max(path.parts, key=lambda part: len(os.fsencode(part)))
    if len(os.fsencode(longest)) > LONGEST_NAME:
        return f"{longest[:40]}… has more than {LONGEST_NAME} bytes"
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return f"the path has more than {_LONGEST_PATH:,} bytes"
    if path.match(PARTS):
        return f"{path.name} is the name of a file that was left half written, and is removed"
    for folder in path.parents:
        if os.path.lexists(folder):
            return None if folder.is_dir() else f"{folder} is no folder"
    return None


def _shared(shared: dict[str, list[str]]) -> Iterator[Finding]:
    for channels in dict.fromkeys(tuple(names) for names in shared.values() if len(names) > 1):
        first, *others = channels
        problem = f"{', '.join(others)} writes to the same files; the later ones get a number"
        remedy = "give each channel a path of its own"
        yield Finding("files", first, "warn", problem, remedy)


def _replaced(settings: Settings, paths: dict[tuple[str, str], str]) -> Iterator[Finding]:
    """Digests that one channel writes to one file, where each takes the place of the other."""
    digests = defaultdict[tuple[str, str], list[str]](list)
    for (channel, digest), path in paths.items():
        if settings.channels[channel].replaces:
            digests[channel, path].append(digest)
    for (channel, path), names in digests.items():
        if len(names) > 1:
            problem = f"{', '.join(names)} take turns in {path}"
            yield Finding("files", channel, "warn", problem, "put {digest} into its path")


def check_secrets(settings: Settings) -> list[Finding]:
    """Whether others on this machine can read the files with secrets; nothing where none is."""
    files = settings.secret_files
    found = exposed(file for file in files if not file.is_relative_to(_CONTAINER_SECRETS))
    if not files:
        return []
    if not found:
        return [Finding("secrets", "", "ok", "in files that not everybody can read")]
    problem = "every user of this machine can read the secrets in it"
    return [
        Finding("secrets", str(file), "warn", problem, f"`chmod o= {shlex.quote(str(file))}`")
        for file in found
    ]
