"""The texts of secrets: in files of their own, in variables or in the configuration itself.

One rule for all three: a byte order mark and the ends of lines around a secret are none of it, and
one that is empty then is an error.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.config.secrets import FILE_SUFFIX, file_forms
from digest.config.structure import sections
from digest.file_errors import file_trouble, read_short_text

if TYPE_CHECKING:
    from digest.config.base import Model
    from digest.config.secrets import FileForm
    from digest.config.structure import Section
    from digest.config.yaml.document import Document, Key

_BYTE_ORDER_MARK = "\ufeff"
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
            reader.trim(section, name)
    return list(dict.fromkeys(reader.files))


def _without_edges(text: str) -> str:
    return text.removeprefix(_BYTE_ORDER_MARK).strip("\r\n")


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

    def trim(self, section: Section, name: str) -> None:
        """Have a secret, or each of a map, without what is around it."""
        key: Key = (*section.key, name)
        value = section.data.get(name)
        if isinstance(value, dict):
            section.data[name] = {
                inner: self._trimmed(text, (*key, inner)) for inner, text in value.items()
            }
        elif name in section.data:
            section.data[name] = self._trimmed(value, key)

    def _trimmed(self, value: Any, key: Key) -> Any:
        text = _without_edges(value) if isinstance(value, str) else value
        if variable := self._document.empty.get(key) if not text else None:
            self._document.lack(key, f"the environment variable {variable} is empty")
        elif text == "" and not self._document.is_wrong(key):
            self._document.report(key, "is empty")
        return text

    def _read(self, file: Any) -> str:
        """The text of a file; `ValueError` says why there is none."""
        if not isinstance(file, str) or not file:
            raise ValueError("must be the path of a file")
        path = Path(file)
        try:
            path = self._base / path.expanduser()
            text = _without_edges(read_short_text(path))
        except UnicodeDecodeError:
            raise ValueError(f"cannot read {file!r}: not UTF-8 text") from None
        except IsADirectoryError:
            reason = "Is a directory; a container gets one where there is no file to mount"
            raise ValueError(f"cannot read {file!r}: {reason}") from None
        except OSError as error:
            raise ValueError(f"cannot read {file!r}: {file_trouble(path, error)}") from None
        except (RuntimeError, ValueError) as error:
            raise ValueError(f"cannot read {file!r}: {error}") from None
        self.files.append(path)
        if not text.strip():
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
