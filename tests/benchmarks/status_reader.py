"""Reads what `digest status` shows until told to stop, and prints the seconds each reading took.

python -m tests.benchmarks.status_reader DATABASE NAME

The figures go by NAME.
"""

from __future__ import annotations

import json
import select
import statistics
import sys
import time
from pathlib import Path

from tests.databases import store_at

_NAP = 0.05


def main() -> None:
    took = []
    while not select.select([sys.stdin], [], [], _NAP)[0]:
        began = time.perf_counter()
        store = store_at(Path(sys.argv[1]), read_only=True)
        store.health.read()
        store.close()
        took.append(time.perf_counter() - began)
    name = sys.argv[2]
    print(json.dumps({f"{name} median": statistics.median(took), f"{name} most": max(took)}))


if __name__ == "__main__":
    main()
