"""Files: each edition in one of its own, written whole or not at all."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from digest.channels.atomic_files import MOST_OF_A_NAME, AllTakenError, put
from digest.channels.base import MessageChannel
from digest.config.channels.file import FileSettings
from digest.errors import DeliveryError
from digest.file_errors import file_trouble
from digest.model import NO_PICTURES, Rendition
from digest.rendering.pictures import self_contained
from digest.rendering.snapshot import as_json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.preview import Preview
    from digest.rendering.renderer import Renderer


class FileChannel(MessageChannel[FileSettings]):
    """Writes to `path`, with `{digest}` and `{date}` filled in."""

    kind = "file"
    # A file that is already there with the same bytes is left alone, so trying again is free.
    patience: timedelta | None = timedelta(0)
    # It says what the text says.
    beside_text = "never"
    previews_pictures = True

    def __init__(self, name: str, settings: FileSettings, pace: Pace) -> None:
        super().__init__(name, settings, pace)
        assert settings.folder is not None
        self._folder = settings.folder

    @classmethod
    def preview(
        cls,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures,
        settings: Sequence[FileSettings],
    ) -> Preview:
        """What would be in the file, as a page where that is one."""
        shown = super().preview(edition, templates, pictures, settings)
        return replace(shown, page=shown.text) if settings[0].format == "html" else shown

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        """The edition in the channel's format; the recipient is the file's path."""
        text = self._text(edition, templates, pictures, url)
        date = edition.period_to.astimezone(ZoneInfo(edition.timezone)).date()
        path = self.settings.file_on(edition.digest, date)
        return Rendition(self.name, self.kind, (str(path),), (text.encode(),))

    def _text(self, edition: Edition, templates: Renderer, pictures: Pictures, url: str) -> str:
        match self.settings.format:
            case "html":
                return self_contained(templates.html(edition), pictures)
            case "text":
                return templates.text(edition)
            case "json":
                return as_json_text(edition, url)
            case "markdown":
                return templates.markdown(edition)

    async def send(self, delivery: Delivery) -> str:
        """Write the file; the receipt is where it is."""
        return await asyncio.to_thread(self._write, Path(delivery.recipient), delivery.payload)

    async def check(self) -> str:
        """Whether the folder is there, or can be made, and can be written."""
        folder = there = self._folder
        while not (there.exists() or there.is_symlink()):
            there = there.parent
        try:
            # To root nothing looks forbidden, and on some file systems nothing can be made.
            with tempfile.TemporaryFile(dir=there):
                pass
        except OSError as error:
            reason = f"{there} is not a writable folder: {file_trouble(there, error)}"
            raise DeliveryError(reason, "retrying") from None
        if folder == there:
            return f"{folder} is writable"
        return f"{folder} is not there yet, and can be made"

    def _write(self, path: Path, payload: bytes) -> str:
        try:
            if not path.parent.resolve().is_relative_to(self._folder.resolve()):
                raise DeliveryError(f"{path} leads out of {self._folder}", "failed")
            path.parent.mkdir(parents=True, exist_ok=True)
            return str(put(path, payload))
        except AllTakenError:
            raise DeliveryError(f"{path}: {MOST_OF_A_NAME} files of that name", "failed") from None
        except OSError as error:
            raise DeliveryError(
                f"{error.filename or path}: {file_trouble(path, error)}", "retrying"
            ) from error
