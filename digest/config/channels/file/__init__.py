"""The settings of channels that write files."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from digest.config.channels.base import ChannelSettings
from digest.config.fields import anchored


class FileSettings(ChannelSettings):
    """A channel that writes each edition to a file."""

    kind: Literal["file"]
    path: str = Field(
        min_length=1,
        description="`{digest}` and `{date}` are filled in; relative to the configuration file.",
    )
    format: Literal["markdown", "html", "text", "json"] = Field(
        "markdown", description="`markdown`, `html`, `text` or `json`."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "path": "file filename file_path output out dest destination target folder directory dir"
        " location",
        "format": "output_format file_format style",
    }
    remedy: ClassVar[str] = "make the folder, and let this user write there"

    @property
    def test_recipients(self) -> tuple[str, ...]:
        """Nobody: the file would be taken for an edition."""
        return ()

    @property
    def file_path(self) -> Path:
        """The file that it writes, with `{digest}` and `{date}` in it."""
        return Path(self.path)

    @field_validator("path")
    @classmethod
    def _known_placeholders(cls, path: str, info: ValidationInfo) -> str:
        rest = path.replace("{digest}", "").replace("{date}", "")
        if "{" in rest or "}" in rest:
            raise ValueError("the only placeholders are {digest} and {date}")
        if path.endswith("/") or Path(path).name in {"", ".", ".."}:
            raise ValueError("must name a file, like 'digests/{digest}-{date}.md'")
        return str(anchored(Path(path), info))
