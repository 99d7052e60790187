"""Finds the files that a path with placeholders may stand for."""

from __future__ import annotations

import re
from glob import escape
from pathlib import Path

from digest.config.path_template import PLACEHOLDERS, filled

_WILDCARDS = re.compile(r"\*{2,}")


def with_numbers(template: str) -> list[Path]:
    """What is there at a path, also under a number, whatever stands for its placeholders."""
    pattern = _pattern(template)
    return _found(pattern.with_name(f"{pattern.stem}*{pattern.suffix}"))


def beside(template: str, name: str) -> list[Path]:
    """What is there by a name, which may have wildcards, in the folders of such files."""
    return _found(_pattern(template).with_name(name))


def _pattern(template: str) -> Path:
    return Path(filled(escape(template), dict.fromkeys(PLACEHOLDERS, "*")))


def _found(pattern: Path) -> list[Path]:
    # Two wildcards in a row would be any folder.
    below = _WILDCARDS.sub("*", str(pattern.relative_to(pattern.anchor)))
    return sorted(Path(pattern.anchor).glob(below))
