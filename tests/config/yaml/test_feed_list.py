"""Feeds added to a configuration file: what comes in, and that nothing else changes."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.config import load_settings
from digest.config.yaml.document import read_document
from digest.config.yaml.feed_list import append_feeds, feed_lines
from digest.errors import ConfigError, UsageError
from tests.config.files import CHANNELS, DIGESTS

if TYPE_CHECKING:
    from pathlib import Path

REST = CHANNELS + DIGESTS
NEW = feed_lines("https://new.example/f", "New", ["a", "b"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def appended(path: Path, text: str, *items: list[str]) -> str:
    path.write_bytes(text.encode())
    append_feeds(path, items or [NEW])
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("feeds: &f # all\n  - https://a.example\n", REST),
        (
            "feeds:\n- {url: https://a.example, tags: &t [x]}\n- {url: 'http://b', tags: *t}\n",
            REST,
        ),
        ("feeds:\n  - https://a.example\n", REST),
        ("# Head\nfeeds:  # ours\n- https://a.example # the first\n", "\n# Digests\n" + REST),
        (f"{REST}feeds:\n    - https://a.example\n", ""),
        (f"{REST}feeds:\n- url: https://a.example\n  tags: [x,\n     y]  # two\n", "\n\n"),
        ("feeds:\n- url: https://a.example\n  # every: 6h\n", "# Channels\n" + REST),
        ("feeds:\n  - https://a.example\n  # - https://b.example\n", "\n  # Old:\n" + REST),
        ("feeds:\n - url: https://a.example\n   tags:\n    - x\n    - y\n", REST),
        ("feeds:\n  - url: >-\n      https://a.example\n", REST),
        ("feeds:\n  - 'https://a.example'\n", REST),
        ("\ufefffeeds:\n  - https://a.example/\u00e9\U0001f600\n", REST),
        ("---\nfeeds:\n  - https://a.example\n", REST + "...\n"),
        ("feeds:\n  - {url: https://a.example, name: '#1'}\n", REST),
        ("feeds:\n  - url: https://a.example\n    every:\n", REST),
    ],
)
def test_feeds_go_behind_the_last_and_every_other_byte_stays(
    path: Path, before: str, after: str
) -> None:
    text = appended(path, before + after)
    indent = text[len(before) :].partition("-")[0]
    assert text == before + "".join(f"{indent}{line}\n" for line in NEW) + after
    last = load_settings(path, {}).feeds[-1]
    assert (last.address, last.name, last.tags) == ("https://new.example/f", "New", ("a", "b"))


def test_the_ends_of_lines_stay_as_they_are(path: Path) -> None:
    before = f"feeds:\n  - https://a.example\n{REST}".replace("\n", "\r\n")
    added = "".join(f"  {line}\r\n" for line in NEW)
    assert appended(path, before) == before.replace("example\r\n", f"example\r\n{added}", 1)


def test_a_last_line_without_an_end_gets_one(path: Path) -> None:
    before = f"{REST}feeds:\n  - https://a.example"
    assert appended(path, before).startswith(f"{before}\n  - url: https://new.example/f\n")


@pytest.mark.parametrize(
    "feeds",
    [
        "feeds:\n  - &a https://a.example\n  - url: *a\n    name: *a",
        "feeds: &f\n  - https://a.example\n  - *f",
    ],
)
def test_what_is_hard_to_edit_is_refused_and_stays(path: Path, feeds: str) -> None:
    path.write_text(f"{feeds}\n{REST}", "utf-8")
    with pytest.raises((UsageError, ConfigError)) as caught:
        append_feeds(path, [NEW])
    assert str(path) in str(caught.value)
    assert path.read_text("utf-8") == f"{feeds}\n{REST}"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_would_not_load_stays_as_it_was(path: Path) -> None:
    before = f"feeds:\n  - https://a.example\n{REST}"
    path.write_text(before, "utf-8")
    with pytest.raises(UsageError, match="stays as it was") as caught:
        append_feeds(path, [feed_lines("https://a.example")])
    assert f"{path}:3: feeds[1].url: two feeds have this url" in str(caught.value)
    assert path.read_text("utf-8") == before
    assert list(path.parent.iterdir()) == [path]


def test_what_the_file_names_relative_to_itself_is_found(path: Path) -> None:
    (path.parent / "mine").mkdir()
    digests = "digests: {weekly: {schedule: daily at 07:00, send_to: out, template: mine}}\n"
    appended(path, f"feeds:\n- https://a.example\n{CHANNELS}{digests}")
    assert len(load_settings(path, {}).feeds) == 2


def test_mode_and_links_stay(path: Path) -> None:
    target = path.parent / "real" / "digest.yaml"
    target.parent.mkdir()
    target.write_text(f"feeds:\n- https://a.example\n{REST}", "utf-8")
    target.chmod(0o640)
    path.symlink_to(target)
    append_feeds(path, [NEW])
    assert path.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert "https://new.example/f" in target.read_text("utf-8")
    assert list(target.parent.iterdir()) == [target]
    assert set(path.parent.iterdir()) == {path, target.parent}


def test_what_cannot_be_written_is_one_line(path: Path) -> None:
    text = f"feeds:\n- https://a.example\n{REST}"
    path.write_text(text, "utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(UsageError, match="cannot be changed: File too large"):
            append_feeds(path, [NEW])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text("utf-8") == text
    assert list(path.parent.iterdir()) == [path]


def test_a_name_may_be_as_long_as_names_can_be(path: Path) -> None:
    long = path.with_name("x" * 255)
    long.write_text(f"feeds:\n- https://a.example\n{REST}", "utf-8")
    append_feeds(long, [NEW])
    assert "https://new.example/f" in long.read_text("utf-8")


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (feed_lines("https://a.example/?x=1&y=2"), ["- https://a.example/?x=1&y=2"]),
        (feed_lines("https://a.example/:"), ['- "https://a.example/:"']),
        (feed_lines("https://a.example/${HOME}"), ['- "https://a.example/$%7BHOME}"']),
        (
            feed_lines("https://a.example", "null", ["true", "1e3", "x"]),
            ["- url: https://a.example", '  name: "null"', '  tags: ["true", "1e3", x]'],
        ),
    ],
)
def test_items_are_plain_where_that_is_safe(item: list[str], lines: list[str]) -> None:
    assert item == lines


VISIBLE = st.characters(exclude_categories=["C", "Z"]) | st.just(" ")
NAMES = st.text(VISIBLE, min_size=1).filter(lambda name: name.isprintable() and "${" not in name)
TAGS = st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True))


@given(st.text(VISIBLE).filter(lambda text: "${" not in text), NAMES, TAGS)
@example("", "a: b #c", ["null", "0x1", "1_0", "no"])
@example("#: [x]{}", "- 'x' \"y\" \\", [])
@example("", " & * ! | > % @ ` ~", [])
def test_any_feed_reads_as_it_was_written(rest: str, name: str, tags: list[str]) -> None:
    url = f"https://a.example/{rest}"
    bare = "\n".join(feed_lines(url))
    full = "\n".join(feed_lines(url, name, tags))
    document = read_document(f"{bare}\n{full}\n", {})
    more = {"tags": tags} if tags else {}
    assert document.problems == []
    assert document.data == [url, {"url": url, "name": name, **more}]


@given(st.text("${}HOME:-a", max_size=12))
@example("${HOME}")
@example("${HOME:-a}")
def test_nothing_is_taken_for_a_variable(text: str) -> None:
    lines = "\n".join(feed_lines(f"https://a.example/{text}", f"x{text}"))
    document = read_document(lines, {"HOME": "filled in"})
    assert document.problems == []
    (feed,) = document.data
    assert feed["url"].replace("%7B", "{") == f"https://a.example/{text}"
    assert feed["name"] == f"x{text}"
