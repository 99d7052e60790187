"""A terminal with `digest` on it, and somebody who reads what it shows and types."""

from __future__ import annotations

import fcntl
import os
import re
import selectors
import struct
import termios
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests import limits
from tests.conftest import environment

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.forked import Forking

_SECONDS = limits.seconds(30)
_PAUSE = 0.05
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CTRL_C = "\x03"


class Terminal:
    """What is shown so far, and a keyboard."""

    def __init__(self, master: int) -> None:
        self._master = master
        self._read_to = 0
        self._bytes = b""
        self.ended: Future[subprocess.CompletedProcess[str]] = Future()

    @property
    def shown(self) -> str:
        """All that was shown, without colours and movements."""
        return _CONTROL.sub("", self.raw).replace("\r\n", "\n")

    @property
    def raw(self) -> str:
        """All that was shown, as the terminal got it."""
        return self._bytes.decode("utf-8", "replace")

    def expect(self, text: str) -> None:
        """Read until this is shown, after what was waited for before."""
        while (at := self.shown.find(text, self._read_to)) < 0:
            self._read(f"never showed {text!r}")
        self._read_to = at + len(text)

    def answer(self, question: str, text: str = "") -> None:
        """Wait for a question, type the answer and press Enter."""
        self.expect(question)
        self.type(text + "\n")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def finish(self) -> int:
        """Wait for the end; answers the exit code."""
        # Read meanwhile: a terminal takes only so much that nobody looks at.
        while not self.ended.done():
            if self._ready(_PAUSE):
                self._read("")
        code = self.ended.result(_SECONDS).returncode
        while self._ready(0):
            self._read("")
        return code

    def _read(self, complaint: str) -> None:
        assert self._ready(_SECONDS), f"{complaint}:\n{self.shown}"
        self._bytes += os.read(self._master, 65536)

    def _ready(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            return bool(selector.select(seconds))


@contextmanager
def on_terminal(forking: Forking, folder: Path, *arguments: str, **env: str) -> Iterator[Terminal]:
    """`digest` on a terminal of 100 columns."""
    # Held open here as well, so that what was shown can be read after the end.
    master, device = os.openpty()
    fcntl.ioctl(device, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    terminal = Terminal(master)
    environ = environment(TERM="xterm", **env)
    try:
        with ThreadPoolExecutor(1) as thread:
            terminal.ended = thread.submit(
                forking.run, arguments, folder, environ, os.ttyname(device)
            )
            try:
                yield terminal
            except BaseException:
                terminal.type(CTRL_C)
                raise
    finally:
        os.close(master)
        os.close(device)
