"""What people call the same, similar or apart is so in editions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.editions.labelled import alone, labelled, line, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.editions.labelled import Figures


@pytest.mark.parametrize("which", ["tuned", "aside"])
@pytest.mark.parametrize("measure", [alone, together])
def test_titles_are_taken_for_what_they_are(
    measure: Callable[[str], Figures], which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = measure(which)

    with capsys.disabled():
        sys.stdout.write(f"\n{line(which, figures)}\n")
    assert figures.wrong_merges == 0
    assert figures.false_relatives == 0, figures
    assert figures.recall >= 0.8, figures
    assert figures.same["apart"] <= 1, figures


def test_there_are_enough_of_each() -> None:
    labels = [label for which in ("tuned", "aside") for label, _, _ in labelled(which)]

    assert min(labels.count(label) for label in ("same", "similar", "apart")) > 20
    assert len(labelled("aside")) >= 90
