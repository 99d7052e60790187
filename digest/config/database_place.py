"""Where the database of a configuration file is, also where the file has errors."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from digest.config.settings import database_url
from digest.config.yaml.document import read_document
from digest.file_errors import read_short_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LINE = re.compile(r"^database\s*:.*$", re.MULTILINE)


def database_in(path: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """The `database` of a configuration file; None where the file names none that can be.

    Of a file that is not YAML the line that names it is enough, and of one that cannot be read the
    default.
    """
    try:
        text = read_short_text(path, "replace")
    except OSError:
        text = ""
    line = _LINE.search(text)
    for part in (text, line[0] if line else ""):
        document = read_document(part, environ)
        if isinstance(document.data, dict) and ("database",) not in document.unfilled:
            return database_url(document.data.get("database"), path.absolute().parent)
    return database_url(None, path.absolute().parent) if not line else None
