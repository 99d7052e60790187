"""`templates`: the built-in themes, a copy of one to change, and trying a folder of one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.groups import Group
from digest.cli.output import print_json, print_table, say
from digest.config.looks import ABOUT
from digest.errors import UsageError
from digest.rendering.samples import SAMPLES
from digest.rendering.templates import THEMES, theme_files

if TYPE_CHECKING:
    from digest.cli import Options
    from digest.config.looks import Theme

_theme = click.Choice(THEMES)


@click.group(cls=Group)
def templates() -> None:
    """List, copy and try templates."""


@templates.command("list")
@click.pass_obj
def list_(options: Options) -> None:
    """List the themes that `theme:` takes."""
    if options.json:
        print_json({"themes": [{"name": name, "about": ABOUT[name]} for name in THEMES]})
    else:
        print_table("", ("theme", "what"), [(name, ABOUT[name]) for name in THEMES])


@templates.command()
@click.argument("theme", type=_theme)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_obj
def export(options: Options, theme: Theme, folder: Path) -> None:
    """Write the templates of THEME into DIR, to be changed there.

    A digest takes them with `template: DIR`. Files that are there already are an error.
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
        raise UsageError(f"{error.filename or folder}: {error.strerror}") from None
    if options.json:
        print_json({"theme": theme, "folder": str(folder), "files": sorted(files)})
    else:
        say(
            f"{len(files)} files written to {folder}; use them with `template: {folder.absolute()}`"
        )


@templates.command()
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
@click.option("--theme", type=_theme, default="classic", help="For what DIR lacks.")
@click.pass_obj
def check(options: Options, folder: Path, theme: Theme) -> int:
    """Render made-up editions with the templates in DIR. Long, empty, hostile and other ones."""
    # Most of `digest templates` does without.
    from digest.jobs.custom_templates import check_folder

    problems = check_folder(folder, theme)
    if options.json:
        print_json({"folder": str(folder), "problems": problems})
    else:
        for problem in problems:
            say(f"! {problem}")
        if not problems:
            say(f"{folder}: {len(SAMPLES)} sample editions rendered")
    return UsageError.exit_code if problems else 0
