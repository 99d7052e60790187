"""What the tests of the jobs share."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def workers() -> Iterator[WorkerPool]:
    with closing(WorkerPool(1)) as workers:
        yield workers
