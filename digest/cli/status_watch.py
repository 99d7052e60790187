"""Shows something anew on a terminal, in place, until `q` is pressed."""

from __future__ import annotations

import os
import select
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

SECONDS = 2.0


def watch(
    made: Callable[[], T], show: Callable[[T], object], key: Callable[[float], str | None]
) -> None:
    """Show what is `made`, every two seconds, until `key` answers q within them."""
    while True:
        show(made())
        if key(SECONDS) == "q":
            return


def refuse_elsewhere() -> None:
    """Only a terminal can be written on in place.

    Raises:
        UsageError: this is none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--watch needs a terminal; elsewhere call `digest status` again")


@contextmanager
def keys() -> Iterator[Callable[[float], str | None]]:
    """What waits so many seconds for a key, without Enter and unseen."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def key(seconds: float) -> str | None:
        ready, _, _ = select.select([terminal], [], [], seconds)
        return os.read(terminal, 1).decode("ascii", "replace") if ready else None

    try:
        tty.setcbreak(terminal)
        yield key
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
