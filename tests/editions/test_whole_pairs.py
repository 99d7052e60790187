"""What people call the same, similar or apart is so, where links, texts and authors are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from digest.editions.similarity.stories import group
from digest.editions.versions import with_projects
from tests.editions.entries import entry

PAIRS = yaml.safe_load(Path(__file__).with_name("whole_pairs.yaml").read_text("utf-8"))
# A pair that says the same in two words is too much to ask of titles.
LEAST_RECALL = 0.8


def outcome(first: list[str], second: list[str]) -> str:
    """What becomes of two entries of two feeds: the same, similar or apart."""
    entries: list[Any] = []
    for number, (title, link, text, author) in enumerate((first, second)):
        made = entry(number, f"f{number}", title=title, link=link, hours_ago=1 + 8 * number)
        entries.append(replace(made, excerpt=text, author=author))
    stories = group(with_projects(entries))
    if len(stories) == 2:
        return "apart"
    return "same" if len(stories[0].entries) == 2 else "similar"


@pytest.mark.parametrize("which", ["tuned", "aside"])
def test_entries_are_taken_for_what_they_are(which: str) -> None:
    pairs = [(label, outcome(*two), *two) for label, *two in PAIRS[which]]

    assert [pair for pair in pairs if pair[1] == "same" and pair[0] != "same"] == []
    assert [pair for pair in pairs if pair[0] == "apart" and pair[1] != "apart"] == []
    assert [pair for pair in pairs if pair[0] == "same" and pair[1] != "same"] == []
    similar = [found for label, found, *_ in pairs if label == "similar"]
    assert similar.count("similar") / len(similar) >= LEAST_RECALL
