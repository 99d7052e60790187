"""Reads a Maildir (https://cr.yp.to/proto/maildir.html): what came since the last time.

The validator says when the newest message came into its folder, with a hash of those that came just
before: where both are as they were, so is the Maildir.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.errors import FeedError
from digest.feeds.mailboxes.letters import LARGEST, Room, answer_of, is_allowed
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.feeds.http.messages import Response
    from digest.feeds.mailboxes.letters import Wanted
    from digest.feeds.requests import AnswerLimits

# What came so many nanoseconds before the newest may have been missed: clocks of file systems are
# coarse, and a folder is listed while messages come.
_SLACK = 2_000_000_000
_HEADER = 64 * 1024
_SEEN = "S"


class _File(Struct, frozen=True):
    """A message; when it came into its folder, in nanoseconds, and when it was written."""

    path: Path
    came: int
    written: datetime
    size: int


def read_maildir(folder: Path, wanted: Wanted, url: str, limits: AnswerLimits) -> Response:
    """What a Maildir has that is wanted.

    Raises:
        FeedError: it is none, or cannot be read.
    """
    try:
        files = sorted(_files(folder), key=lambda file: (file.came, file.path.name))
        if _validator(files) == wanted.after:
            return answer_of((), url, wanted.after, whole=False)
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
            if found.name.startswith("."):
                continue
            # Another program may have moved it by now.
            with suppress(FileNotFoundError):
                stat = found.stat()
                written = datetime.fromtimestamp(stat.st_mtime, UTC)
                yield _File(folder / part / found.name, stat.st_ctime_ns, written, stat.st_size)


def _validator(files: Sequence[_File]) -> str:
    """What tells the Maildir as it is with these files from one with later ones."""
    newest = files[-1].came if files else 0
    names = sorted(_unique(file.path) for file in files if file.came > newest - _SLACK)
    return f"{newest}:{sha256(repr(names).encode()).hexdigest()[:16]}"


def _taken(files: Sequence[_File], wanted: Wanted, room: Room) -> tuple[list[_File], str]:
    """The files that one answer has room for, the newest first, and the validator after it."""
    before = int((wanted.after or "0").partition(":")[0])
    # Of a Maildir that is read first, the newest; then one after the other, so that none is left.
    is_first = wanted.after is None
    order = range(len(files) - 1, -1, -1) if is_first else range(len(files))
    taken: list[int] = []
    following = len(files)
    for number in order:
        file = files[number]
        if file.came <= before - _SLACK or not _is_wanted(file, wanted):
            continue
        if not room.takes(file.size):
            following = len(files) if is_first else number
            break
        taken.append(number)
    newest_first = [files[number] for number in sorted(taken, reverse=True)]
    return newest_first, _validator(files[:following])


def _is_wanted(file: _File, wanted: Wanted) -> bool:
    if file.written.date() < wanted.since:
        return False
    return is_allowed(_beginning(file.path, _HEADER), wanted.senders)


def _beginning(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(size)
    except FileNotFoundError:
        # Another program has moved or deleted it, which changes the validator.
        return b""


def _unique(path: Path) -> str:
    """The part of a file's name that stays, without its flags."""
    return path.name.partition(":")[0]


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
