"""A folder that editions are written into."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import Place

if TYPE_CHECKING:
    from digest.model import Edition


class Folder(Place):
    kind = "file"
    example: ClassVar[dict[str, Any]] = {"kind": "file", "path": "out/{digest}/{date}.md"}
    patience = timedelta(0)

    def arrived(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.folder / "out").rglob("*.md")]

    def go_down(self) -> None:
        (self.folder / "out").write_text("in the way")

    def refuse_for_good(self) -> None:
        (self.folder / "out").mkdir()
        (self.folder / "out/weekly").symlink_to(self.folder)

    @classmethod
    def golden(cls, edition: Edition) -> dict[str, str]:
        """Nothing beside the templates, which the golden tests have themselves."""
        del edition
        return {}
