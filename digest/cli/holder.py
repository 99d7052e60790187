"""Hands a command that writes to the daemon that holds the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import convert

from digest.store import database_of

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.errors import InstanceError

T = TypeVar("T")


async def ask_holder(
    settings: Settings, busy: InstanceError, kind: type[T], command: str, **arguments: Any
) -> T:
    """Have the daemon that holds the database carry out a command; answers its result.

    Raises:
        InstanceError: who holds the database is no daemon, and `busy` says who.
    """
    from digest.web.control_client import ask_daemon

    result = await ask_daemon(database_of(settings), command, **arguments)
    if result is None:
        raise busy
    return convert(result, kind)
