"""Files that change with each edition, but never again once a person changed them.

Beside such a file is a hidden record of what was last written into it. A file that has other bytes
is a person's, and the next number of its name is used.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from digest.channels.atomic_files import (
    AllTakenError,
    clean_up,
    give_name,
    has_bytes,
    locked,
    numbers_of,
    replace_unchanged,
    settle,
    written_beside,
)
from digest.channels.file.find import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_RECORD = ".digest-{}.json"
RECORDS = _RECORD.format("*")


class _Record(Struct, frozen=True):
    """What was written into a file of this name: `hashes` are of the last, and the one before.

    `at` is when the edition in it was made; empty where its order does not matter.
    """

    name: str = ""
    at: str = ""
    hashes: tuple[str, ...] = ()


class _ChangedError(Exception):
    """A file is not what was written there."""


def renew(path: Path, content: Callable[[bytes | None], bytes], at: str = "") -> Path:
    """Write what `content` makes of a file's bytes, or of None; answers where that is now.

    It is at `path`, or at the first of its numbers that no person changed. What it has of a later
    `at` stays as it is, and so does a file that has these bytes already.

    Raises:
        AllTakenError: there is no number left.
        OSError: it cannot be written.
    """
    clean_up(path.parent)
    with locked(path.parent):
        for target in numbers_of(path):
            with suppress(_ChangedError, FileExistsError):
                _renew(target, content, at)
                return target
    raise AllTakenError


def changed_by_hand(templates: Iterable[str]) -> list[Path]:
    """The files in the folders of these paths that are there and not as they were written."""
    records = {path for template in templates for path in beside(template, RECORDS)}
    found = [path for place in records if (path := _changed(place, _read(place)))]
    return sorted(found)


def _changed(place: Path, record: _Record) -> Path | None:
    if not record.name:
        return None
    path = place.with_name(record.name)
    try:
        return path if path.is_file() and _hash(path.read_bytes()) not in record.hashes else None
    except OSError:
        # It could be read when it was written.
        return path


def _renew(path: Path, content: Callable[[bytes | None], bytes], at: str) -> None:
    record = _read(_record_of(path))
    old = _written(path, record, content)
    if old is not None and at < record.at:
        return
    new = content(old)
    if new == old:
        return
    # If this process ends before the file is there, what is there now is still known.
    hashes = [_hash(new), *([] if old is None else [_hash(old)])]
    _write_record(path, _Record(path.name, at, tuple(hashes)))
    with written_beside(path.parent, new) as part:
        if old is None:
            give_name(part, path)
        else:
            replace_unchanged(part, path, old)
    settle(path.parent)


def _written(path: Path, record: _Record, content: Callable[[bytes | None], bytes]) -> bytes | None:
    """What a file has that we wrote; None where there is none.

    Raises:
        _ChangedError: there is something else.
    """
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file():
        raise _ChangedError
    if record.name:
        old = path.read_bytes()
        if _hash(old) in record.hashes:
            return old
    # The record may be lost.
    first = content(None)
    if has_bytes(path, first):
        return first
    raise _ChangedError


def _record_of(path: Path) -> Path:
    return path.with_name(_RECORD.format(_hash(os.fsencode(path.name))[:16]))


def _read(record: Path) -> _Record:
    """A record; where there is none that can be read, one that knows of nothing."""
    with suppress(FileNotFoundError, msgspec.MsgspecError):
        return msgspec.json.decode(record.read_bytes(), type=_Record)
    return _Record()


def _write_record(path: Path, record: _Record) -> None:
    with written_beside(path.parent, msgspec.json.encode(record)) as part:
        part.replace(_record_of(path))
    settle(path.parent)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
