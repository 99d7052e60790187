"""Template files: those of a folder, which are somebody's own, and nothing outside of it."""

from __future__ import annotations

import os
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, TemplateNotFound
from jinja2.loaders import split_template_path

from digest.errors import TemplateError
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_BYTES = 1_000_000
_ENDINGS = (
    *(".html", ".htm", ".txt", ".md", ".markdown", ".css", ".svg", ".xml"),
    *(".j2", ".jinja", ".jinja2"),
)


class OwnFolder(BaseLoader):
    """Loads the templates of a folder; the folder itself may be a link to one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_source(
        self,
        environment: Environment,  # noqa: ARG002
        template: str,
    ) -> tuple[str, str, None]:
        """The text of a template, and where it is.

        Raises:
            TemplateNotFound: the folder has no such file.
            TemplateError: it is no template, or cannot be read.
        """
        path = self._folder.joinpath(*split_template_path(template))
        try:
            return read_template(self._folder, path), str(path), None
        except (FileNotFoundError, NotADirectoryError):
            raise TemplateNotFound(template) from None


def read_template(folder: Path, path: Path) -> str:
    """The text of a template file of a folder.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        TemplateError: it is no template, leads out of the folder or cannot be read.
    """
    try:
        real = _inside(folder, path)
        with open(real, "rb", opener=_open_at_once) as file:
            if not S_ISREG(os.fstat(file.fileno()).st_mode):
                raise TemplateError(f"{path}: is not a file")
            text = file.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise TemplateError(f"{path}: cannot be read: {file_trouble(path, error)}") from None
    if len(text) > MOST_BYTES:
        raise TemplateError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise TemplateError(f"{path}: is not text: {error}") from None


def _inside(folder: Path, path: Path) -> Path:
    """Where a file of the folder really is."""
    real = Path(os.path.realpath(path, strict=True))
    if not real.is_relative_to(os.path.realpath(folder)):
        raise TemplateError(f"{path}: leads out of the folder; put a copy of the file there")
    # Beside templates may lie a configuration and what is secret in it.
    for name in (path.name, real.name):
        if name.startswith(".") or not name.endswith(_ENDINGS):
            raise TemplateError(f"{path}: is no template: its name ends in none of {_said()}")
    return real


def _said() -> str:
    return ", ".join(_ENDINGS)


def _open_at_once(path: str, flags: int) -> int:
    # A pipe that nobody writes to is opened, too.
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
