"""The memory of the daemon, which a round of polling needs more of than the minutes between."""

from __future__ import annotations

import ctypes


def release_memory() -> None:
    """Give what was freed back to the system, where its C library can be asked to (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
