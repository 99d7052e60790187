"""Jinja2 templates: those of a theme, or a folder's that override them by file name."""

from __future__ import annotations

import re
import traceback
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
)
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from digest import __version__
from digest.config.looks import LookSettings, Theme
from digest.config.references import nearest
from digest.errors import TemplateError
from digest.feeds.text import well_formed
from digest.rendering.colours import palettes
from digest.rendering.samples import links as sample_links
from digest.rendering.samples import ordinary
from digest.rendering.vocabulary import FILTERS, FUNCTIONS, variables

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import TracebackType

    from digest.model import Edition
    from digest.rendering.personal import Links

_BUILT_IN = Path(__file__).parent / "templates"
HTML, TEXT, MARKDOWN = "edition.html", "edition.txt", "edition.md"
_NAMES = (HTML, TEXT, MARKDOWN)
_SUFFIXES = {".html", ".txt", ".md"}
# What templates are called elsewhere.
_MISTAKEN = {".htm", ".markdown", ".j2", ".jinja", ".jinja2"}
THEMES: tuple[Theme, ...] = get_args(Theme)
_KEPT = re.compile(r'(<style[^>]*) data-css-inline="keep"')
# A template can raise whatever its expressions do: 1 / 0 is its author's to mend.
_AUTHORS_ERRORS = (
    *(JinjaError, ArithmeticError, AttributeError, LookupError, OSError),
    *(RuntimeError, TypeError, ValueError),
)


class Templates:
    """Compiled templates of a theme, in a look; `folder` overrides them by file name.

    Raises:
        TemplateError: one of the folder does not compile, or does not render a sample edition;
            names the template, the line and the variable.
    """

    def __init__(
        self,
        folder: Path | None = None,
        theme: Theme = "classic",
        look: LookSettings | None = None,
    ) -> None:
        self._paths = [path for path in (folder, _BUILT_IN / theme, _BUILT_IN) if path]
        look = look or LookSettings()
        light, dark = palettes(look.accent)
        environment = SandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(path) for path in self._paths]),
            # By name, since extensions differ: everything is HTML that does not say otherwise.
            autoescape=lambda name: name is None or not name.endswith((".txt", ".md")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters.update(FILTERS)
        environment.globals.update(
            FUNCTIONS, dark=dark, light=light, look=look, version=__version__
        )
        self._environment = environment
        if folder:
            for name, links in product(_NAMES, (None, sample_links())):
                self._render(name, ordinary(), links)

    def html(self, edition: Edition, links: Links | None = None) -> str:
        """A whole HTML document, its styles inlined but for those marked to be kept."""
        # A daemon can go for weeks without an edition in HTML.
        from css_inline import CSSInliner

        inliner = CSSInliner(load_remote_stylesheets=False)
        inlined = inliner.inline(self._render(HTML, edition, links))
        return _KEPT.sub(r"\1", inlined)

    def text(self, edition: Edition, links: Links | None = None) -> str:
        """Plain text, in lines of at most 72 columns."""
        return self._render(TEXT, edition, links)

    def markdown(self, edition: Edition) -> str:
        """CommonMark."""
        return self._render(MARKDOWN, edition)

    def _render(self, name: str, edition: Edition, links: Links | None = None) -> str:
        try:
            template = self._environment.get_template(name)
            return well_formed(template.render(variables(edition, links)))
        except TemplateSyntaxError as error:
            where = f"{self._where(error.filename or error.name or name)}:{error.lineno}"
            raise TemplateError(f"{where}: {error.message}") from None
        except _AUTHORS_ERRORS as error:
            line = _template_line(error.__traceback__)
            where = f"{self._where(line[0])}:{line[1]}" if line else self._where(name)
            missing = "there is no template " if isinstance(error, TemplateNotFound) else ""
            raise TemplateError(f"{where}: {missing}{error}") from None

    def _where(self, name: str) -> str:
        path = Path(name)
        whole = any(path.is_relative_to(folder) for folder in self._paths)
        return str(path if whole else self._paths[0] / path)


def theme_files(theme: Theme) -> dict[str, str]:
    """The templates of a theme with all that they use, by file name."""
    folders = (_BUILT_IN, _BUILT_IN / theme)
    files = (path for folder in folders for path in sorted(folder.iterdir()) if path.is_file())
    return {path.name: path.read_text("utf-8") for path in files}


def unused_files(folder: Path, themes: Collection[Theme]) -> list[str]:
    """A line for each template of a folder that overrides none of these themes', nor is included.

    It has the name that was probably meant.
    """
    own = {name for theme in themes for name in theme_files(theme)}
    try:
        files = sorted(folder.iterdir())
    except OSError:
        # What is used in it can be read all the same, or was an error.
        return []
    paths = [
        path
        for path in files
        if path.suffix in _SUFFIXES | _MISTAKEN and path.stem.lower() != "readme"
    ]
    used = set(own)
    for path in paths:
        # What is wrong in a file that is used was found by rendering it.
        with suppress(TemplateSyntaxError, UnicodeDecodeError, OSError):
            parsed = Environment(autoescape=True).parse(path.read_text("utf-8"))
            used.update(filter(None, meta.find_referenced_templates(parsed)))
    return [
        f"{path}: nothing uses it{_meant(path.name, own)}"
        for path in paths
        if path.name not in used
    ]


def _meant(name: str, names: Collection[str]) -> str:
    """The template that a wrong name probably stands for: by its name, or by what it is."""
    alike = [one for one in _NAMES if Path(one).suffix == Path(name).suffix]
    return nearest(name, names) or (f"; did you mean {alike[0]!r}?" if alike else "")


def _template_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """The innermost place of a traceback that is in a template."""
    for frame in reversed(traceback.extract_tb(trace)):
        if Path(frame.filename).suffix in _SUFFIXES and frame.lineno:
            return frame.filename, frame.lineno
    return None
