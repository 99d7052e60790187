"""Putting a new configuration and its secrets where they belong: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import UsageError
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECRETS = "secrets"


def refuse_existing(config: Path) -> None:
    """No configuration is ever overwritten.

    Raises:
        UsageError: there is one, or no folder for it.
    """
    if os.path.lexists(config):
        raise UsageError(f"{config} is here already, and stays as it is; move it away first")
    if not config.parent.is_dir():
        raise UsageError(f"there is no folder {config.parent}")


def secret_file(config: Path, name: str, secret: str) -> str:
    """A path for a secret, relative to the configuration, where no other secret is."""
    names = (name if number == 1 else f"{name}_{number}" for number in count(1))
    paths = (Path(_SECRETS, each) for each in names)
    return str(next(path for path in paths if _is_free(config.parent / path, secret)))


def _is_free(path: Path, secret: str) -> bool:
    try:
        return not os.path.lexists(path) or path.read_text("utf-8") == secret
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def staged(config: Path, text: str, secrets: Mapping[str, str]) -> Iterator[Path]:
    """The configuration and its secrets in a folder of their own beside; gone at the end.

    Raises:
        UsageError: they cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(dir=config.parent, prefix=".digest-init-") as folder:
            stage = Path(folder, config.name)
            stage.write_text(text, "utf-8")
            for name, secret in secrets.items():
                _write_secret(stage.parent / name, secret)
            yield stage
    except OSError as error:
        raise UsageError(
            f"{config.parent}: cannot be written: {file_trouble(config, error)}"
        ) from None


def _write_secret(path: Path, secret: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secret)


def place(stage: Path, config: Path, secrets: Mapping[str, str]) -> list[Path]:
    """Move what is staged to its place, the configuration last; answers where it all is.

    Raises:
        UsageError: there is a configuration by now.
    """
    placed = []
    try:
        for name in secrets:
            target = config.parent / name
            if not target.exists():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                (stage.parent / name).replace(target)
                placed.append(target)
        refuse_existing(config)
        stage.replace(config)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    return [config, *(config.parent / name for name in secrets)]
