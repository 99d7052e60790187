"""Who may talk to whom over the control socket: the daemon's own user, and nobody else."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from digest.errors import StoreError
from digest.web.control import control_socket
from digest.web.control_client import daemon_is_alive, nameless_address
from tests.databases import database_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.app.daemon import Daemon
    from digest.store import DatabaseAddress

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
# Answers the status that the daemon gives to a process of this user.
ASK = """
import os, socket, sys
os.setgid({user}); os.setuid({user})
with socket.socket(socket.AF_UNIX) as client:
    client.connect(sys.argv[1])
    client.sendall(b"GET /alive HTTP/1.1\\r\\nHost: digest\\r\\nConnection: close\\r\\n\\r\\n")
    print(client.recv(4096).split()[1].decode())
"""


class LivingDaemon(SimpleNamespace):
    """As much of a daemon as the socket asks for the question whether it lives."""

    alive = True


def daemon_of(database: DatabaseAddress) -> Daemon:
    return cast("Daemon", LivingDaemon(settings=SimpleNamespace(database=database.url)))


@pytest.fixture
def database() -> Iterator[DatabaseAddress]:
    """In a folder that everybody can look into, as those of tests are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder, "digest.db")
        path.touch()
        yield database_at(path)


async def test_only_its_owner_can_connect(
    database: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "umask", None)
    async with control_socket(daemon_of(database)):
        path = database.control_socket()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert await daemon_is_alive(database)
    assert not path.exists()


@pytest.mark.parametrize("depth", [1, 3, 6])
async def test_it_is_reached_however_long_its_path_is(tmp_path: Path, depth: int) -> None:
    folder = tmp_path.joinpath(*["a folder with a long name" * 3] * depth)
    folder.mkdir(parents=True)
    path = folder / "digest.db"
    path.touch()
    database = database_at(path)
    async with control_socket(daemon_of(database)):
        assert await daemon_is_alive(database)
    assert not database.control_socket().exists()
    assert not await daemon_is_alive(database)


@pytest.fixture
def fileless(tmp_path: Path) -> DatabaseAddress:
    """A database beside which no socket can be."""
    path = tmp_path / ("x" * 120 + ".db")
    path.touch()
    return database_at(path)


async def test_where_no_file_can_be_it_is_asked_all_the_same(fileless: DatabaseAddress) -> None:
    other = database_at(Path(str(fileless).replace(".db", ".other")))
    async with control_socket(daemon_of(fileless)):
        assert await daemon_is_alive(fileless)
        assert not await daemon_is_alive(other)
    assert not await daemon_is_alive(fileless)


async def test_without_a_socket_the_daemon_works_on(
    fileless: DatabaseAddress, caplog: pytest.LogCaptureFixture
) -> None:
    address = nameless_address(fileless)
    assert address
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(address)
        async with control_socket(daemon_of(fileless)):
            assert not await daemon_is_alive(fileless)
    assert [record.getMessage() for record in caplog.records] == ["no control socket"]


async def say_that_it_lives(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if await reader.read(1):
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"result": true}')
    writer.close()


@as_root
async def test_a_name_that_somebody_else_took_is_not_asked(fileless: DatabaseAddress) -> None:
    address = nameless_address(fileless)
    assert address
    for user, asked in ((NOBODY, False), (0, True)):
        # Who listens counts.
        os.seteuid(user)
        try:
            theirs = await asyncio.start_unix_server(say_that_it_lives, address)
        finally:
            os.seteuid(0)
        async with theirs:
            assert await daemon_is_alive(fileless) is asked


async def test_it_has_its_rights_before_anybody_can_connect(
    database: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []

    def listen(_: socket.socket, *__: int) -> None:
        modes.append(stat.S_IMODE(database.control_socket().stat().st_mode))

    monkeypatch.setattr(socket.socket, "listen", listen)
    async with control_socket(daemon_of(database)):
        pass
    assert modes == [0o600]


@as_root
@pytest.mark.parametrize(("user", "status"), [(NOBODY, "403"), (0, "200")])
async def test_another_user_is_refused_where_the_rights_do_not_keep_it_out(
    database: DatabaseAddress, user: int, status: str
) -> None:
    async with control_socket(daemon_of(database)):
        path = database.control_socket()
        path.chmod(0o666)
        asking = await asyncio.create_subprocess_exec(
            sys.executable, "-S", "-c", ASK.format(user=user), path, stdout=subprocess.PIPE
        )
        said, _ = await asking.communicate()
    assert said.decode().strip() == status


@as_root
async def test_a_socket_that_somebody_else_made_is_not_asked(database: DatabaseAddress) -> None:
    path = database.control_socket()
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(str(path))
        theirs.listen()
        os.chown(path, NOBODY, NOBODY)
        with pytest.raises(StoreError, match="belongs to another user than the database"):
            await daemon_is_alive(database)
        os.chown(str(database), NOBODY, NOBODY)
        theirs.close()
        assert not await daemon_is_alive(database)
