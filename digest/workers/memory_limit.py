"""The address space that a process may have here, where that is less than reading can need."""

from __future__ import annotations

import resource

from digest.workers.child import KINDS, READING

MEND = "raise it: LimitAS= of a service, `ulimit -v` of a shell, `--ulimit` of a container"
_MB = 1024**2


def tight_memory() -> str | None:
    """What the limit is and what would do; None where there is none, or a greater one."""
    given = [limit for limit in resource.getrlimit(resource.RLIMIT_AS) if limit >= 0]
    needed = KINDS[READING].memory_bytes
    if not given or min(given) >= needed:
        return None
    return (
        f"a process may have {min(given) // _MB} MB of address space here (RLIMIT_AS),"
        f" and reading feeds can need {needed // _MB} MB"
    )
