"""Hands commands that write to the running daemon, which holds the database."""

from __future__ import annotations

import errno
import json
import os
import socket
import struct
import sys
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.store import DatabaseAddress

# A socket's address is a fixed field of 108 bytes on Linux, 104 on BSD, with its closing zero.
_LONGEST_PATH = 103
# As long as a command may be: what became of a hundred thousand recipients, and more.
_LONGEST_ANSWER = 64 * 1024 * 1024


@contextmanager
def socket_address(path: Path) -> Iterator[str]:
    """A name by which a socket at a path can be bound and reached, however long the path is.

    Raises:
        OSError: there is no such folder, or no shorter name here.
    """
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        short = Path(f"/proc/self/fd/{folder}")
        address = str(short / path.name)
        if len(os.fsencode(address)) > _LONGEST_PATH or not short.is_dir():
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(path))
        yield address
    finally:
        os.close(folder)


def nameless_address(database: DatabaseAddress) -> str | None:
    """Where a daemon can be asked that can make no file for its socket; None where no system does.

    Whatever the path is called in another container, the name is that of the folder on its disk.
    """
    return f"\0digest-{database.place_on_disk()}" if sys.platform == "linux" else None


def peer_of(connected: Any) -> int | None:
    """The user at the other end of a socket, where the system tells."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack(
        "3i", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )
    return int(user)


async def ask_daemon(
    database: DatabaseAddress, command: str, **asked: Any
) -> dict[str, Any] | None:
    """Have the running daemon carry out a command; None where none answers.

    Raises:
        UsageError: the daemon calls the command wrong.
        StoreError: it could not carry it out.
    """
    answer = await _ask("POST", database, command, asked)
    if answer is None:
        return None
    if "error" in answer:
        kind = UsageError if answer["exit_code"] == UsageError.exit_code else StoreError
        raise kind(answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


async def daemon_is_alive(database: DatabaseAddress) -> bool:
    """Whether a daemon answers, and its loop turns."""
    answer = await _ask("GET", database, "alive", None)
    return bool(answer and answer["result"])


async def _ask(
    method: str, database: DatabaseAddress, command: str, asked: dict[str, Any] | None
) -> dict[str, Any] | None:
    path, answer = database.control_socket(), None
    # Where there is no file, or a folder is too deep, no daemon can be there either.
    with suppress(OSError):
        if _is_there(path, database):
            with socket_address(path) as address:
                answer = await _ask_at(address, method, command, asked)
        elif (nameless := nameless_address(database)) and _is_ours(nameless, database):
            answer = await _ask_at(nameless, method, command, asked)
    return answer


async def _ask_at(
    address: str, method: str, command: str, asked: dict[str, Any] | None
) -> dict[str, Any] | None:
    # Most commands find no daemon, and start sooner without it.
    from digest.http_client import aiohttp, bounded, plain_session

    timeout = aiohttp.ClientTimeout(total=5.0 if method == "GET" else None)
    # Not as `json=`, which warns of what is long.
    body = None if asked is None else BytesIO(json.dumps(asked).encode())
    connector = aiohttp.UnixConnector(path=address)
    async with plain_session(connector, timeout=timeout) as session:
        try:
            async with session.request(method, f"http://digest/{command}", data=body) as answer:
                answer.raise_for_status()
                content: dict[str, Any] = json.loads(await bounded(answer, _LONGEST_ANSWER))
                return content
        except aiohttp.ClientConnectorError:
            # Nobody is there, or it is not ours to talk to.
            return None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            if method == "GET":
                return None
            raise StoreError(f"the daemon did not answer: {type(error).__name__}") from None


def _is_there(path: Path, database: DatabaseAddress) -> bool:
    """Whether there is a socket, and of whoever has the database.

    Raises:
        StoreError: the socket is somebody else's.
    """
    try:
        owner = path.lstat().st_uid
    except OSError:
        return False
    if owner not in _owners(database):
        raise StoreError(f"{path}: belongs to another user than the database; remove it")
    return True


def _is_ours(address: str, database: DatabaseAddress) -> bool:
    """Whether who listens at an address that has no rights is whoever has the database.

    Raises:
        OSError: nobody listens.
    """
    with socket.socket(socket.AF_UNIX) as trying:
        trying.connect(address)
        return peer_of(trying) in _owners(database)


def _owners(database: DatabaseAddress) -> set[int]:
    """The users whose daemon it may be."""
    owners = {0, os.geteuid()}
    with suppress(OSError):
        owners.add(database.owner())
    return owners
