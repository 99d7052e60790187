"""What processes cost, with all that they start: CPU seconds, wall seconds, peak memory.

`measure` runs a command to its end; `cpu_of` and `peak_of` look at processes that go on.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Usage:
    """Seconds, and megabytes of the largest process."""

    cpu: float
    wall: float
    megabytes: float
    code: int


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run a command to its end, in a folder; what it prints goes to output.txt there."""
    with (folder / "output.txt").open("ab") as output:
        done = subprocess.run(
            [sys.executable, "-S", __file__, str(output.fileno()), *command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            pass_fds=[output.fileno()],
            check=True,
        )
    return Usage(**json.loads(done.stdout))


def _meter(output: int, command: Sequence[str]) -> Usage:
    """Runs in a process of its own, that becomes the parent of all who lose theirs."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    cpu, kilobytes = used.ru_utime + used.ru_stime, used.ru_maxrss
    while True:
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += used.ru_utime + used.ru_stime
        kilobytes = max(kilobytes, used.ru_maxrss)
    return Usage(cpu, wall, kilobytes / 1024, os.waitstatus_to_exitcode(status))


def children_of(pid: int) -> list[int]:
    """The processes that a process started, and those started, as far as they live."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text("utf-8", "replace")
        except OSError:
            continue
        parents.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(
            int(stat.parent.name)
        )
    found: list[int] = []
    waiting = [pid]
    while waiting:
        started = parents.get(waiting.pop(), [])
        found += started
        waiting += started
    return found


def cpu_of(pids: Sequence[int]) -> float:
    """CPU seconds of processes that live, to the nanosecond: see clock_getcpuclockid(3)."""
    total = 0.0
    for pid in pids:
        try:
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            continue
    return total


def peak_of(pid: int) -> float:
    """The most megabytes that a process ever held."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


if __name__ == "__main__":
    print(json.dumps(asdict(_meter(int(sys.argv[1]), sys.argv[2:]))))
