"""What `digest` and `python -m digest` begin with."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command of the arguments, and end the process with its exit code.

    Until it has something to finish, SIGTERM ends it at once, and not by an exception, which could
    come in the middle of an import: for the first process of a container no signal does that by
    itself. A daemon exits with 0, as it does later, and a SIGHUP does not end it.
    """
    code = 0 if "run" in sys.argv and "--once" not in sys.argv else _INTERRUPTED
    if code == 0:
        # Settings are read after this, so that there is nothing to take over yet.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(code))
    # This takes a while, in which a signal may come.
    from digest.cli import main as run_and_leave

    run_and_leave()


if __name__ == "__main__":
    main()
