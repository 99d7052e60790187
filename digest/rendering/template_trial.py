"""What a process that can be killed does with somebody's own templates."""

from __future__ import annotations

import signal
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, meta
from msgspec import Struct

from digest.config.spelling import nearest
from digest.errors import TemplateError
from digest.rendering.renderer import FILES, NAMES, Form, rendered
from digest.rendering.samples import SAMPLES
from digest.rendering.samples import links as sample_links
from digest.rendering.template_files import read_template
from digest.rendering.templates import SUFFIXES, Templates, theme_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from digest.config.looks import LookSettings, Theme
    from digest.model import Edition
    from digest.rendering.email.personal import Links

# What templates are called elsewhere.
_MISTAKEN = {".htm", ".markdown", ".j2", ".jinja", ".jinja2"}
_MOST_FILES = 1_000
MOST_CHARACTERS = 16_000_000
# Before the process is killed: what takes long in a template itself is told with its line.
_LONG_SECONDS = 4.5


class Design(Struct, frozen=True):
    """A folder of templates, with the theme that has what the folder lacks, and the look."""

    folder: Path
    theme: Theme
    look: LookSettings | None = None

    def file(self, form: Form) -> Path:
        """The template that a form begins with, if the folder has one; else the folder."""
        path = self.folder / FILES[form]
        return path if path.exists() else self.folder


def render(design: Design, form: Form, edition: Edition, links: Links | None) -> str:
    """An edition in a form.

    Raises:
        TemplateError: it cannot be rendered, or is more than MOST_CHARACTERS.
    """
    made = rendered(_open(design), form, edition, links)
    if len(made) > MOST_CHARACTERS:
        most = MOST_CHARACTERS // 1_000_000
        raise TemplateError(f"{design.file(form)}: makes more than {most} million characters")
    return made


def try_out(design: Design) -> None:
    """Render a sample edition in every form.

    Raises:
        TemplateError: it cannot be rendered.
    """
    _open(design).try_out()


def try_sample(design: Design, name: str) -> None:
    """Render the sample edition of this name in every form, with links and without.

    Raises:
        TemplateError: it cannot be rendered.
    """
    templates, edition = _open(design), SAMPLES[name]()
    for links in (None, sample_links()):
        for form in FILES:
            rendered(templates, form, edition, links)


def unused_files(folder: Path, themes: Collection[Theme]) -> list[str]:
    """A line for each template of a folder that overrides none of these themes', nor is included.

    It has the name that was probably meant.
    """
    own = {name for theme in themes for name in theme_files(theme)}
    paths = list(_candidates(folder))
    used = own.union(*(_referenced(folder, path) for path in paths))
    return [
        f"{path}: nothing uses it{_meant(path.name, own)}"
        for path in paths
        if path.name not in used
    ]


def _candidates(folder: Path) -> Iterator[Path]:
    try:
        files = sorted(islice(folder.iterdir(), _MOST_FILES))
    except OSError:
        # What is used in it can be read all the same, or was an error.
        return
    for path in files:
        if path.suffix in SUFFIXES | _MISTAKEN and path.stem.lower() != "readme":
            yield path


def _referenced(folder: Path, path: Path) -> set[str]:
    """The templates that a file names."""
    # What is wrong in a file that is used was found by rendering it.
    with suppress(TemplateError, TemplateSyntaxError, OSError, RecursionError):
        parsed = Environment(autoescape=True).parse(read_template(folder, path))
        return set(filter(None, meta.find_referenced_templates(parsed)))
    return set()


def _meant(name: str, names: Collection[str]) -> str:
    """The template that a wrong name probably stands for: by its name, or by what it is."""
    alike = [known for known in NAMES if Path(known).suffix == Path(name).suffix]
    return nearest(name, names) or (f"; did you mean {alike[0]!r}?" if alike else "")


def _open(design: Design) -> Templates:
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, _LONG_SECONDS)
    return Templates(design.folder, design.theme, design.look)


def _interrupt(*_: object) -> None:
    raise TimeoutError(f"takes longer than {_LONG_SECONDS:g} s")
