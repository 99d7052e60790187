"""What people call the same, similar or apart is so in editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editions.labelled import alone, labelled, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.editions.labelled import Figures


@pytest.mark.parametrize("which", ["tuned", "aside"])
@pytest.mark.parametrize("measure", [alone, together])
def test_titles_are_taken_for_what_they_are(measure: Callable[[str], Figures], which: str) -> None:
    figures = measure(which)

    assert figures.wrong_merges == 0
    assert figures.recall >= 0.6, figures
    assert figures.false <= 0.05, figures
    assert figures.same["apart"] <= 1, figures


def test_there_are_enough_of_each() -> None:
    labels = [label for which in ("tuned", "aside") for label, _, _ in labelled(which)]

    assert min(labels.count(label) for label in ("same", "similar", "apart")) > 20
    assert len(labelled("aside")) >= 50
