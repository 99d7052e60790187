"""Files: whole or not at all, never over another, never outside their folder."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import resource
import signal
import stat
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.errors import DeliveryError
from digest.rendering.snapshot import as_json_text
from tests.channels.file.saving import ended, in_process
from tests.channels.making import TEMPLATES, deliveries, delivery, open_it, send
from tests.rendering.samples import edition, ordinary, story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.channels import Channel


def files(folder: Path, path: str = "out/{digest}-{date}.md", format_: str = "markdown") -> Channel:
    return open_it(folder, {"kind": "file", "path": path, "format": format_})


async def write(channel: Channel, text: bytes = b"Hello\n", path: str | None = None) -> Path:
    [made] = deliveries(channel, edition(story()))
    [receipt] = await send(channel, delivery(path or made.recipient, text))
    return Path(receipt)


async def refused(channel: Channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await write(channel)
    return caught.value


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")} - {"config.yaml"}


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("markdown", TEMPLATES.markdown(ordinary(5))),
        ("html", TEMPLATES.html(ordinary(5))),
        ("text", TEMPLATES.text(ordinary(5))),
        ("json", as_json_text(ordinary(5))),
    ],
)
async def test_each_format(tmp_path: Path, format_: str, expected: str) -> None:
    channel = files(tmp_path, format_=format_)
    [made] = deliveries(channel, ordinary(5))

    [receipt] = await send(channel, made)

    assert receipt == str(tmp_path / "out/weekly-2026-11-16.md")
    assert (tmp_path / "out/weekly-2026-11-16.md").read_bytes().decode() == expected


async def test_json_is_the_contract_of_preview(tmp_path: Path) -> None:
    channel = files(tmp_path, format_="json")
    [made] = deliveries(channel, edition(story(title="日本 “quoted”"), held_back=2))

    await send(channel, made)

    written = tmp_path / "out/weekly-2026-11-16.md"
    assert json.loads(written.read_text("utf-8")) == {
        "version": 1,
        "digest": "weekly",
        "title": "Weekly reading",
        "subject": "Weekly reading: 日本 “quoted”",
        "url": "",
        "language": "en",
        "timezone": "Europe/Berlin",
        "period": {"from": "2026-11-09T09:00:00+00:00", "to": "2026-11-16T09:00:00+00:00"},
        "next_at": None,
        "sections": [
            {
                "title": "A feed",
                "url": "",
                "top": False,
                "stories": [
                    {
                        "title": "日本 “quoted”",
                        "url": "https://site.example/1",
                        "feed": "A feed",
                        "author": "Ada",
                        "published": "2026-11-16T08:00:00+00:00",
                        "excerpt": "What story 1 is about. And a little more.",
                        "html": "",
                        "image": "",
                        "reading_minutes": 4,
                        "recording": False,
                        "video": False,
                        "facts": [],
                        "discussion": "",
                        "also_in": [],
                        "related": [],
                        "brief": False,
                        "had": None,
                        "watched": [],
                        "updated": False,
                        "group": "",
                        "summary": None,
                    }
                ],
                "more": [],
            }
        ],
        "held_back": 2,
        "held": [],
        "failing": [],
        "quiet": [],
        "blocks": [],
    }


@pytest.mark.parametrize(
    ("timezone", "at", "date"),
    [
        ("UTC", datetime(2026, 11, 16, 23, 30, tzinfo=UTC), "2026-11-16"),
        ("Asia/Tokyo", datetime(2026, 11, 16, 23, 30, tzinfo=UTC), "2026-11-17"),
        ("America/Los_Angeles", datetime(2026, 11, 16, 2, 0, tzinfo=UTC), "2026-11-15"),
    ],
)
async def test_the_date_is_that_of_the_digests_time_zone(
    tmp_path: Path, timezone: str, at: datetime, date: str
) -> None:
    of = edition(story(), timezone=timezone, period_to=at, period_from=at - timedelta(days=7))

    [made] = deliveries(files(tmp_path), of)

    assert made.recipient == str(tmp_path / f"out/weekly-{date}.md")


async def test_folders_are_made(tmp_path: Path) -> None:
    await write(files(tmp_path, "a/{digest}/{date}/edition.md"))

    assert (tmp_path / "a/weekly/2026-11-16/edition.md").read_bytes() == b"Hello\n"


async def test_nothing_but_the_file_is_left(tmp_path: Path) -> None:
    await write(files(tmp_path))

    assert everything(tmp_path) == {"out", "out/weekly-2026-11-16.md"}


async def test_the_next_edition_of_a_day_gets_a_number(tmp_path: Path) -> None:
    channel = files(tmp_path)

    paths = [await write(channel, text) for text in (b"one", b"two", b"three")]

    assert [path.name for path in paths] == [
        "weekly-2026-11-16.md",
        "weekly-2026-11-16-2.md",
        "weekly-2026-11-16-3.md",
    ]
    assert [path.read_bytes() for path in paths] == [b"one", b"two", b"three"]


async def test_the_same_bytes_again_are_left_alone(tmp_path: Path) -> None:
    channel = files(tmp_path)
    first = await write(channel, b"one")
    await write(channel, b"two")
    before = first.stat()

    assert await write(channel, b"one") == first
    assert await write(channel, b"two") == first.with_name("weekly-2026-11-16-2.md")
    assert (first.stat().st_ino, first.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(everything(tmp_path)) == 3


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
async def test_permissions_follow_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    channel = files(tmp_path)
    before = os.umask(umask)
    try:
        path = await write(channel)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == mode


@contextmanager
def no_room_for(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_write_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    channel = files(tmp_path)
    await write(channel, b"old")
    [made] = deliveries(channel, edition(story()))

    with no_room_for(10_000), pytest.raises(DeliveryError) as caught:
        await send(channel, delivery(made.recipient, b"x" * 100_000))

    assert caught.value.verdict == "retrying"
    assert "File too large" in caught.value.reason
    assert everything(tmp_path) == {"out", "out/weekly-2026-11-16.md"}
    assert (tmp_path / "out/weekly-2026-11-16.md").read_bytes() == b"old"


def _die_before_the_name(folder: Path) -> None:
    """Die before what was written gets its name."""

    def die(name: str, _: object) -> None:
        if name == "os.link":
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    asyncio.run(write(files(folder)))


def test_what_a_killed_process_left_half_way_goes(tmp_path: Path) -> None:
    assert ended(in_process(lambda: _die_before_the_name(tmp_path))) == -signal.SIGKILL
    assert len(everything(tmp_path)) == 2

    path = asyncio.run(write(files(tmp_path)))

    assert path.read_bytes() == b"Hello\n"
    assert everything(tmp_path) == {"out", "out/weekly-2026-11-16.md"}


async def test_a_file_in_the_place_of_the_folder_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")

    error = await refused(files(tmp_path))

    assert error.verdict == "retrying"
    assert error.reason.startswith(f"{tmp_path / 'out'}: ")
    assert error.reason.endswith("; move away what is in the place of the folder")


async def test_an_error_names_the_file_and_not_what_it_is_called_before(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    path = tmp_path / f"out/{'x' * 300}.md"

    with pytest.raises(DeliveryError) as caught:
        await send(files(tmp_path), delivery(str(path), b"one"))

    assert caught.value.reason == f"{path}: File name too long; shorten `path`"


async def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "weekly").symlink_to(outside)

    error = await refused(files(tmp_path, "in/{digest}/{date}/edition.md"))

    assert error.verdict == "failed"
    assert "leads out of" in error.reason
    assert list(outside.iterdir()) == []


async def test_a_configured_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")

    await write(files(tmp_path))

    assert (tmp_path / "real/weekly-2026-11-16.md").read_bytes() == b"Hello\n"


@pytest.mark.parametrize("target", ["elsewhere.md", "../elsewhere.md"])
async def test_a_dangling_link_is_not_followed(tmp_path: Path, target: str) -> None:
    link = tmp_path / "out/weekly-2026-11-16.md"
    link.parent.mkdir()
    link.symlink_to(target)

    path = await write(files(tmp_path))

    assert path.name == "weekly-2026-11-16-2.md"
    assert link.is_symlink()
    assert not link.exists()


async def test_a_link_to_another_file_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    link = tmp_path / "out/weekly-2026-11-16.md"
    link.parent.mkdir()
    link.symlink_to(precious)

    path = await write(files(tmp_path))

    assert path.name == "weekly-2026-11-16-2.md"
    assert precious.read_text() == "keep me"


async def test_a_check_makes_nothing(tmp_path: Path) -> None:
    found = await files(tmp_path, "new/{digest}/{date}.md").check()

    assert found == f"{tmp_path / 'new'} is not there yet, and can be made"
    assert everything(tmp_path) == set()
    assert await files(tmp_path, "{date}.md").check() == f"{tmp_path} is writable"
    assert everything(tmp_path) == set()


async def test_a_check_believes_no_rights_that_are_of_no_use(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="/proc is not a writable folder"):
        await files(tmp_path, "/proc/x/{date}.md").check()


@pytest.mark.parametrize("obstacle", ["file", "file above", "dangling link"])
async def test_a_check_finds_what_is_in_the_way(tmp_path: Path, obstacle: str) -> None:
    match obstacle:
        case "file":
            (tmp_path / "out").write_text("")
        case "file above":
            (tmp_path / "above").write_text("")
        case _:
            (tmp_path / "out").symlink_to("nowhere")
    folder = "above/out" if obstacle == "file above" else "out"

    with pytest.raises(DeliveryError, match="is not a writable folder"):
        await files(tmp_path, f"{folder}/{{date}}.md").check()


def two(folder: Path) -> list[Channel]:
    """Two channels that write to one path."""
    return [files(folder), open_it(folder, {"kind": "file", "path": "out/weekly-{date}.md"})]


async def test_two_channels_on_one_path_write_a_file_each(tmp_path: Path) -> None:
    texts = [b"one", b"two"]

    paths = await asyncio.gather(*map(write, two(tmp_path), texts))

    assert sorted(path.name for path in paths) == ["weekly-2026-11-16-2.md", "weekly-2026-11-16.md"]
    assert [path.read_bytes() for path in paths] == texts


def test_processes_that_write_at_once_replace_nothing(tmp_path: Path) -> None:
    channel = files(tmp_path)

    def write_many(name: str) -> None:
        async def main() -> list[str]:
            texts = (f"{name} {number}".encode() for number in range(40))
            return [str(await write(channel, text)) for text in texts]

        (tmp_path / name).write_text("\n".join(asyncio.run(main())))

    writing = [in_process(partial(write_many, name)) for name in "abc"]
    assert [ended(process) for process in writing] == [0, 0, 0]
    receipts = [path for name in "abc" for path in (tmp_path / name).read_text().split()]

    assert len(set(receipts)) == 120
    texts = sorted(Path(path).read_text() for path in receipts)
    assert texts == sorted(f"{name} {number}" for name in "abc" for number in range(40))
    assert len(list((tmp_path / "out").iterdir())) == 120


async def test_who_is_first_between_the_look_and_the_link_keeps_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(part: Path, target: Path, **how: bool) -> None:
        if not target.exists() and target.name == "weekly-2026-11-16.md":
            target.write_bytes(b"theirs")
        link(part, target, **how)

    monkeypatch.setattr(os, "link", late)
    path = await write(files(tmp_path), b"ours")

    assert path.name == "weekly-2026-11-16-2.md"
    assert (tmp_path / "out/weekly-2026-11-16.md").read_bytes() == b"theirs"


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
async def test_without_hard_links_nothing_is_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    paths = await asyncio.gather(*map(write, two(tmp_path), [b"one", b"two"]))

    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert len(everything(tmp_path)) == 3


@pytest.mark.parametrize(
    "name", ["n" * 252 + ".md", "é" * 126 + ".md", "日" * 84 + ".md", "x" * 255]
)
async def test_a_name_as_long_as_names_can_be_is_written_and_numbered(
    tmp_path: Path, name: str
) -> None:
    channel = files(tmp_path, f"out/{name}")

    paths = [await write(channel, text) for text in (b"one", b"two", b"three")]

    assert paths[0].name == name
    assert [path.read_bytes() for path in paths] == [b"one", b"two", b"three"]
    assert [path.suffix for path in paths] == [Path(name).suffix] * 3
    assert await write(channel, b"two") == paths[1]


async def test_what_another_is_writing_just_now_is_not_cleaned_up(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    left, live = tmp_path / "out/.digest-0.part", tmp_path / "out/.digest-1.part"
    left.write_bytes(b"half")
    with live.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        await write(files(tmp_path))
        assert live.exists()
    assert not left.exists()


async def test_writing_leaves_the_umask_of_other_threads_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "umask", None)

    assert (await write(files(tmp_path))).read_bytes() == b"Hello\n"
