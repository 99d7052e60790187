"""A YAML text becomes values that know where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.config.yaml import nodes
from digest.config.yaml.document import read_document
from digest.config.yaml.nodes import Node, NotYamlError, compose

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    *("é☃🙂", "a\tb", "\ufeff", r'"\x41\u00e9\/"', "0 9 * * mon", "[a,\n    b]", "a\r\n    b"),
    *("@x", "`x", "]", "}", "<<", "${A:-b}", "http://h/p?a=1&b=2#f", "---", "...", "[a:, b]"),
)
KEYS = ("k:", "- ", "- k:", "'q k':", '"d":', "<<:", "1:", "[a]:", "? ", "&k k:")
LINES = st.builds(
    lambda indent, key, value, end: f"{'  ' * indent}{key} {value}{end}",
    st.integers(0, 2),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
    st.sampled_from(("\n", "\n", "\r\n", " \n", " # c\n", "\n\n", "")),
)
TEXTS = st.lists(LINES, min_size=1, max_size=5).map("".join)


def composed(text: str) -> Node | None:
    try:
        return compose(text)
    except NotYamlError:
        return None


def inside(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from inside(child)


@given(TEXTS, st.booleans())
def test_each_value_stands_where_it_says(text: str, mark: bool) -> None:
    text = "\ufeff" * mark + text
    root = composed(text)
    for node in inside(root) if root else ():
        assert 0 <= node.start <= node.end <= len(text)
        assert not node.value or node.line <= text.count("\n") + 1
        assert text[node.start : node.end] == text[node.start : node.end].rstrip()
        ends = [node.start, *(place for c in node.children for place in (c.start, c.end))]
        assert ends == sorted(ends)


@pytest.mark.parametrize("value", ["a", "b c", "é☃🙂", "0123", "a:b", "http://h/p?a=1&b=2#f", "~"])
@pytest.mark.parametrize("start", ["", "\ufeff", "# Für alle 🙂\r\n"])
def test_a_text_is_found_where_it_stands(start: str, value: str) -> None:
    text = f"{start}k: 1\nl:\n- {value} # c\nm: {{n: {value}}}\n"
    root = compose(text)
    assert root
    item, inner = root.children[3].children[0], root.children[5].children[1]
    assert [text[node.start : node.end] for node in (item, inner)] == [value, value]
    assert (item.line, inner.line) == (3 + start.count("\n"), 4 + start.count("\n"))


@given(TEXTS)
def test_libyaml_and_python_say_the_same(text: str) -> None:
    """Where PyYAML was built without libyaml, a file means the same."""
    fast = composed(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "_LOADER", yaml.BaseLoader)
        slow = composed(text)
    # One of them takes what the other finds wrong in rare cases, as a tab in a text.
    assert fast is None or slow is None or told(fast) == told(slow)


def told(node: Node) -> Any:
    target = node.target or node
    if node.kind in {"map", "list"}:
        return node.kind, node.line, [told(child) for child in node.children]
    # Where nothing stands, the line is nobody's; that of its key counts.
    return node.kind, target.value and node.line, target.value, target.plain


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: &x [1]\nb: *x\n", {"a": ["1"], "b": ["1"]}),
        # The later of two anchors counts (YAML 1.2, section 7.1).
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": "1", "b": "2", "c": "2"}),
        ("a: &x 1\n*x : 2\n", {"a": "1", "1": "2"}),
        (
            "a: yes\nb: on\nc: 012\nd: ~\ne: 'null'\n",
            {"a": "yes", "b": "on", "c": "012", "d": None, "e": "null"},
        ),
        ("%YAML 1.2\n---\na: |\n  b\n  c\n...\n", {"a": "b\nc\n"}),
        ("<<: {a: 1}\n", {"a": "1"}),
        ("", None),
        ("--- # nothing\n", None),
    ],
)
def test_what_a_text_says(text: str, data: Any) -> None:
    document = read_document(text, {})
    assert (document.data, document.problems) == (data, [])
