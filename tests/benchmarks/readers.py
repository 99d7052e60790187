"""Compare the fast reader with the tolerant one on random changes to the feeds of every corpus.

    python -m tests.benchmarks.readers [COUNT [FIRST_SEED]]

Half of the changes are damage, half are edits that leave most feeds well-formed.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from functools import cache

from digest.errors import FeedError
from digest.feeds.parsing import fast, tolerant
from digest.feeds.parsing.charset import to_utf_8
from tests.benchmarks.mutations import bodies
from tests.feeds.reshaping import reshape
from tests.feeds.test_mutations import mutate

URL = "https://site.example/feeds/feed.xml"
LARGEST = 20_000


@cache
def feeds() -> tuple[list[bytes], list[bytes]]:
    """All small feeds, and those of them that the fast reader takes."""
    small = [body for body in bodies() if len(body) < LARGEST]
    return small, [body for body in small if outcome(body) == "equal"]


def changed(seed: int) -> bytes:
    """A feed with random changes."""
    chance = random.Random(seed)
    everything, accepted = feeds()
    if seed % 4 == 0:
        return mutate(chance.choice(accepted), chance)
    return reshape(chance.choice(accepted), everything, chance)


def outcome(body: bytes) -> str:
    """What became of one body, in a word."""
    body = to_utf_8(body)
    try:
        quick = fast.parse(body, URL)
    except FeedError as error:
        return "refused" if refusal(body) == str(error) else "DIFFERENT"
    if quick is None:
        return "declined"
    try:
        return "equal" if quick == tolerant.parse(body, URL) else "DIFFERENT"
    except FeedError as error:
        return f"DIFFERENT: {error}"


def refusal(body: bytes) -> str:
    try:
        tolerant.parse(body, URL)
    except FeedError as error:
        return str(error)
    return ""


def main(count: int = 100_000, first: int = 0) -> None:
    started = time.monotonic()
    found = Counter[str]()
    for seed in range(first, first + count):
        said = outcome(changed(seed))
        found[said.partition(":")[0]] += 1
        if said.startswith("DIFFERENT"):
            print(f"seed {seed}: {said}", flush=True)
    print(f"{time.monotonic() - started:,.0f} s of {len(feeds()[1])} feeds: {dict(found)}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
