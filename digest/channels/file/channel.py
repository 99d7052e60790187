"""Files: each edition in one of its own, written whole or not at all."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from digest.channels.base import MessageChannel
from digest.channels.file.owned import changed_by_hand
from digest.channels.file.write import write
from digest.config.channels.file import FEED, INDEX, FileSettings
from digest.config.path_template import placeholder_values
from digest.errors import DeliveryError
from digest.file_errors import file_trouble
from digest.model import NO_PICTURES, Rendition
from digest.rendering.file.archive import archive_page
from digest.rendering.file.feed import feed_of
from digest.rendering.file.front_matter import with_front_matter
from digest.rendering.pictures import self_contained
from digest.rendering.snapshot import as_json_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.preview import Preview
    from digest.rendering.renderer import Renderer

# Of files that a person changed, as a check lists them.
_MOST_NAMED = 5


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
        alone = [settings[0].model_copy(update={"archive": False, "latest": None})]
        shown = super().preview(edition, templates, pictures, alone)
        return replace(shown, page=shown.text) if settings[0].format == "html" else shown

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        """The edition in the channel's format; the recipient is the file's path.

        The second part is what changes with each edition: the feed of an archive, or the latest.
        It has a state of its own, so that what keeps it waiting writes no file again.
        """
        at = edition.period_to.astimezone(ZoneInfo(edition.timezone))
        values = placeholder_values(edition.digest, edition.title, at)
        path = self.settings.file_of(values)
        assert path is not None
        texts = [self._text(edition, templates, pictures, values, path, url)]
        if self.settings.archive:
            texts.append(feed_of(edition, templates, FEED))
        elif self.settings.latest:
            texts.append(texts[0])
        parts = tuple(text.encode() for text in texts)
        return Rendition(self.name, self.kind, (str(path),), parts)

    def _text(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures,
        values: Mapping[str, str],
        path: Path,
        url: str,
    ) -> str:
        match self.settings.format:
            case "html":
                page = self_contained(templates.html(edition), pictures)
                above = "../" * len(path.relative_to(self._folder).parent.parts)
                return archive_page(page, edition, above) if self.settings.archive else page
            case "text":
                return templates.text(edition)
            case "json":
                return as_json_text(edition, url)
            case "markdown":
                return self._note(templates.markdown(edition), edition, values)
            case "atom":
                return feed_of(edition, templates, quote(path.name), url)

    def _note(self, text: str, edition: Edition, values: Mapping[str, str]) -> str:
        settings = self.settings
        if settings.front_matter is None:
            return text
        style = settings.front_matter_style
        return with_front_matter(text, edition, settings.front_matter, values, style)

    async def send(self, delivery: Delivery) -> str:
        """Write the file; the receipt is where it is."""
        return await asyncio.to_thread(write, self.settings, delivery)

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
        if folder != there:
            return f"{folder} is not there yet, and can be made"
        changed = await asyncio.to_thread(self._changed)
        return f"{folder} is writable{changed}"

    def _changed(self) -> str:
        """Which files a person changed that would change with each edition, if any."""
        settings = self.settings
        templates = (settings.path, settings.latest or settings.path, f"{self._folder}/{INDEX}")
        found = changed_by_hand(templates)
        names = ", ".join(path.name for path in found[:_MOST_NAMED])
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        return f"; {names}{more} changed by hand, and left alone" if found else ""
