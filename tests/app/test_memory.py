"""What was freed goes back to the system."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path

import pytest

from digest.app.memory import release_memory

MEBIBYTE = 1024**2


def resident() -> int:
    status = Path("/proc/self/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="only glibc gives back what it is asked to",
)
def test_memory_between_what_is_kept_goes_back_to_the_system() -> None:
    blocks = [bytes(2_000) for _ in range(20_000)]
    kept = blocks[::100]
    del blocks
    gc.collect()
    before = resident()

    release_memory()

    assert before - resident() > 20 * MEBIBYTE
    assert len(kept) == 200
