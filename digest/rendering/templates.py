"""Jinja2 templates: those of a theme, or a folder's that override them by file name.

Nothing here keeps a folder's templates from taking too long or too much memory: a process that
can be killed renders those.
"""

from __future__ import annotations

import re
import traceback
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import TemplateError as JinjaError

from digest import __version__
from digest.config.looks import LookSettings, Theme
from digest.errors import TemplateError
from digest.feeds.text import one_line, well_formed
from digest.rendering.colours import palettes
from digest.rendering.email.fit import fit
from digest.rendering.renderer import HTML, MARKDOWN, NAMES, TEXT
from digest.rendering.samples import links as sample_links
from digest.rendering.samples import ordinary
from digest.rendering.sandbox import Sandbox
from digest.rendering.template_files import OwnFolder
from digest.rendering.template_functions import look_of, variables
from digest.rendering.text_size import enlarged

if TYPE_CHECKING:
    from types import TracebackType

    from digest.model import Edition
    from digest.rendering.email.personal import Links

_BUILT_IN = Path(__file__).parent / "templates"
SUFFIXES = {".html", ".txt", ".md"}
THEMES: tuple[Theme, ...] = get_args(Theme)
_KEPT = re.compile(r'(<style[^>]*) data-css-inline="keep"')
_LONGEST_REASON = 500
# A template can raise whatever its expressions do: 1 / 0 is its author's to mend.
_AUTHORS_ERRORS = (
    *(JinjaError, ArithmeticError, AttributeError, LookupError, OSError),
    *(RuntimeError, TypeError, ValueError),
)


class Templates:
    """The templates of a theme, in a look; `folder` overrides them by file name.

    Methods raise:
        TemplateError: a template does not compile or render; names the file, the line and the
            variable.
    """

    def __init__(
        self,
        folder: Path | None = None,
        theme: Theme = "classic",
        look: LookSettings | None = None,
    ) -> None:
        built_in = [_BUILT_IN / theme, _BUILT_IN]
        self._paths = [folder, *built_in] if folder else built_in
        loaders: list[BaseLoader] = [FileSystemLoader(path) for path in built_in]
        look = look or LookSettings()
        self.accent = look.accent
        self._is_large = look.text_size == "large"
        light, dark = palettes(look.accent)
        environment = Sandbox(
            loader=ChoiceLoader([OwnFolder(folder), *loaders] if folder else loaders),
            # By name, since extensions differ: everything is HTML that does not say otherwise.
            autoescape=lambda name: name is None or not name.endswith((".txt", ".md")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.globals.update(dark=dark, light=light, look=look_of(look), version=__version__)
        self._environment = environment
        # With somebody's own templates all that is raised is theirs to mend.
        self._authors_errors = (Exception,) if folder else _AUTHORS_ERRORS

    @property
    def theme(self) -> None:
        """Nothing stands in for what a theme has itself."""

    def html(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        # A daemon can go for weeks without an edition in HTML.
        from css_inline import CSSInliner

        inliner = CSSInliner(load_remote_stylesheets=False)
        rendered = self._render(HTML, edition, links)
        try:
            inlined = inliner.inline(enlarged(rendered) if self._is_large else rendered)
        except self._authors_errors as error:
            raise _told(self._where(HTML), _reason(error)) from None
        return _KEPT.sub(r"\1", inlined)

    def fitted(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return fit(edition, lambda reduced: self.html(reduced, links))[1]

    def text(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render(TEXT, edition, links)

    def markdown(self, edition: Edition) -> str:
        """As `Renderer` has it."""
        return self._render(MARKDOWN, edition)

    def close(self) -> None:
        """As `Renderer` has it."""

    def try_out(self) -> None:
        """Render a sample edition in all forms."""
        for name, links in product(NAMES, (None, sample_links())):
            self._render(name, ordinary(), links)

    def _render(self, name: str, edition: Edition, links: Links | None = None) -> str:
        try:
            template = self._environment.get_template(name)
            return well_formed(template.render(variables(edition, links)))
        except TemplateError:
            raise
        except TemplateSyntaxError as error:
            where = f"{self._where(error.filename or error.name or name)}:{error.lineno}"
            raise _told(where, error.message or "") from None
        except self._authors_errors as error:
            line = _template_line(error.__traceback__)
            where = f"{self._where(line[0])}:{line[1]}" if line else self._where(name)
            raise _told(where, _reason(error)) from None

    def _where(self, name: str) -> str:
        path = Path(name)
        whole = any(path.is_relative_to(folder) for folder in self._paths)
        return str(path if whole else self._paths[0] / path)


def theme_files(theme: Theme) -> dict[str, str]:
    """The templates of a theme with all that they use, by file name."""
    folders = (_BUILT_IN, _BUILT_IN / theme)
    files = (path for folder in folders for path in sorted(folder.iterdir()) if path.is_file())
    return {path.name: path.read_text("utf-8") for path in files}


def _reason(error: Exception) -> str:
    match error:
        case TemplateNotFound():
            return f"there is no template {error}"
        case MemoryError():
            return "needs more memory than templates have"
    return str(error) or type(error).__name__


def _told(where: str, reason: str) -> TemplateError:
    return TemplateError(f"{where}: {one_line(reason, _LONGEST_REASON)}")


def _template_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """The innermost place of a traceback that is in a template."""
    for frame in reversed(traceback.extract_tb(trace)):
        if Path(frame.filename).suffix in SUFFIXES and frame.lineno:
            return frame.filename, frame.lineno
    return None
