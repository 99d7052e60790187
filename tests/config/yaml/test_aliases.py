"""What stands in a file once and is meant several times: anchors, aliases and merge keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from digest.config.yaml.document import read_document
from tests import limits
from tests.config.files import FEEDS, load

if TYPE_CHECKING:
    from pathlib import Path

TEN = ", ".join(["*{0}"] * 10)


def chain(first: str, link: str, length: int = 12) -> str:
    """Keys of which each names the one before it ten times."""
    links = [link.format(n, TEN.format(f"a{n - 1}")) for n in range(1, length)]
    return "\n".join([f"x: &a0 {first}", *links, f"last: *a{length - 1}"])


def test_merge_keys_and_keys_for_anchors_are_taken(tmp_path: Path) -> None:
    text = f"""\
x-daily: &daily
  schedule: daily at 09:00
  send_to: vault
x-title: &title {{title: Of all, schedule: daily at 08:00}}
{FEEDS}channels: {{vault: {{kind: file, path: out.md}}}}
digests:
  one: {{<<: *daily}}
  two:
    <<: [*daily, *title]
    schedule: daily at 07:00
  three: {{title: Mine, <<: [*title, *daily]}}
"""
    digests = load(tmp_path, text).digests

    assert {name: (each.schedule.text, each.title) for name, each in digests.items()} == {
        "one": ("daily at 09:00", None),
        "two": ("daily at 07:00", "Of all"),
        "three": ("daily at 08:00", "Mine"),
    }


def test_what_is_merged_in_is_told_at_its_key() -> None:
    document = read_document("a: &a {b: 1}\nc:\n  <<: 3\nd: {<<: *a, b: 2}\n", {})

    (problem,) = document.problems
    assert (problem.line, problem.key) == (3, "c.<<")
    assert document.data["d"] == {"b": "2"}


@pytest.mark.parametrize(
    "text",
    [
        chain("[b]", "x{0}: &a{0} [{1}]"),
        chain("{b: c}", "x{0}: &a{0} {{<<: [{1}]}}"),
        f"x: &x {'y' * 1_000_000}\nz: [{', '.join(['*x'] * 1000)}]\n",
        "x: &a0 [b]\n" + "\n".join(f"x{n}: &a{n} [*a{n - 1}]" for n in range(1, 3000)),
    ],
    ids=["lists", "merged maps", "a long text", "a long chain"],
)
def test_aliases_of_aliases_end_soon_with_one_line(text: str) -> None:
    began = time.monotonic()
    document = read_document(text, {})

    assert time.monotonic() - began < limits.seconds(1)
    (problem,) = document.problems
    assert problem.message.startswith("not YAML: ")
    assert document.data is None
