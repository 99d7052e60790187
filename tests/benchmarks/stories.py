"""How well titles are taken for the same, similar or apart, and how long a full edition takes.

Run: python -m tests.benchmarks.stories
"""

from __future__ import annotations

from itertools import chain, islice
from time import process_time

from digest.editions.similarity.stories import group
from tests.editions.entries import entry
from tests.editions.labelled import alone, labelled, line, together

ENTRIES = 1000


def seconds() -> float:
    """The processor time of grouping so many entries; the best of five."""
    titles = [
        title for which in ("tuned", "aside") for _, *both in labelled(which) for title in both
    ]
    more = (f"{one} {other}" for one, other in zip(titles, titles[7:], strict=False))
    entries = [
        entry(at, f"f{at % 40}", title=title, hours_ago=at % 100)
        for at, title in enumerate(islice(chain(titles, more), ENTRIES))
    ]
    took = []
    for _ in range(5):
        started = process_time()
        group(entries)
        took.append(process_time() - started)
    return min(took)


def main() -> None:
    """Print all figures."""
    for which in ("tuned", "aside"):
        print(line(f"{which}, each pair alone", alone(which)))
        print(line(f"{which}, all in one edition", together(which)))
    print(f"{ENTRIES} entries: {seconds() * 1000:.0f} ms of processor time")


if __name__ == "__main__":
    main()
