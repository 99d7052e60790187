"""What stands before or after a command: where the configuration is, and how much is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.config import Settings


class Options(Struct, frozen=True):
    """What every command takes."""

    config: Path | None = None
    json: bool = False
    verbose: bool = False
    quiet: bool = False

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


def common_options(*, hidden: bool = False) -> list[click.Option]:
    """The options of every command, which add to the `Options` of the context."""
    shared: dict[str, Any] = {"callback": _note, "expose_value": False, "hidden": hidden}
    return [
        click.Option(
            ["-c", "--config"],
            type=click.Path(path_type=Path, readable=False),
            help="Default: DIGEST_CONFIG, ./config.yaml, /etc/digest/config.yaml.",
            **shared,
        ),
        click.Option(["-v", "--verbose"], is_flag=True, help="Log everything.", **shared),
        click.Option(["-q", "--quiet"], is_flag=True, help="Log errors only.", **shared),
        click.Option(
            ["--json"],
            is_flag=True,
            help="A machine-readable result on standard output.",
            **shared,
        ),
    ]


def _note(context: click.Context, option: click.Parameter, value: object) -> None:
    if value and option.name:
        context.obj = replace(context.obj or Options(), **{option.name: value})


def take_everywhere(command: click.Command) -> click.Command:
    """The command, with those options behind it too; its help need not repeat them."""
    known = {option.name for option in command.params}
    command.params += [option for option in common_options(hidden=True) if option.name not in known]
    return command
