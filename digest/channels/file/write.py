"""Writes an edition where a channel's settings say."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from digest.channels.atomic_files import MOST_OF_A_NAME, PARTS, AllTakenError, has_bytes, put
from digest.channels.file.append import append
from digest.channels.file.archive import add_to_feed, renew_feed, renew_index
from digest.channels.file.owned import renew
from digest.config.channels.base import folder_of
from digest.config.channels.file import FEED, INDEX
from digest.errors import DeliveryError
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from digest.config.channels.file import FileSettings
    from digest.model import Delivery

_MENDS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within this user's quota",
    errno.EROFS: "mount the disk so that it can be written to",
    errno.EEXIST: "move away what is in the place of the folder",
    errno.ENOTDIR: "move away what is in the place of the folder",
    errno.ENAMETOOLONG: "shorten `path`",
}


def write(settings: FileSettings, delivery: Delivery) -> str:
    """Write a part of an edition; answers where it is, and which files a person changed.

    The same part again changes nothing.

    Raises:
        DeliveryError: it cannot be written, now or ever.
    """
    path = Path(delivery.recipient)
    try:
        _make_folder(path.parent, folder_of(settings.path))
        return _write(settings, delivery, path)
    except AllTakenError:
        reason = (
            f"{path}: {MOST_OF_A_NAME} files of that name; put {{date}} or {{time}} into `path`"
        )
        raise DeliveryError(reason, "failed") from None
    except OSError as error:
        raise DeliveryError(_trouble(path, error), "retrying") from error


def _trouble(path: Path, error: OSError) -> str:
    """Why a file cannot be written, and what mends that."""
    filename = str(error.filename or path)
    # A name that only we know tells nobody anything.
    place = path if Path(filename).match(PARTS) else filename
    mend = _MENDS.get(error.errno or 0)
    return "; ".join(filter(None, (f"{place}: {file_trouble(path, error)}", mend)))


def _write(settings: FileSettings, delivery: Delivery, path: Path) -> str:
    payload = delivery.payload
    if settings.format == "atom":
        return _told(path, add_to_feed(path, payload))
    if delivery.part > 1:
        return _write_beside(settings, delivery, path)
    if settings.mode == "append":
        written = append(path, payload, ".".join(_edition_of(delivery)))
        return _told(path, written, "is full, or no file in UTF-8")
    if settings.mode == "replace":
        return _replace(path, delivery)
    return str(put(path, payload))


def _write_beside(settings: FileSettings, delivery: Delivery, path: Path) -> str:
    """Write what changes with each new file: the index and the feed, or the latest."""
    folder = folder_of(settings.path)
    if settings.archive:
        index = _told(folder / INDEX, renew_index(folder, settings.path))
        feed = _told(folder / FEED, renew_feed(folder, path, delivery.payload))
        return feed if index == str(folder / INDEX) else f"{feed}, and {index}"
    if settings.latest:
        latest = Path(settings.latest.replace("{digest}", delivery.digest))
        _make_folder(latest.parent, folder)
        return _replace(latest, delivery)
    gone = "the channel has neither archive nor latest any more"
    raise DeliveryError(f"{path}: {gone}; drop what is left of this edition", "failed")


def _replace(path: Path, delivery: Delivery) -> str:
    """Have a file show the edition, unless it shows a later one."""
    _, due, _ = _edition_of(delivery)
    written = renew(path, lambda _: delivery.payload, due)
    if not has_bytes(written, delivery.payload):
        return f"{written} (it has a later edition)"
    return _told(path, written)


def _edition_of(delivery: Delivery) -> list[str]:
    """The digest, when the edition was due, and what nobody can guess, also of a repeat.

    They are what its message id begins with; what repeats of a delivery are called comes behind.
    """
    return delivery.message_id.strip("<>").partition("@")[0].split(".")[:3]


def _make_folder(folder: Path, within: Path) -> None:
    if not folder.resolve().is_relative_to(within.resolve()):
        mend = "remove the link, or name the other folder in `path`"
        raise DeliveryError(f"{folder} leads out of {within}; {mend}", "failed")
    folder.mkdir(parents=True, exist_ok=True)


def _told(wanted: Path, written: Path, reason: str = "was changed by hand") -> str:
    return str(written) if written == wanted else f"{written} ({wanted.name} {reason})"
