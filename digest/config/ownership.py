"""Whose a file is that nobody named, but that lies where it is looked for."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ROOT = 0


def refuse_of_others(path: Path, environ: Mapping[str, str]) -> None:
    """Refuse a file that somebody other than this user and root can write or replace.

    Who became root by sudo is the user, too.

    Raises:
        UsageError: it, its folder, or where it leads to as a link, is another user's, or other
            users may write to it.
    """
    named = path.absolute()
    real = named.resolve()
    users = {_ROOT, os.geteuid(), *_of_sudo(environ, "SUDO_UID")}
    groups = {_ROOT, os.getegid(), *_of_sudo(environ, "SUDO_GID")}
    for each in dict.fromkeys((named.parent, named, real.parent, real)):
        if reason := _why_not(each.lstat(), users, groups):
            raise UsageError(
                f"{path} is not used unasked, since {each} {reason};"
                f" where you trust it, say `--config {path}`"
            )


def _of_sudo(environ: Mapping[str, str], name: str) -> list[int]:
    number = environ.get(name, "")
    return [int(number)] if os.geteuid() == _ROOT and number.isdecimal() else []


def _why_not(found: os.stat_result, users: set[int], groups: set[int]) -> str:
    if found.st_uid not in users:
        return f"belongs to another user (its number is {found.st_uid})"
    if stat.S_ISLNK(found.st_mode):
        # All links look as if everybody could write to them.
        return ""
    if found.st_mode & stat.S_IWOTH:
        return "can be written by every user (`chmod o-w` mends that)"
    # Many systems give each user a group of their own, which may write what they make.
    if found.st_mode & stat.S_IWGRP and found.st_gid not in groups:
        return f"can be written by a group ({found.st_gid}) that is not yours (`chmod g-w`)"
    return ""
