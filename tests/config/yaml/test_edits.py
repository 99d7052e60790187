"""Feeds removed, paused and resumed in a file: what changes, and that nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import load_settings
from digest.config.yaml.document import read_document
from digest.config.yaml.edits import with_feeds, with_paused, without_feed, without_paused
from digest.config.yaml.feed_list import append_feeds, feed_lines, pause_feed, remove_feed
from digest.errors import UsageError
from tests.config.files import CHANNELS, DIGESTS

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

REST = CHANNELS + DIGESTS


def feeds_of(text: str) -> Any:
    document = read_document(text, {})
    assert document.problems == []
    return document.data["feeds"]


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        (0, "# All\nfeeds: # ours\n  - a # the first\n  - b\n", "# All\nfeeds: # ours\n  - b\n"),
        (
            1,
            "feeds:\n- a # 1\n# of b\n- b # 2\n# of c\n- c\n",
            "feeds:\n- a # 1\n# of b\n# of c\n- c\n",
        ),
        (0, "feeds: &all\n  - &x a\n  # - old\n  - b\n", "feeds: &all\n  # - old\n  - b\n"),
        (
            1,
            "feeds:\n  - a\n  - url: b\n    # 6h\n    tags:\n      - x\n      # - y\n  # end\n",
            "feeds:\n  - a\n  # end\n",
        ),
        (1, "feeds:\n  - a\n  -\n    url: >-\n      b\n\n  - c\n", "feeds:\n  - a\n\n  - c\n"),
        (1, "feeds:\n  - a\n  - url: b\n    every:", "feeds:\n  - a\n"),
        (0, "feeds: [a, b]  # two\n", "feeds: [b]  # two\n"),
        (1, "feeds: [a, b]  # two\n", "feeds: [a]  # two\n"),
        (1, "feeds: [a, {url: b, tags: [x, y]}, c]\n", "feeds: [a, c]\n"),
        (0, "feeds: [\n  a,  # 1\n  b  # 2\n]\n", "feeds: [\n  b  # 2\n]\n"),
        (1, "feeds: [\n  a,  # 1\n  b  # 2\n]\n", "feeds: [\n  a,  # 1\n]\n"),
        (1, "feeds: [a, # 1\n  b]\n", "feeds: [a, # 1\n  ]\n"),
        (1, "feeds: [a, b,]\n", "feeds: [a, ]\n"),
        (1, "feeds:\r\n  - a\r\n  - b\r\n", "feeds:\r\n  - a\r\n"),
        (1, "\ufefffeeds:\n- a\n- 'b'\n", "\ufefffeeds:\n- a\n"),
    ],
)
def test_one_is_removed(number: int, before: str, after: str) -> None:
    assert without_feed(before, number) == after
    feeds = feeds_of(before)
    assert feeds_of(after) == feeds[:number] + feeds[number + 1 :]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a # the first\n- b\n", "- url: a # the first\n  paused: true\n- b\n"),
        ("  -   a\n", "  -   url: a\n      paused: true\n"),
        ("  -\n    a", "  -\n    url: a\n    paused: true\n"),
        ("- &x a\n- b\n", "- url: &x a\n  paused: true\n- b\n"),
        ("- url: a # 1\n  # - 6h\n- b\n", "- url: a # 1\n  paused: true\n  # - 6h\n- b\n"),
        (
            "- url: a\n  tags:\n  - x # 2\n\n- b\n",
            "- url: a\n  tags:\n  - x # 2\n  paused: true\n\n- b\n",
        ),
        ("- url: a\n  every:\n# 3\n- b\n", "- url: a\n  every:\n  paused: true\n# 3\n- b\n"),
        ("- {url: a} # 4\n", "- {url: a, paused: true} # 4\n"),
        ("- {url: a,}\n", "- {url: a, paused: true,}\n"),
        (
            "- {\n    url: a, # 5\n    name: b # 6\n  }\n",
            "- {\n    url: a, # 5\n    name: b, # 6\n    paused: true\n  }\n",
        ),
        ("  [a, b]\n", "  [{url: a, paused: true}, b]\n"),
        ("- url: a\r\n- b\r\n", "- url: a\r\n  paused: true\r\n- b\r\n"),
        ("- url: a\n  paused: no # 7\n", "- url: a\n  paused: true # 7\n"),
        ("- url: a\n  paused: # 8\n", "- url: a\n  paused: true # 8\n"),
    ],
)
def test_one_is_paused(before: str, after: str) -> None:
    assert with_paused(f"feeds:\n{before}", 0) == f"feeds:\n{after}"
    first, *others = feeds_of(f"feeds:\n{before}")
    known = {"url": first} if isinstance(first, str) else first
    assert feeds_of(f"feeds:\n{after}") == [{**known, "paused": "true"}, *others]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- url: a\n  paused: true # for now\n  every: 6h\n", "- url: a\n  every: 6h\n"),
        ("- url: a\n  paused:\n    true\n# b\n- b\n", "- url: a\n# b\n- b\n"),
        ("- paused: true\n  url: a\n", "- url: a\n"),
        ("- {url: a, paused: true}\n", "- {url: a}\n"),
        ("- {paused: true, url: a}\n", "- {url: a}\n"),
        ("- {url: a, 'paused': true, name: b}\n", "- {url: a, name: b}\n"),
        ("  [{url: a,\n  paused: true, # 1\n  name: b}]\n", "  [{url: a,\n  name: b}]\n"),
    ],
)
def test_one_is_resumed(before: str, after: str) -> None:
    assert without_paused(f"feeds:\n{before}", 0) == f"feeds:\n{after}"
    feeds_of(f"feeds:\n{after}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[a] # 1\n", "[a, {url: m, tags: [x]}] # 1\n"),
        ("[a,]\n", "[a, {url: m, tags: [x]},]\n"),
        ("[\n  a, # 1\n  b # 2\n]\n", "[\n  a, # 1\n  b, # 2\n  {url: m, tags: [x]}\n]\n"),
        ("[\n  a, # 1\n]\n", "[\n  a, # 1\n  {url: m, tags: [x]},\n]\n"),
    ],
)
def test_one_is_added_in_brackets(before: str, after: str) -> None:
    text = with_feeds(f"feeds: {before}", [feed_lines("m", tags=["x"])])
    assert text == f"feeds: {after}"
    assert feeds_of(text) == [*feeds_of(f"feeds: {before}"), {"url": "m", "tags": ["x"]}]


COMMENT = st.sampled_from(["", " # x", "  # - url: [a, b]"])
ABOVE = st.sampled_from(["", "\n", "# - off: {\n", "\n# a\n\n"])
FORMS: list[list[str]] = [
    ["- {url}{comment}"],
    ["- '{url}'{comment}"],
    ["- &{anchor} {url}{comment}"],
    ["- url: {url}{comment}", "  name: '#1, [x]'{comment}"],
    ["- url: {url}{comment}", "  # every: 6h", "  tags: [x, # y", "    z]{comment}", "  #"],
    ["- name: >-{comment}", "    {url}", "  url: {url}"],
    ["- tags:{comment}", "  - x", "  -  y", "  url: {url}{comment}"],
    ["- {{url: {url}, tags: [x, y]}}{comment}"],
    ["-", "  url: &{anchor} {url}{comment}"],
]


def written(line: str, n: int, comment: str) -> str:
    return line.format(url=f"https://{n}.example/", anchor=f"a{n}", comment=comment)


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """The chunks of a block list, and what stands above each of them."""
    indent = draw(st.sampled_from(["", "  ", "      "]))
    forms = draw(st.lists(st.sampled_from(FORMS), min_size=1, max_size=5))
    chunks = [
        "".join(f"{indent}{written(line, n, draw(COMMENT))}\n" for line in form)
        for n, form in enumerate(forms)
    ]
    above = [draw(ABOVE).replace("#", f"{indent}#") for _ in chunks]
    return chunks, above


@given(lists(), st.data())
def test_whatever_the_list_looks_like_nothing_else_changes(
    made: tuple[list[str], list[str]], data: st.DataObject
) -> None:
    chunks, above = made
    tail = data.draw(st.sampled_from(["", "\n# end\n", "zone: x\n"]))
    number = data.draw(st.integers(0, len(chunks) - 1))
    head = "# head\nfeeds: # here\n"

    def whole(parts: list[str]) -> str:
        return head + "".join(a + b for a, b in zip(above, parts, strict=True)) + tail

    text = whole(chunks)
    feeds = feeds_of(text)
    if len(chunks) > 1:
        assert without_feed(text, number) == whole([*chunks[:number], "", *chunks[number + 1 :]])
    paused = with_paused(text, number)
    short = isinstance(feeds[number], str)
    known = {"url": feeds[number]} if short else feeds[number]
    assert feeds_of(paused)[number] == {**known, "paused": "true"}
    resumed = without_paused(paused, number)
    assert (resumed.replace("- url: ", "- ") if short else resumed) == (
        text.replace("- url: ", "- ") if short else text
    )
    added = with_feeds(text, [["- https://new.example"]])
    assert feeds_of(added) == [*feeds, "https://new.example"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"feeds: # ours\n- https://a.example\n- {{url: https://b.example, name: B}}\n{REST}"
    )
    path.chmod(0o640)
    return path


def test_the_file_is_replaced_whole_with_its_rights(path: Path) -> None:
    text = path.read_text("utf-8")
    pause_feed(path, 1, paused=True)
    assert [feed.paused for feed in load_settings(path, {}).feeds] == [False, True]
    pause_feed(path, 1, paused=False)
    assert path.read_text("utf-8") == text
    remove_feed(path, 0)
    assert path.read_text("utf-8") == text.replace("- https://a.example\n", "")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_a_feed_that_a_digest_names_stays(path: Path) -> None:
    text = path.read_text("utf-8").replace("send_to: out", "feeds: [B], send_to: out")
    assert "[B]" in text
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"(?s)stays as it was.*digests\.\w+\.feeds\[0\]"):
        remove_feed(path, 1)
    assert path.read_text("utf-8") == text


def test_a_feed_that_an_alias_stands_for_is_left_to_a_person(path: Path) -> None:
    feeds = "feeds:\n  - &a https://a.example\n  - https://b.example\n"
    text = f"{feeds}{REST}".replace("send_to: out", "feeds: [*a], send_to: out")
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match="would not load"):
        remove_feed(path, 0)
    assert path.read_text("utf-8") == text
    append_feeds(path, [["- https://new.example"]])
    assert len(load_settings(path, {}).feeds) == 3
