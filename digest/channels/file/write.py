"""Writes an edition where a channel's settings say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digest.channels.atomic_files import MOST_OF_A_NAME, AllTakenError, has_bytes, put
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
        raise DeliveryError(f"{path}: {MOST_OF_A_NAME} files of that name", "failed") from None
    except OSError as error:
        trouble = file_trouble(path, error)
        raise DeliveryError(f"{error.filename or path}: {trouble}", "retrying") from error


def _write(settings: FileSettings, delivery: Delivery, path: Path) -> str:
    folder, payload = folder_of(settings.path), delivery.payload
    if settings.format == "atom":
        return _told(path, add_to_feed(path, payload))
    if settings.archive and delivery.part > 1:
        return _told(folder / FEED, renew_feed(folder, settings.path, payload))
    if settings.mode == "append":
        written = append(path, payload, ".".join(_edition_of(delivery)))
        return _told(path, written, "is full, or no file")
    if settings.mode == "replace":
        return _replace(path, delivery)
    return _write_new(settings, delivery, path)


def _write_new(settings: FileSettings, delivery: Delivery, path: Path) -> str:
    """Write a file of its own, and what changes with each of them."""
    folder = folder_of(settings.path)
    written = str(put(path, delivery.payload))
    if settings.archive:
        index = _told(folder / INDEX, renew_index(folder, settings.path))
        return _beside(written, folder / INDEX, index)
    if settings.latest:
        latest = Path(settings.latest.replace("{digest}", delivery.digest))
        _make_folder(latest.parent, folder)
        return _beside(written, latest, _replace(latest, delivery))
    return written


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
        raise DeliveryError(f"{folder} leads out of {within}", "failed")
    folder.mkdir(parents=True, exist_ok=True)


def _told(wanted: Path, written: Path, reason: str = "was changed by hand") -> str:
    return str(written) if written == wanted else f"{written} ({wanted.name} {reason})"


def _beside(written: str, wanted: Path, also: str) -> str:
    """The receipt of a file with another beside it, of which is told what is not as usual."""
    return written if also == str(wanted) else f"{written}, and {also}"
