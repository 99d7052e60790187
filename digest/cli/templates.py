"""`digest templates`: lists the themes, copies one to change, tries a folder of your own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.cli.groups import Group
from digest.cli.output import print_result, print_table, say
from digest.config.looks import ABOUT
from digest.errors import UsageError
from digest.file_errors import file_trouble
from digest.rendering.samples import SAMPLES
from digest.rendering.templates import THEMES, theme_files

if TYPE_CHECKING:
    from digest.config.looks import Theme

_theme = click.Choice(THEMES)


class ListedTheme(Struct, frozen=True):
    """A value of `theme`."""

    name: str
    about: str


class Themes(Struct, frozen=True):
    """`templates list`."""

    themes: tuple[ListedTheme, ...]


class ThemeExport(Struct, frozen=True):
    """`templates export`: the files that were written."""

    theme: str
    folder: str
    files: tuple[str, ...]


class TemplateCheck(Struct, frozen=True):
    """`templates check`; where there are problems the exit code is 2."""

    folder: str
    problems: tuple[str, ...]


@click.group(cls=Group)
def templates() -> None:
    """List, copy and try templates."""


@templates.command("list")
def list_() -> None:
    """List the themes that `theme:` takes."""
    themes = Themes(tuple(ListedTheme(name, ABOUT[name]) for name in THEMES))
    rows = [(theme.name, theme.about) for theme in themes.themes]
    print_result(themes, lambda _: print_table("", ("theme", "what"), rows))


@templates.command()
@click.argument("theme", type=_theme)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(theme: Theme, folder: Path) -> None:
    """Write the templates of THEME into DIR, to be changed there.

    A digest uses them with `template: DIR`. It is an error if files are there already.
    """
    files = theme_files(theme)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in files:
            # A link that leads nowhere yet is there, too.
            if os.path.lexists(folder / name):
                raise UsageError(f"{folder / name} is there already; export into an empty folder")
        for name, text in files.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: {file_trouble(folder, error)}") from None
    use = f"use them with `template: {folder.absolute()}`"
    print_result(
        ThemeExport(theme, str(folder), tuple(sorted(files))),
        lambda _: say(f"{len(files)} files written to {folder}; {use}"),
    )


@templates.command()
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option("--theme", type=_theme, default="classic", help="For what DIR lacks.")
def check(folder: Path, theme: Theme) -> int:
    """Render made-up editions with the templates in DIR. Long, empty, hostile and other ones."""
    # Most of `digest templates` does without.
    from digest.jobs.custom_templates import check_folder

    problems = check_folder(folder, theme)
    print_result(TemplateCheck(str(folder), tuple(problems)), _print_check)
    return UsageError.exit_code if problems else 0


def _print_check(result: TemplateCheck) -> None:
    for problem in result.problems:
        say(f"! {problem}")
    if not result.problems:
        say(f"{result.folder}: {len(SAMPLES)} sample editions rendered")
