"""The standard streams as commands need them: each is there, and takes every text."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

_NAMES = ("stdin", "stdout", "stderr")


def prepare_streams() -> None:
    """Open what was closed as the null device, and have `?` where a text cannot be shown.

    A file that is opened in the place of a closed stream, like the database, would be written to by
    whatever is printed.
    """
    for number, name in enumerate(_NAMES):
        if not _is_open(number):
            # The lowest number that is free, which is this one.
            os.open(os.devnull, os.O_RDWR)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # One whose file was exchanged after it was opened stays as it is.
            with suppress(OSError):
                stream.reconfigure(errors="replace")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
