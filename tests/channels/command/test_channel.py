"""A program of the operator's: real processes, their exit codes, and what they cannot do."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.channels import open_channels
from digest.channels.command import receipt_of
from digest.channels.programs import Ended, run_program
from digest.errors import ChannelError, ConfigError, DeliveryError
from tests import limits
from tests.channels.command.place import Program
from tests.channels.making import deliveries, send, settings, started
from tests.rendering.samples import edition, story

if TYPE_CHECKING:
    from digest.channels import Channel


def program(folder: Path, script: str, **more: str) -> Channel:
    place = Program(folder)
    place.does(script)
    return open_channels(settings(folder, {**place.channel(), **more}))["it"]


def open_files() -> list[Path]:
    return sorted(Path("/dev/fd").iterdir())


async def outcome(channel: Channel) -> str:
    """The receipt, or the verdict and the reason."""
    try:
        [receipt] = await send(channel, *deliveries(channel, edition(story())))
    except DeliveryError as error:
        return f"{error.verdict}: {error.reason}"
    return receipt


async def test_a_program_has_the_edition_its_id_and_little_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_TOKEN", "s3cr3t")
    channel = program(tmp_path, 'cat > "$folder/input"; env > "$folder/env"; echo "$2"\n')

    assert await outcome(channel) == "readers"

    posted = json.loads((tmp_path / "input").read_text())
    seen = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    assert posted["sections"][0]["stories"][0]["title"] == "Story 1"
    assert seen["DIGEST_ID"] == "weekly-20261116090000-0123456789abcdef01234567@example-com"
    assert (seen["DIGEST_NAME"], seen["DIGEST_CHANNEL"]) == ("weekly", "it")
    assert seen["PATH"] == os.environ["PATH"]
    assert "SLACK_TOKEN" not in seen


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        (Ended(0, b"id 7\nmore", b"a warning"), "id 7"),
        (Ended(0, b"", b""), "exit code 0"),
        (Ended(0, b"\x1b[31m" + b"x" * 900, b""), "x" * 190),
        (Ended(75, b"", b"a\nthe server is busy\n"), "retrying: the command ended with exit code"),
        (Ended(65, b"id 7", b"\n"), "failed: the command ended with exit code 65; mend that"),
        (Ended(1, b"", b"\xff\x1b]0;no\x07\n"), "failed: the command ended with exit code 1: "),
        (Ended(-9, b"id 7", b""), "unknown: the command was ended by signal 9; look what it did"),
        (Ended(143, b"", b""), "unknown: the command was ended by signal 15; look what it did"),
        (Ended(255, b"", b"ssh"), "failed: the command ended with exit code 255: ssh"),
        (Ended(None, b"id 7", b""), "unknown: the command took longer than 60 s and was killed"),
    ],
)
def test_an_exit_code_is_a_verdict(ended: Ended, says: str) -> None:
    try:
        told = receipt_of(ended, 60)
    except DeliveryError as error:
        told = f"{error.verdict}: {error.reason}"

    assert says in told
    assert told.isprintable()
    assert len(told) <= 300


async def test_try_again_is_tried_again_and_unknown_is_not(tmp_path: Path) -> None:
    script = """\
cat > /dev/null
echo run >> "$folder/runs"
test -e "$folder/again" || { touch "$folder/again"; echo busy >&2; exit 75; }
kill -9 $$
"""
    async with started(tmp_path, program(tmp_path, script)) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["retrying"]
        for _ in range(3):
            daemon.clock.turn(days=1)
            await daemon.delivering.deliver_due()

        assert await daemon.states() == ["unknown"]
    assert (tmp_path / "runs").read_text() == "run\n" * 2


async def test_what_takes_too_long_is_killed_with_all_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    hanging = "exec 3> \"$folder/held\"; echo up >&3; trap '' TERM; sleep 20 & wait\n"

    told = await outcome(program(tmp_path, hanging, timeout="1s"))

    assert told.startswith("unknown: the command took longer than 1 s and was killed; look")
    os.set_blocking(held, True)
    with os.fdopen(held, "rb") as file:
        assert await asyncio.wait_for(asyncio.to_thread(file.read), limits.seconds(10)) == b"up\n"


async def test_a_program_may_leave_its_input_and_flood_its_output() -> None:
    flood = "head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2; echo last >&2; exit 3"

    ended = await run_program(["sh", "-c", flood], b"x" * 8_000_000, seconds=limits.seconds(20))

    assert ended.code == 3
    assert len(ended.output) == len(ended.errors) == 65_536
    assert ended.errors.endswith(b"last\n")


async def test_what_left_the_session_is_let_go_with_its_pipes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signal reaches it, and what the program itself wrote and said is known all the same."""
    monkeypatch.setattr("digest.channels.programs._MOST_TO_END", 0.1)
    os.mkfifo(tmp_path / "held")
    held = os.open(tmp_path / "held", os.O_RDWR)
    script = f"setsid cat '{tmp_path}/held' & echo kept; echo why >&2; exit 65"
    await run_program(["true"], seconds=limits.seconds(10))
    before = open_files()

    ended = await run_program(["sh", "-c", script], seconds=0.5)
    await asyncio.sleep(0)
    left = open_files()
    os.close(held)

    assert (ended.code, ended.output, ended.errors) == (65, b"kept\n", b"why\n")
    assert left == before


async def test_a_daemon_that_ends_ends_the_program_and_leaves_it_in_doubt(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    channel = program(tmp_path, 'exec 3> "$folder/held"; sleep 20\n')
    async with started(tmp_path, channel) as daemon:
        await daemon.publish(edition(story()))
        delivering = asyncio.create_task(daemon.delivering.deliver_due())
        with await asyncio.to_thread((tmp_path / "held").open, "rb") as file:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
            await daemon.delivering.finish()
            read = asyncio.to_thread(file.read)
            assert await asyncio.wait_for(read, limits.seconds(10)) == b""

        assert await daemon.states() == ["sending"]


@pytest.mark.parametrize("rights", [0o644, None], ids=["no program", "not there"])
async def test_what_cannot_be_run_needs_a_person(tmp_path: Path, rights: int | None) -> None:
    channel = program(tmp_path, "")
    path = tmp_path / "post"
    path.chmod(rights) if rights else path.unlink()

    for attempt in (channel.check(), send(channel, *deliveries(channel, edition(story())))):
        with pytest.raises(ChannelError) as caught:
            await attempt
        assert caught.value.lasting
        assert caught.value.reason.startswith(f"cannot run {path}: ")
        assert caught.value.reason.endswith("; mend the setting command, or the program's rights")


def test_a_deadline_has_an_end(tmp_path: Path) -> None:
    made = settings(tmp_path, {"kind": "command", "command": "post", "timeout": "10m"})
    assert made.channels["it"].timeout == timedelta(minutes=10)  # type: ignore[attr-defined]

    with pytest.raises(ConfigError, match="must be 10m at most"):
        settings(tmp_path, {"kind": "command", "command": "post", "timeout": "11m"})
