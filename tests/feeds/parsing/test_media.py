from __future__ import annotations

import pytest

from digest.feeds.parsing.media import read_seconds


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1:02:03", 3723),
        ("01:02:03", 3723),
        ("62:03", 3723),
        ("0:59", 59),
        ("3723", 3723),
        (" 3723.9 ", 3723),
        *(
            (nonsense, None)
            for nonsense in ("", "0", "0:00:00", "-5", "1:2:3:4", "1:60", "1h", ":")
        ),
        ("9" * 5_000, None),
    ],
)
def test_lengths(said: str, seconds: int | None) -> None:
    assert read_seconds(said) == seconds
