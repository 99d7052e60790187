"""The settings of channels that write files."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from digest.config.channels.base import ChannelSettings, folder_of
from digest.config.channels.file.front_matter import FrontMatter
from digest.config.fields import anchored
from digest.config.path_template import PLACEHOLDERS, only_known

# What an archive writes beside its pages.
INDEX, FEED = "index.html", "feed.atom"


class FileSettings(ChannelSettings):
    """A channel that writes each edition to a file."""

    kind: Literal["file"]
    path: str = Field(
        min_length=1,
        description="Where editions go, relative to the configuration file; filled in are "
        + ", ".join(f"`{{{name}}}`" for name in PLACEHOLDERS)
        + ".",
    )
    format: Literal["markdown", "html", "text", "json", "atom"] = Field(
        "markdown",
        description="`markdown`, `html`, `text` or `json`; `atom`: a feed with an entry for each"
        " edition.",
    )
    mode: Literal["new", "replace", "append"] = Field(
        "new",
        description="new: a file for each edition; replace: one file that has the latest;"
        " append: at the end of a file, between marks.",
    )
    front_matter: FrontMatter | None = Field(
        None, description="With markdown: properties on top of the note, like `{tags: [digest]}`."
    )
    front_matter_style: Literal["yaml", "logseq"] = Field(
        "yaml", description="yaml, as Obsidian and most others have it, or logseq."
    )
    latest: str | None = Field(
        None, min_length=1, description="A second file, which always has the latest edition."
    )
    archive: bool = Field(
        False, description=f"With html: `{INDEX}` and `{FEED}`, of all editions, in their folder."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "path": "file filename file_path output out dest destination target folder directory dir"
        " location",
        "format": "output_format file_format style",
        "mode": "write_mode writing file_mode",
        "mode: append": "append",
        "mode: replace": "replace overwrite",
        "front_matter": "properties frontmatter yaml metadata page_properties",
        "front_matter_style": "properties_style front_matter_format vault flavour flavor",
        "latest": "latest_path newest current link symlink",
        "archive": "index static site index_page with_index",
    }
    remedy: ClassVar[str] = "make the folder, and let this user write there"

    @property
    def test_recipients(self) -> tuple[str, ...]:
        """Nobody: the file would be taken for an edition."""
        return ()

    @property
    def file_path(self) -> Path:
        """The file that it writes, with placeholders in it."""
        return Path(self.path)

    @property
    def replaces(self) -> bool:
        """Whether a later edition takes the place of the one in the file."""
        return self.mode == "replace"

    @field_validator("path", "latest")
    @classmethod
    def _path_of_a_file(cls, path: str | None, info: ValidationInfo) -> str | None:
        if path is None:
            return None
        only_known(path)
        if path.endswith("/") or Path(path).name in {"", ".", ".."}:
            raise ValueError("must name a file, like 'digests/{digest}-{date}.md'")
        return str(anchored(Path(path), info))

    @field_validator("mode")
    @classmethod
    def _mode_of_its_format(cls, mode: str, info: ValidationInfo) -> str:
        format_ = info.data.get("format", "markdown")
        if mode != "new" and format_ == "atom":
            raise ValueError("must be left out with format: atom, which adds to its feed by itself")
        if mode == "append" and format_ != "markdown":
            raise ValueError("append needs format: markdown")
        return mode

    @field_validator("front_matter")
    @classmethod
    def _on_top_of_notes(
        cls, given: FrontMatter | None, info: ValidationInfo
    ) -> FrontMatter | None:
        if given is not None and info.data.get("format") != "markdown":
            raise ValueError("needs format: markdown")
        if given is not None and info.data.get("mode") == "append":
            raise ValueError("cannot be added with mode: append; write it on top of the file")
        return given

    @field_validator("latest")
    @classmethod
    def _beside_new_files(cls, latest: str | None, info: ValidationInfo) -> str | None:
        if latest is None or "path" not in info.data:
            return latest
        if info.data.get("mode") != "new" or info.data.get("format") == "atom":
            raise ValueError("needs mode: new, with a format other than atom")
        if "{" in latest.replace("{digest}", ""):
            raise ValueError("the only placeholder in it is {digest}")
        folder = folder_of(info.data["path"])
        if not folder_of(latest).is_relative_to(folder):
            raise ValueError(f"must be in {str(folder)!r}, where the other files are")
        return latest

    @field_validator("archive")
    @classmethod
    def _of_pages(cls, archive: bool, info: ValidationInfo) -> bool:
        if archive and info.data.get("format") != "html":
            raise ValueError("needs format: html")
        if archive and (info.data.get("mode") != "new" or info.data.get("latest")):
            raise ValueError("needs mode: new, without latest; its index has the latest first")
        if archive and Path(info.data.get("path", "")).name in {INDEX, FEED}:
            raise ValueError(f"writes {INDEX} and {FEED}; give the pages another path")
        return archive
