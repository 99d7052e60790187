"""Reads a configuration file as data, which may be no settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from digest.config.yaml.document import Document, read_document
from digest.errors import ConfigError, Problem
from digest.file_errors import file_trouble, read_short_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Document:
    """The data of a configuration file, which may be no settings.

    Raises:
        ConfigError: it cannot be read as text.
    """
    try:
        text = read_short_text(path)
    except OSError as error:
        raise ConfigError(
            path, [Problem(0, "", f"cannot be read: {file_trouble(path, error)}")]
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(path, [Problem(0, "", "is not UTF-8 text")]) from None
    return read_document(text, environ)
