"""Changing the feeds of a configuration file and leaving everything else in it as it is."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.config.load import load_settings
from digest.config.units import duration_text
from digest.config.yaml.edits import (
    HardToEditError,
    source_settings,
    with_feeds,
    with_paused,
    without_feed,
    without_paused,
)
from digest.config.yaml.scalar import scalar
from digest.errors import ConfigError, UsageError
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import timedelta

    from digest.config.settings import Settings
    from digest.config.sources import AnySource

    Feeds = tuple[AnySource, ...]

_VARIABLE = re.compile(r"\$\{")


def feed_lines(
    url: str,
    name: str = "",
    tags: Sequence[str] = (),
    every: timedelta | None = None,
    *,
    private: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """A source as the lines of one item of the list `feeds`; `private` is allow_private_networks.

    `url` is a feed's address, or the short form of another kind, `settings` what else it needs.

    Nothing of it is taken for a variable: in an address the brace is percent-encoded (RFC 3986,
    section 2.1), in a name its dollar sign is doubled.
    """
    address = scalar(_VARIABLE.sub("$%7B", url))
    if not (name or tags or every or private or settings):
        return [f"- {address}"]
    first, *others = source_settings(url, address)
    others += [f"{key}: {scalar(_VARIABLE.sub('$${', value))}" for key, value in settings.items()]
    lines = [f"- {first}", *(f"  {other}" for other in others)]
    if name:
        lines.append(f"  name: {scalar(_VARIABLE.sub('$${', name))}")
    if tags:
        lines.append(f"  tags: [{', '.join(map(scalar, tags))}]")
    if every:
        lines.append(f"  every: {duration_text(every)}")
    if private:
        lines.append("  allow_private_networks: true")
    return lines


def append_feeds(path: Path, items: Sequence[Sequence[str]]) -> None:
    """Add feeds, each as `feed_lines` has them, to the end of a configuration file's `feeds`.

    Errors are those of `remove_feed`.
    """
    known = len(load_settings(path).feeds)

    def added(feeds: Feeds, after: Feeds) -> bool:
        return after[:known] == feeds and len(after) == known + len(items)

    _edit(path, lambda text, _: with_feeds(text, items), added)


def remove_feed(path: Path, number: int) -> None:
    """Take one feed, by its place, out of a configuration file's `feeds`.

    The file is replaced as a whole, by one that was loaded before; all else in it stays.

    Raises:
        ConfigError: the file has problems already.
        UsageError: it stays as it was, since it cannot be written, would not load, or its `feeds`
            are written in a way that a person has to edit.
    """

    def removed(feeds: Feeds, after: Feeds) -> bool:
        return after == feeds[:number] + feeds[number + 1 :]

    _edit(path, lambda text, before: without_feed(text, _item_of(before, number)), removed)


def pause_feed(path: Path, number: int, *, paused: bool) -> None:
    """Have one feed, by its place, paused or not; else this is `remove_feed`."""
    change = with_paused if paused else without_paused

    def changed(feeds: Feeds, after: Feeds) -> bool:
        feed = feeds[number].model_copy(update={"paused": paused})
        return after == (*feeds[:number], feed, *feeds[number + 1 :])

    _edit(path, lambda text, before: change(text, _item_of(before, number)), changed)


def _item_of(settings: Settings, number: int) -> int:
    """The place in the file of the item that a feed comes from.

    Raises:
        UsageError: it is a list that others come from too.
    """
    item = settings.items[number]
    count = settings.items.count(item)
    if count > 1:
        raise UsageError(
            f"{settings.file}: feeds[{item}] is a list of {count} sources, and"
            f" {settings.feeds[number].address} is one of them; change the list by hand"
        )
    return item


def _edit(
    path: Path,
    change: Callable[[str, Settings], str],
    right: Callable[[Feeds, Feeds], bool],
) -> None:
    """Change the text of a file, if what loads then is `right`: its feeds before and after."""
    before = load_settings(path)
    try:
        # Read as bytes, which keeps the ends of lines.
        content = change(path.read_bytes().decode(), before).encode()
        with _file_beside(path.absolute(), content) as trial:
            after = _load_trial(path, trial)
        _hold_to(before, after, right)
        target = path.resolve()
        with _file_beside(target, content) as whole:
            whole.replace(target)
    except HardToEditError:
        raise UsageError(f"{path}: feeds is hard to edit as it is written; do it by hand") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be changed: {file_trouble(path, error)}") from None


def _hold_to(before: Settings, after: Settings, right: Callable[[Feeds, Feeds], bool]) -> None:
    others = type(before).model_fields.keys() - {"feeds"}
    same = all(getattr(before, name) == getattr(after, name) for name in others)
    if not same or not right(before.feeds, after.feeds):
        raise HardToEditError


def _load_trial(path: Path, trial: Path) -> Settings:
    try:
        return load_settings(trial)
    except ConfigError as error:
        problems = ConfigError(path, error.problems)
        raise UsageError(f"{path} stays as it was, since it would not load:\n{problems}") from None


@contextmanager
def _file_beside(target: Path, content: bytes) -> Iterator[Path]:
    """A file in the same folder, with the rights of `target`; gone at the end."""
    rights = target.stat()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".digest-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            # Only root may give a file away, and only root needs to.
            with suppress(PermissionError):
                os.fchown(handle, rights.st_uid, rights.st_gid)
            os.fchmod(handle, rights.st_mode & 0o7777)
            file.flush()
            os.fsync(handle)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
