"""Reads a Maildir (https://cr.yp.to/proto/maildir.html): what came since the last time.

The validator is the last message that was looked at: when it came into its folder, and its name.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from digest.errors import FeedError
from digest.feeds.mailboxes.letters import LARGEST, Room, answer_of, is_allowed
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.feeds.http.messages import Response
    from digest.feeds.mailboxes.letters import Wanted
    from digest.feeds.requests import AnswerLimits

# What came within so many nanoseconds waits for the next poll: clocks of file systems are coarse,
# so that a later message may seem to be an earlier one.
_SETTLING = 2_000_000_000
_HEADER = 64 * 1024
_SEEN = "S"
_NOTHING = "0:"
_VALIDATOR = re.compile(r"\d{1,20}:.*")


class _File(Struct, frozen=True):
    """A message; when it came into its folder, in nanoseconds, and when it was written."""

    path: Path
    came: int
    written: datetime
    size: int


def read_maildir(
    folder: Path,
    wanted: Wanted,
    url: str,
    limits: AnswerLimits,
    clock: Callable[[], int] = time.time_ns,
) -> Response:
    """What a Maildir has that is wanted.

    Raises:
        FeedError: it is none, or cannot be read.
    """
    try:
        settled = clock() - _SETTLING
        files = sorted((file for file in _files(folder) if file.came <= settled), key=_order)
        taken, etag = _taken(files, wanted, Room(limits.size))
        messages = [_beginning(file.path, LARGEST) for file in taken]
        if wanted.mark_read:
            for file in taken:
                _mark(folder, file.path)
    except OSError as error:
        raise _unreadable(folder, error) from None
    return answer_of(messages, url, etag, whole=wanted.after is None)


def _files(folder: Path) -> Iterator[_File]:
    for part in ("cur", "new"):
        for found in os.scandir(folder / part):
            if found.name.startswith(".") or not found.is_file():
                continue
            # Another program may have moved it by now.
            with suppress(FileNotFoundError):
                stat = found.stat()
                written = datetime.fromtimestamp(stat.st_mtime, UTC)
                yield _File(folder / part / found.name, stat.st_ctime_ns, written, stat.st_size)


def _order(file: _File) -> tuple[int, str]:
    return file.came, _unique(file.path)


def _validator(file: _File) -> str:
    return f"{file.came}:{_unique(file.path)}"


def _taken(files: Sequence[_File], wanted: Wanted, room: Room) -> tuple[list[_File], str]:
    """The files that one answer has room for, the newest first, and the validator after it."""
    before = wanted.after if wanted.after and _VALIDATOR.fullmatch(wanted.after) else ""
    came, _, name = (before or _NOTHING).partition(":")
    later = [file for file in files if _order(file) > (int(came), name)]
    last = _validator(later[-1]) if later else before or _NOTHING
    # Of a Maildir that is read first, the newest; then one after the other, so that none is left.
    is_first = not before
    taken: list[_File] = []
    for file in reversed(later) if is_first else later:
        if _is_wanted(file, wanted):
            if not room.takes(file.size):
                last = last if is_first else before
                break
            taken.append(file)
        before = _validator(file)
    return sorted(taken, key=_order, reverse=True), last


def _is_wanted(file: _File, wanted: Wanted) -> bool:
    if file.written.date() < wanted.since:
        return False
    return is_allowed(_beginning(file.path, _HEADER), wanted.senders)


def _beginning(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(size)
    except FileNotFoundError:
        # Another program has moved it, which is seen by the next poll, or deleted it.
        return b""


def _unique(path: Path) -> str:
    """The part of a file's name that stays, without its flags, as it can be stored."""
    return quote(os.fsencode(path.name.partition(":")[0]))


def _mark(folder: Path, path: Path) -> None:
    """Mark a message as read: a flag in its name, which only messages in `cur` have."""
    unique, _, info = path.name.partition(":")
    flags = info.removeprefix("2,")
    if _SEEN not in flags:
        name = f"{unique}:2,{''.join(sorted({*flags, _SEEN}))}"
        with suppress(FileNotFoundError):
            path.rename(folder / "cur" / name)


def _unreadable(folder: Path, error: OSError) -> FeedError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        remedy = "a Maildir is a folder with the folders cur, new and tmp; mend maildir"
        return FeedError(f"there is no Maildir at {str(folder)!r}", remedy=remedy)
    place = Path(error.filename or folder)
    return FeedError(f"cannot read {str(place)!r}: {file_trouble(place, error)}")
