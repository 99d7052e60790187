"""Files: each edition in one of its own, written whole or not at all."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.channels.atomic_files import MOST_OF_A_NAME, AllTakenError, put
from digest.channels.pace import Pace
from digest.config import FileSettings
from digest.errors import DeliveryError
from digest.model import NO_PICTURES, Rendition
from digest.rendering.pictures import self_contained
from digest.rendering.snapshot import as_json

if TYPE_CHECKING:
    from datetime import date

    from digest.channels.pace import Paces
    from digest.config import Settings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer


class FileChannel:
    """Writes to `path`, with `{digest}` and `{date}` filled in."""

    kind = "file"
    # A file that is already there with the same bytes is left alone, so trying again is free.
    patience: timedelta | None = timedelta(0)

    def __init__(self, name: str, settings: FileSettings) -> None:
        self.name = name
        self._pattern = settings.path
        self._format = settings.format
        self.pace = Pace()

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",  # noqa: ARG002
    ) -> Rendition:
        """The edition in the channel's format; the recipient is the file's path."""
        text = self._text(edition, templates, pictures)
        date = edition.period_to.astimezone(ZoneInfo(edition.timezone)).date()
        path = path_of(self._pattern, edition.digest, date)
        return Rendition(self.name, self.kind, (path,), (text.encode(),))

    def _text(self, edition: Edition, templates: Renderer, pictures: Pictures) -> str:
        match self._format:
            case "html":
                return self_contained(templates.html(edition), pictures)
            case "text":
                return templates.text(edition)
            case "json":
                return json.dumps(as_json(edition), ensure_ascii=False, indent=2) + "\n"
            case "markdown":
                return templates.markdown(edition)

    def plainer(self, payload: bytes) -> bytes | None:  # noqa: ARG002
        """None: there is no plainer form."""
        return None

    def session(self) -> nullcontext[FileChannel]:
        """Nothing is kept open from one delivery to the next."""
        return nullcontext(self)

    async def send(self, delivery: Delivery) -> str:
        """Write the file; the receipt is where it is."""
        return await asyncio.to_thread(self._write, Path(delivery.recipient), delivery.payload)

    async def check(self) -> str:
        """Whether the folder is there, or can be made, and can be written."""
        folder = there = self._folder()
        while not (there.exists() or there.is_symlink()):
            there = there.parent
        try:
            # To root nothing looks forbidden, and on some file systems nothing can be made.
            with tempfile.TemporaryFile(dir=there):
                pass
        except OSError as error:
            said = f"{there} is not a writable folder: {error.strerror}"
            raise DeliveryError(said, "retrying") from None
        if folder == there:
            return f"{folder} is writable"
        return f"{folder} is not there yet, and can be made"

    def _folder(self) -> Path:
        """The part of the path that no placeholder is in."""
        return Path(self._pattern.partition("{")[0] + "x").parent

    def _write(self, path: Path, payload: bytes) -> str:
        try:
            if not path.parent.resolve().is_relative_to(self._folder().resolve()):
                raise DeliveryError(f"{path} leads out of {self._folder()}", "failed")
            path.parent.mkdir(parents=True, exist_ok=True)
            return str(put(path, payload))
        except AllTakenError:
            raise DeliveryError(f"{path}: {MOST_OF_A_NAME} files of that name", "failed") from None
        except OSError as error:
            raise DeliveryError(
                f"{error.filename or path}: {error.strerror}", "retrying"
            ) from error


def path_of(pattern: str, digest: str, date: date) -> str:
    """Where the edition of a day goes."""
    return pattern.replace("{digest}", digest).replace("{date}", str(date))


def open_channel(name: str, settings: Settings, paces: Paces) -> FileChannel:  # noqa: ARG001
    """The channel of this name."""
    channel = settings.channels[name]
    assert isinstance(channel, FileSettings)
    return FileChannel(name, channel)
