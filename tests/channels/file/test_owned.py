"""What is replaced is only what we wrote: never what a person changed, at no moment."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import stat
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.channels.file.owned import RECORDS, renew
from digest.errors import DeliveryError
from tests.channels.file.saving import (
    ended,
    in_process,
    killed_everywhere,
    saves_before_the_renaming,
    sent,
)
from tests.channels.making import MESSAGE_ID, deliveries, delivery, open_it
from tests.rendering.samples import NOW, edition, story

if TYPE_CHECKING:
    from pathlib import Path

    from digest.channels import Channel


def replacing(folder: Path, **settings: Any) -> Channel:
    given = {"kind": "file", "path": "out/latest.md", "mode": "replace"}
    return open_it(folder, given | settings)


def write(channel: Channel, text: bytes, days: int = 0) -> str:
    """Send a text as the edition of a day; answers the receipts, a line each."""
    made = deliveries(channel, edition(story()))
    due = f".{NOW + timedelta(days=days):%Y%m%d%H%M%S}."
    message_id = re.sub(r"\.\d+\.", due, MESSAGE_ID)
    parts = (replace(part, payload=text, message_id=message_id) for part in made)
    return "\n".join(sent(channel, *parts))


def shown(folder: Path) -> dict[str, bytes]:
    """The files of a folder that are not hidden."""
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*") if path.is_file()}


@pytest.fixture
def latest(tmp_path: Path) -> Path:
    """The file that has the latest edition."""
    return tmp_path / "out/latest.md"


def wrote(text: bytes, path: Path) -> Path:
    return renew(path, lambda _: text)


def test_a_file_has_the_latest_edition(tmp_path: Path) -> None:
    channel = replacing(tmp_path)

    receipts = [write(channel, text, day) for day, text in enumerate([b"one", b"two"])]

    assert receipts == [str(tmp_path / "out/latest.md")] * 2
    assert shown(tmp_path / "out") == {"latest.md": b"two"}


def test_the_same_again_touches_nothing(tmp_path: Path, latest: Path) -> None:
    channel = replacing(tmp_path)
    write(channel, b"one")
    before = latest.stat()

    assert write(channel, b"one") == str(latest)
    after = latest.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_edition_that_comes_late_does_not_take_the_place_of_a_later_one(
    tmp_path: Path,
) -> None:
    channel = replacing(tmp_path)
    write(channel, b"tuesday", 1)

    receipt = write(channel, b"monday", 0)

    assert receipt == f"{tmp_path / 'out/latest.md'} (it has a later edition)"

    assert shown(tmp_path / "out") == {"latest.md": b"tuesday"}


def test_what_a_person_changed_stays_and_the_next_number_is_replaced(
    tmp_path: Path, latest: Path
) -> None:
    channel = replacing(tmp_path)
    write(channel, b"one")
    latest.write_bytes(b"one, and a note of mine")

    receipts = [write(channel, text, day) for day, text in enumerate([b"two", b"three"], 1)]

    second = latest.with_name("latest-2.md")
    assert receipts == [f"{second} (latest.md was changed by hand)"] * 2
    assert shown(tmp_path / "out") == {
        "latest.md": b"one, and a note of mine",
        "latest-2.md": b"three",
    }
    assert asyncio.run(channel.check()) == (
        f"{tmp_path / 'out'} is writable; latest.md changed by hand, and left alone"
    )


@pytest.mark.parametrize("obstacle", ["file", "folder", "link", "dangling link", "link to ours"])
def test_what_was_there_before_is_nobody_s_but_a_person_s(
    tmp_path: Path, latest: Path, obstacle: str
) -> None:
    path = latest
    path.parent.mkdir()
    precious = tmp_path / "precious.md"
    precious.write_bytes(b"mine")
    match obstacle:
        case "file":
            path.write_bytes(b"mine")
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(precious)
        case "dangling link":
            path.symlink_to("nowhere")
        case _:
            wrote(b"one", path)
            path.rename(tmp_path / "moved.md")
            path.symlink_to(tmp_path / "moved.md")

    receipt = write(replacing(tmp_path), b"two")

    assert receipt.startswith(str(tmp_path / "out/latest-2.md"))
    assert precious.read_bytes() == b"mine"
    assert path.is_symlink() == ("link" in obstacle)


def test_a_file_that_was_removed_is_written_again(tmp_path: Path, latest: Path) -> None:
    channel = replacing(tmp_path)
    write(channel, b"one")
    latest.unlink()

    write(channel, b"two", 1)

    assert shown(tmp_path / "out") == {"latest.md": b"two"}
    assert asyncio.run(channel.check()) == f"{tmp_path / 'out'} is writable"


@pytest.mark.parametrize("record", [None, b"", b"{", b'{"hashes": 1}', b"\xff"])
def test_without_its_record_a_file_is_a_person_s(
    tmp_path: Path, latest: Path, record: bytes | None
) -> None:
    channel = replacing(tmp_path)
    write(channel, b"one")
    for place in latest.parent.glob(RECORDS):
        place.unlink() if record is None else place.write_bytes(record)

    assert write(channel, b"one") == str(latest)
    write(channel, b"two", 1)

    assert shown(tmp_path / "out") == {"latest.md": b"one", "latest-2.md": b"two"}


def test_who_saves_just_before_the_renaming_keeps_the_file(
    tmp_path: Path, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = replacing(tmp_path)
    write(channel, b"one")
    saves_before_the_renaming(monkeypatch, latest, b"saved just now")

    write(channel, b"two", 1)

    assert shown(tmp_path / "out") == {"latest.md": b"saved just now", "latest-2.md": b"two"}


def test_rights_stay_as_a_person_set_them(tmp_path: Path, latest: Path) -> None:
    channel = replacing(tmp_path)
    write(channel, b"one")
    latest.chmod(0o640)

    write(channel, b"two", 1)

    assert stat.S_IMODE(latest.stat().st_mode) == 0o640


def test_killed_at_any_moment_it_is_the_old_or_the_new_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "latest.md"

    def prepare() -> None:
        for left in tmp_path.iterdir():
            left.unlink()
        wrote(b"old", path)

    steps = 0
    for _ in killed_everywhere(lambda: wrote(b"new", path), prepare):
        steps += 1
        assert shown(tmp_path) in ({"latest.md": b"old"}, {"latest.md": b"new"})
        assert wrote(b"newer", path) == path
        assert shown(tmp_path) == {"latest.md": b"newer"}
        assert len(list(tmp_path.iterdir())) == 2
    assert steps > 5


def test_processes_that_renew_a_file_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log"

    def line(old: bytes | None, text: str) -> bytes:
        return (old or b"") + f"{text}\n".encode()

    def add(name: str) -> None:
        for number in range(8):
            renew(path, partial(line, text=f"{name}{number}"))

    processes = [in_process(partial(add, name)) for name in "abc"]

    assert [ended(process) for process in processes] == [0, 0, 0]
    assert sorted(path.read_text().split()) == sorted(f"{n}{i}" for n in "abc" for i in range(8))
    assert shown(tmp_path).keys() == {"log"}


def test_another_file_always_has_the_latest(tmp_path: Path) -> None:
    latest = "out/{digest}.md"
    channel = replacing(tmp_path, path="out/{year}/{date}.md", mode="new", latest=latest)
    first = tmp_path / "out/2026/2026-11-16.md"

    assert write(channel, b"one") == f"{first}\n{tmp_path / 'out/weekly.md'}"
    second = write(channel, b"two", 1)

    assert second.startswith(str(first.with_name("2026-11-16-2.md")))
    assert shown(tmp_path / "out") == {"weekly.md": b"two"}
    (tmp_path / "out/weekly.md").write_bytes(b"mine")
    assert write(channel, b"three", 2) == (
        f"{first.with_name('2026-11-16-3.md')}\n"
        f"{tmp_path / 'out/weekly-2.md'} (weekly.md was changed by hand)"
    )
    assert shown(tmp_path / "out") == {"weekly.md": b"mine", "weekly-2.md": b"three"}


def test_what_keeps_the_latest_waiting_adds_no_copy_of_a_note(tmp_path: Path) -> None:
    channel = replacing(tmp_path, path="out/{date}.md", mode="new", latest="out/sub/latest.md")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/sub").write_text("in the way")
    note, latest = deliveries(channel, edition(story()))
    sent(channel, note)
    with pytest.raises(DeliveryError) as caught:
        sent(channel, latest)
    assert caught.value.verdict == "retrying"
    (tmp_path / "out/2026-11-16.md").write_bytes(b"mine by now")
    (tmp_path / "out/sub").unlink()

    sent(channel, latest)

    assert shown(tmp_path / "out") == {"2026-11-16.md": b"mine by now"}
    assert shown(tmp_path / "out/sub") == {"latest.md": latest.payload}


def test_a_second_part_that_nothing_is_set_for_any_more_is_no_file(tmp_path: Path) -> None:
    channel = replacing(tmp_path, path="out/{date}.md", mode="new")

    with pytest.raises(DeliveryError, match="neither archive nor latest"):
        sent(channel, delivery(str(tmp_path / "out/x.md"), b"one", 2))

    assert shown(tmp_path / "out") == {}


def test_a_file_stays_its_owner_s_and_one_that_is_not_to_be_written_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "latest.md"
    wrote(b"one", path)
    owners: list[tuple[int, int]] = []
    owner = path.stat()

    def chown(_: Path, uid: int, gid: int) -> None:
        owners.append((uid, gid))
        if uid != -1:
            raise PermissionError(errno.EPERM, "only root may")

    monkeypatch.setattr(os, "chown", chown)
    wrote(b"two", path)
    # To root nothing is forbidden.
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    with pytest.raises(PermissionError) as caught:
        wrote(b"three", path)

    assert owners == [(owner.st_uid, owner.st_gid), (-1, owner.st_gid)]
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"two"


def test_the_latest_leads_nowhere_else(tmp_path: Path) -> None:
    channel = replacing(tmp_path, path="out/{date}.md", mode="new", latest="out/sub/latest.md")
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/sub").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(DeliveryError, match="leads out of"):
        sent(channel, delivery(str(tmp_path / "out/x.md"), b"one", 2))

    assert list((tmp_path / "elsewhere").iterdir()) == []
