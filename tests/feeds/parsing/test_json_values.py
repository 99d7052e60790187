"""JSON of which anything may be of another type than it should."""

from __future__ import annotations

import pytest

from digest.errors import FeedError
from digest.feeds.parsing.json_values import json_object, number, objects, text, texts


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is not valid JSON"),
        (b'{"a": ', "is not valid JSON"),
        (b"[]", "is JSON, but no object"),
        (b"null", "is JSON, but no object"),
        (b'{"a":' * 100_000, "is JSON nested too deeply"),
    ],
)
def test_what_is_no_object_is_said_in_a_line(body: bytes, why: str) -> None:
    with pytest.raises(FeedError, match=why):
        json_object(body)


def test_values_of_the_type_that_is_asked_for() -> None:
    said = json_object(b'{"t": "x", "n": 12, "l": ["a", 1, null], "o": [{"a": "b"}, 3], "no": {}}')

    assert [text(said, name) for name in ("t", "n", "l", "no", "missing")] == [
        "x",
        "12",
        "",
        "",
        "",
    ]
    assert texts(said, "l") == ["a", "1"]
    assert objects(said, "o") == [{"a": "b"}]
    assert texts(said, "t") == []
    assert objects(said, "no") == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("312", 312), ("-1", -1), ("4.5", 4.5), ("3.0", 3), ('"104"', 104), ("1e3", 1_000)),
        *(("null", None), ("true", None), ('"x"', None), ("[1]", None), ('"nan"', None)),
        *(("1e400", None), ("9" * 5_000, None), (str(2**60), None)),
    ],
)
def test_numbers(written: str, value: float | None) -> None:
    found = number(json_object(f'{{"n": {written}}}'.encode()), "n")

    assert found == value
    assert type(found) is type(value)
