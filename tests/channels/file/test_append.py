"""Editions are added to a person's file: once each, and not a byte of what is there changes."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.channels.file import append as module
from digest.channels.file.append import append
from digest.errors import DeliveryError
from digest.rendering.file.marks import has_edition, with_edition
from tests.channels.file.saving import (
    ended,
    in_process,
    killed_everywhere,
    saves_before_the_renaming,
    sent,
)
from tests.channels.making import MESSAGE_ID, deliveries, open_it
from tests.rendering.samples import edition, story

if TYPE_CHECKING:
    from pathlib import Path

    from digest.channels import Channel

ID = MESSAGE_ID.strip("<>").partition("@")[0]


def adding(folder: Path) -> Channel:
    return open_it(folder, {"kind": "file", "path": "daily/{date}.md", "mode": "append"})


def write(channel: Channel, text: bytes, number: int = 1) -> str:
    """Send a text as an edition of this number; answers the receipt."""
    [made] = deliveries(channel, edition(story()))
    message_id = MESSAGE_ID.replace("weekly.2026", f"weekly.{2026 + number}")
    [receipt] = sent(channel, replace(made, payload=text, message_id=message_id))
    return receipt


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """The daily note that editions are added to."""
    path = tmp_path / "daily/2026-11-16.md"
    path.parent.mkdir()
    return path


def test_an_edition_stands_between_marks_below_what_is_there(tmp_path: Path, note: Path) -> None:
    note.write_bytes(b"---\r\ntags: [daily]\r\n---\r\nMy day, without an end of line")
    channel = adding(tmp_path)
    [made] = deliveries(channel, edition(story()))

    [receipt] = sent(channel, replace(made, payload=b"# Weekly\n\nOne.\n"))

    assert receipt == str(note)
    assert note.read_bytes() == (
        b"---\r\ntags: [daily]\r\n---\r\nMy day, without an end of line\r\n\r\n"
        b"<!-- digest:begin " + ID.encode() + b" -->\r\n\r\n# Weekly\r\n\r\nOne.\r\n\r\n"
        b"<!-- digest:end " + ID.encode() + b" -->\r\n"
    )


def test_a_file_that_is_not_there_is_made(tmp_path: Path, note: Path) -> None:
    write(adding(tmp_path), b"One.")

    assert note.read_bytes().startswith(b"<!-- digest:begin ")


def test_an_edition_that_is_there_is_not_added_again(tmp_path: Path, note: Path) -> None:
    channel = adding(tmp_path)
    write(channel, b"One.", 1)
    write(channel, b"Two.", 2)
    # A person may have changed what is between the marks too.
    changed = note.read_bytes().replace(b"One.", b"~~One.~~ Read.")
    note.write_bytes(changed)
    before = note.stat()

    assert [write(channel, b"One.", 1), write(channel, b"Two.", 2)] == [str(note)] * 2

    assert note.read_bytes() == changed
    assert note.stat().st_mtime_ns == before.st_mtime_ns


def test_an_edition_that_is_sent_again_is_added_where_it_was_taken_away(
    tmp_path: Path, note: Path
) -> None:
    channel = adding(tmp_path)
    [made] = deliveries(channel, edition(story()))
    again = replace(made, message_id=MESSAGE_ID.replace("@", ".again2@"))
    sent(channel, made)
    whole = note.read_bytes()

    sent(channel, again)
    assert note.read_bytes() == whole
    note.write_bytes(b"")
    sent(channel, again)
    assert note.read_bytes() == whole


def test_what_would_be_too_long_goes_into_the_next_number(
    tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 400)
    channel = adding(tmp_path)

    receipts = [write(channel, b"x" * 100, number) for number in range(3)]

    second = note.with_name("2026-11-16-2.md")
    assert receipts == [
        str(note),
        f"{second} (2026-11-16.md is full, or no file in UTF-8)",
        f"{note.with_name('2026-11-16-3.md')} (2026-11-16.md is full, or no file in UTF-8)",
    ]
    # Where there is room again, what is in the second is not added once more.
    note.write_bytes(b"")
    assert write(channel, b"x" * 100, 1) == receipts[1]
    assert note.read_bytes() == b""


def test_what_is_no_file_of_utf_8_is_left_alone(tmp_path: Path, note: Path) -> None:
    precious = tmp_path / "precious.md"
    precious.write_bytes(b"mine")
    note.symlink_to(precious)
    note.with_name("2026-11-16-2.md").mkdir()
    note.with_name("2026-11-16-3.md").write_text("mine", "utf-16")

    receipt = write(adding(tmp_path), b"One.")

    assert receipt.startswith(str(note.with_name("2026-11-16-4.md")))
    assert note.with_name("2026-11-16-3.md").read_text("utf-16") == "mine"
    assert precious.read_bytes() == b"mine"


def test_what_is_saved_just_before_the_renaming_is_kept(
    tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note.write_bytes(b"Mine.\n")
    saves_before_the_renaming(monkeypatch, note, b"Mine, and more.\n", b"Mine, and more yet.\n")

    assert write(adding(tmp_path), b"One.") == str(note)

    assert note.read_bytes().startswith(b"Mine, and more yet.\n\n<!-- digest:begin ")
    assert note.read_bytes().count(b"One.") == 1


def test_where_somebody_saves_all_the_time_it_is_tried_later(
    tmp_path: Path, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note.write_bytes(b"Mine.\n")
    saves_before_the_renaming(monkeypatch, note, *(f"{n}".encode() for n in range(100)))

    with pytest.raises(DeliveryError, match="saved by somebody") as caught:
        write(adding(tmp_path), b"One.")

    assert caught.value.verdict == "retrying"
    assert re.fullmatch(rb"\d+", note.read_bytes())


def test_killed_at_any_moment_it_is_there_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "note.md"

    def prepare() -> None:
        for left in tmp_path.iterdir():
            left.unlink()
        path.write_bytes(b"Mine.\n")

    whole = with_edition(b"Mine.\n", b"One.", "one")
    steps = 0
    for _ in killed_everywhere(lambda: append(path, b"One.", "one"), prepare):
        steps += 1
        assert path.read_bytes() in {b"Mine.\n", whole}
        append(path, b"One.", "one")
        assert path.read_bytes() == whole
        assert [*tmp_path.iterdir()] == [path]
    assert steps > 2


def test_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_bytes(b"Mine.\n")

    def add(name: str) -> None:
        for number in range(8):
            append(path, b"Text.", f"{name}{number}")

    processes = [in_process(partial(add, name)) for name in "abc"]

    assert [ended(process) for process in processes] == [0, 0, 0]
    text = path.read_bytes()
    assert text.startswith(b"Mine.\n")
    found = re.findall(rb"digest:begin (\w+)", text)
    assert sorted(found) == sorted(f"{name}{n}".encode() for name in "abc" for n in range(8))


_EDITS = st.tuples(st.integers(0, 400), st.integers(0, 60), st.binary(max_size=30))
_STEPS = st.lists(st.one_of(st.integers(0, 3), _EDITS), max_size=12)


@given(st.binary(max_size=100), _STEPS)
def test_whatever_a_person_writes_is_kept(
    text: bytes, steps: list[int | tuple[int, int, bytes]]
) -> None:
    """An edit takes some bytes away at a place, of an edition or not, and puts others there."""
    for step in steps:
        if isinstance(step, tuple):
            at, length, edit = step
            text = text[:at] + edit + text[at + length :]
            continue
        added = with_edition(text, f"Edition {step}".encode(), f"id-{step}")
        assert added.startswith(text)
        assert (added == text) == has_edition(text, f"id-{step}")
        assert added.count(f"<!-- digest:begin id-{step} -->".encode()) == 1
        text = added
