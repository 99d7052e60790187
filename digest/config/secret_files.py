"""Secrets that stand in files of their own: `password_file` in place of `password`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.config.secrets import FILE_SUFFIX, file_forms
from digest.config.structure import sections

if TYPE_CHECKING:
    from digest.config.base import Model
    from digest.config.secrets import FileForm
    from digest.config.structure import Section
    from digest.config.yaml.document import Document, Key

_HEADER = re.compile(r"([^\s:]+)\s*:\s*(.*)")


def fill_secrets(document: Document, model: type[Model], base: Path) -> list[Path]:
    """Put what the files hold in the place of their names, which are relative to `base`.

    Answers the files, each once. What cannot be read is reported in the document.
    """
    reader = _Reader(document, base)
    for section in list(sections(model, document.data)):
        for name, form in file_forms(section.model).items():
            if name + FILE_SUFFIX in section.data:
                reader.fill(section, name, form)
    return list(dict.fromkeys(reader.files))


class _Reader:
    def __init__(self, document: Document, base: Path) -> None:
        self._document = document
        self._base = base
        self.files: list[Path] = []

    def fill(self, section: Section, name: str, form: FileForm) -> None:
        """Fill in one setting of a section."""
        file_key = (*section.key, name + FILE_SUFFIX)
        file = section.data.pop(name + FILE_SUFFIX)
        if file is None:
            return
        if name in section.data:
            self._document.report(file_key, f"give {name} or {name}{FILE_SUFFIX}, not both")
            return
        self._document.lines[*section.key, name] = self._document.lines[file_key]
        try:
            text = self._read(file)
        except ValueError as error:
            self._document.lack((*section.key, name), str(error), at=file_key)
        else:
            section.data[name] = self._map(text, file_key) if form == "lines" else text

    def _read(self, file: Any) -> str:
        """The text of a file; `ValueError` says why there is none."""
        if not isinstance(file, str):
            raise ValueError("must be the path of a file")  # noqa: TRY004 - as pydantic has it
        try:
            path = self._base / Path(file).expanduser()
            text = path.read_text("utf-8").strip()
        except UnicodeDecodeError:
            raise ValueError(f"cannot read {file!r}: not UTF-8 text") from None
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ValueError(f"cannot read {file!r}: {reason}") from None
        self.files.append(path)
        if not text:
            raise ValueError(f"{file!r} is empty")
        return text

    def _map(self, text: str, key: Key) -> dict[str, str]:
        values = {}
        for number, line in enumerate(text.splitlines(), 1):
            if match := _HEADER.fullmatch(line.strip()):
                values[match[1]] = match[2]
            elif line.strip():
                # The line may be a secret on its own, so the message does not repeat it.
                self._document.report(key, f"line {number} of the file is not 'Name: value'")
        return values
