"""How long tests wait for what has to come, and how long it may take.

On a machine that is slow or shared, `DIGEST_TEST_SLOWNESS=3` makes each of these limits three times
as long.
"""

from __future__ import annotations

import os

SLOWNESS = float(os.environ.get("DIGEST_TEST_SLOWNESS", "1"))


def seconds(number: float) -> float:
    """So many seconds of a machine that is neither slow nor shared."""
    return number * SLOWNESS
