"""Watches the configuration file for changes, by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class FileWatch:
    """Tells when a file is another than when it was last looked at, however it was replaced."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether it is."""
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _look(self) -> tuple[int, ...]:
        try:
            stat = self._file.stat()
        except OSError:
            # It is being replaced.
            return ()
        return stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_dev
