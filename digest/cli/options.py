"""What stands before a command: where the configuration is, and how much is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.config import Settings


class Options(Struct, frozen=True):
    """What stands before the command."""

    config: Path | None
    json: bool
    verbose: bool
    quiet: bool

    def settings(self, *, log_level: str | None = None, secrets: bool = True) -> Settings:
        """Load the settings and set up the log, at `log_level` where the file is not to decide.

        Without `secrets`, those that cannot be filled in here are missing.

        Raises:
            UsageError: no file, or one with problems.
        """
        settings = self.load(secrets=secrets)
        self.set_up_log(settings, settings.secrets(), log_level)
        return settings

    def load(self, *, secrets: bool = True) -> Settings:
        """Read the settings.

        Raises:
            UsageError: no file, or one with problems.
        """
        from digest.config import load_settings

        return load_settings(self.file(), secrets=secrets)

    def file(self) -> Path:
        """Where the settings are.

        Raises:
            UsageError: there is no file.
        """
        from digest.config import find_config

        return find_config(self.config)

    def set_up_log(
        self, settings: Settings, secrets: Iterable[str], level: str | None = None
    ) -> None:
        """Log as the settings and the options say, without these secrets."""
        from digest.log import Redactor, configure

        level = level or settings.log.level
        if self.verbose or self.quiet:
            level = "debug" if self.verbose else "error"
        configure(level, settings.log.format, Redactor(secrets))
