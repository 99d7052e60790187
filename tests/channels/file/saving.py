"""Who else changes files: a person, other processes, and the end of a process at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.channels.making import send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from digest.channels import Channel
    from digest.model import Delivery

# What changes a folder, as Python tells auditors (PEP 578).
_CHANGES = {"open", "os.link", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.truncate"}


def sent(channel: Channel, *made: Delivery) -> list[str]:
    """The receipts of deliveries that are sent one after the other."""
    return asyncio.run(send(channel, *made))


def in_process(act: Callable[[], object]) -> int:
    """Start a process that does something; answers its id."""
    if process := os.fork():
        return process
    code = 1
    try:
        act()
        code = 0
    finally:
        os._exit(code)


def ended(process: int) -> int:
    """How a process ended: 0, or the negative number of a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def killed_everywhere(
    act: Callable[[], object], prepare: Callable[[], object], every: int = 1
) -> Iterator[int]:
    """Prepare, and kill a process that acts: before its first change, its second, and so on."""
    for step in range(1, 1_000, every):
        prepare()
        if ended(in_process(partial(_killed_at, step, act))) == 0:
            return
        yield step
    raise AssertionError("it has no end")


def _killed_at(step: int, act: Callable[[], object]) -> None:
    left = step

    def count(name: str, _: tuple[Any, ...]) -> None:
        nonlocal left
        left -= name in _CHANGES
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    act()


def saves_before_the_renaming(monkeypatch: pytest.MonkeyPatch, path: Path, *texts: bytes) -> None:
    """Have a person save a file in the moment before another is renamed over it, so many times."""
    chmod, left = type(path).chmod, [*texts]

    def save(part: Path, mode: int) -> None:
        chmod(part, mode)
        if left:
            path.write_bytes(left.pop(0))

    # It is what comes last before the look at the file.
    monkeypatch.setattr(type(path), "chmod", save)
