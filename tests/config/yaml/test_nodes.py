"""The quick reader of YAML makes of a text what the careful one does, or leaves it to that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.yaml.document import Document, read_node
from digest.config.yaml.nodes import compose_carefully, compose_quickly

if TYPE_CHECKING:
    from digest.config.yaml.nodes import Node

EXAMPLE = Path(__file__).parents[3] / "config.example.yaml"
VALUES = (
    *("a", "b c", "0123", "x # c", "'q: r'", r'"d\n\"e"', "''", "~", "", "a: b", "a:b", "a  #no"),
    *("{a: 1, 'b': [c, d]}", "[a, 'b c', {d: e}]", "[]", "{}", "{a:1}", '{"a":1}', "{a, b: }"),
    *(
        "&x y",
        "*x",
        "- ",
        "| # c",
        "|",
        "|-\n      x",
        ">\n    x\n\n    y",
        '"a\n    b"',
        "a\n    b",
    ),
    *("x | y", "x > y", "Q & A", "50% off", "%x", "-1", ":x", "x:", "?x", "? x", "!t x", "'it''s'"),
    *(
        "é☃🙂",
        "a\tb",
        "a\u2028b",
        "\x85",
        "\ufeff",
        r'"\x41\u00e9\/"',
        "0 9 * * mon",
        "[a,\n    b]",
    ),
    *("@x", "`x", "]", "}", "<<", "${A:-b}", "http://h/p?a=1&b=2#f", "---", "...", "[a:, b]"),
)
KEYS = ("k:", "- ", "- k:", "'q k':", '"d":', "<<:", "1:", "[a]:", "? ")
LINES = st.builds(
    lambda indent, key, value, end: f"{'  ' * indent}{key} {value}{end}",
    st.integers(0, 2),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
    st.sampled_from(("\n", "\n", "\r\n", " \n", " # c\n", "\n\n", "")),
)
TEXTS = st.lists(LINES, min_size=1, max_size=5).map("".join)


def told(node: Node | None) -> Any:
    """All that is taken from nodes: the data, the lines and what is wrong."""
    document = Document()
    document.data = read_node(node, document, {}) if node else None
    return document


@given(TEXTS)
def test_both_make_the_same_of_a_text(text: str) -> None:
    quick = compose_quickly(text)
    assert quick is None or told(quick) == told(compose_carefully(text))


@pytest.mark.parametrize("value", VALUES)
def test_both_make_the_same_of_a_value(value: str) -> None:
    text = f"a: 1\nk: {value}\nl:\n- {value}\n"
    quick = compose_quickly(text)
    assert quick is None or told(quick) == told(compose_carefully(text))


@pytest.mark.parametrize(
    "text",
    [
        EXAMPLE.read_text("utf-8"),
        "feeds:\n" + "".join(f"  - https://site-{n}.example/feed.xml?a=1&b=2\n" for n in range(20)),
        "# Für alle | both > one\na: [1, 2]\nb: {c: 'd', \"e\": f}\n",
        'digests:\n  weekly:\n    cron: "0 9 * * mon"\n    watch: [kubernetes, "python 3.*"]\n',
    ],
)
def test_what_files_are_made_of_is_read_quickly(text: str) -> None:
    assert compose_quickly(text)


@pytest.mark.parametrize(
    "text", ["a: !x b\n", "a: |\n  b\n", "a: *b\n", "a: [", "%YAML 1.1\n---\na"]
)
def test_what_is_odd_is_left_to_the_careful_reader(text: str) -> None:
    assert compose_quickly(text) is None
