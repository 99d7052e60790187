"""Where the database of a configuration file is, also where the file has errors."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.settings import SQLITE_PREFIX, Settings
from digest.config.yaml.document import read_document

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE = re.compile(r"^database\s*:.*$", re.MULTILINE)


def database_in(path: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """The `database` of a configuration file; None where the file names none that can be.

    Of a file that is not YAML the line that names it is enough, and of one that cannot be read the
    default.
    """
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        text = ""
    line = _LINE.search(text)
    for part in (text, line[0] if line else ""):
        document = read_document(part, environ)
        if isinstance(document.data, dict) and ("database",) not in document.unfilled:
            return _anchored(document.data.get("database"), path.absolute().parent)
    return _anchored(None, path.absolute().parent) if not line else None


def _anchored(given: object, base: Path) -> str | None:
    text = str(given or Settings.model_fields["database"].default)
    if not text.startswith(SQLITE_PREFIX):
        return None
    try:
        return SQLITE_PREFIX + str(base / Path(text.removeprefix(SQLITE_PREFIX)).expanduser())
    except RuntimeError:
        return None
