"""What stands before a command: where the configuration is, and how much is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.config import Settings
    from digest.store import DatabaseAddress


class InUse(Struct, frozen=True):
    """Settings that a command works by; not those of the file where that has an error."""

    settings: Settings
    file: Path
    since: datetime | None = None
    """Since when they are as they are, where the file has an error."""
    error: ConfigError | None = None


def _tell_of_error(in_use: InUse) -> None:
    from digest.app.settings_file import runs_with, trouble_of
    from digest.cli.output import say

    assert in_use.error is not None
    trouble, zone = trouble_of(in_use.error), in_use.settings.timezone
    say(f"digest: {runs_with(in_use.since, trouble, zone, datetime.now(UTC))}", err=True)


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

    def settings_in_use(self) -> InUse:
        """The settings of the file; where it has an error, those that were last taken over from it.

        Then a line on standard error says so. Only errors are logged, unless the options say so.

        Raises:
            UsageError: no file, or one with problems of which nothing was ever taken over.
        """
        file = self.file()
        try:
            in_use = InUse(self.load(secrets=False), file)
        except ConfigError as error:
            from digest.cli.last_settings import last_settings

            settings, since = last_settings(file, error)
            in_use = InUse(settings, file, since, error)
            _tell_of_error(in_use)
        settings = in_use.settings
        self.set_up_log(settings, settings.secrets(), "error")
        return in_use

    def database(self) -> DatabaseAddress:
        """Where the database is, whatever else is wrong with the file.

        Raises:
            UsageError: there is no file, or it names no database that can be.
        """
        from digest.cli.last_settings import address_in
        from digest.store import database_of

        return address_in(self.file()) or database_of(self.load(secrets=False))

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
