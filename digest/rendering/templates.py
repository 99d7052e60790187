"""Jinja2 templates: the built-in ones, or a folder's that override them by file name."""

from __future__ import annotations

import re
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from digest.errors import TemplateError
from digest.feeds.text import well_formed
from digest.model import AlsoIn, Edition, Section, Story
from digest.rendering.vocabulary import FILTERS, FUNCTIONS, variables

if TYPE_CHECKING:
    from types import TracebackType

    from digest.rendering.personal import Links

_BUILT_IN = Path(__file__).parent / "templates"
HTML, TEXT, MARKDOWN = "edition.html", "edition.txt", "edition.md"
_NAMES = (HTML, TEXT, MARKDOWN)
_KEPT = re.compile(r'(<style[^>]*) data-css-inline="keep"')
# A template can raise whatever its expressions do: 1 / 0 is its author's to mend.
_AUTHORS_ERRORS = (
    *(JinjaError, ArithmeticError, AttributeError, LookupError, OSError),
    *(RuntimeError, TypeError, ValueError),
)


class Templates:
    """Compiled templates; `folder` overrides the built-in ones.

    Raises:
        TemplateError: one does not compile, or does not render a sample edition; names the
            template, the line and the variable.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        paths = [path for path in (folder, _BUILT_IN) if path]
        environment = SandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(path) for path in paths]),
            # By name, since extensions differ: everything is HTML that does not say otherwise.
            autoescape=lambda name: name is None or not name.endswith((".txt", ".md")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters.update(FILTERS)
        environment.globals.update(FUNCTIONS)
        self._environment = environment
        if folder:
            for name in _NAMES:
                self._render(name, _SAMPLE)

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
        return str(path if path.is_absolute() else (self._folder or _BUILT_IN) / path)


def _template_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """The innermost place of a traceback that is in a template."""
    for frame in reversed(traceback.extract_tb(trace)):
        if Path(frame.filename).suffix in {".html", ".txt", ".md"} and frame.lineno:
            return frame.filename, frame.lineno
    return None


def _sample() -> Edition:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    full = Story(
        title="A title with <angle brackets> & more",
        url="https://example.com/a?b=c&d=e",
        feed="A feed",
        author="Ada",
        published=at,
        excerpt="Two sentences. Not more.",
        reading_minutes=4,
        also_in=(AlsoIn("Another feed", "https://example.org/a"),),
        entries=(1, 2),
    )
    bare = Story("Untitled", "", "A feed", "", None, "", 1, entries=(3,))
    return Edition(
        digest="sample",
        title="A sample",
        subject="A sample: a title, and 1 more",
        period_from=at - timedelta(days=7),
        period_to=at,
        composed_at=at,
        timezone="Europe/Berlin",
        sections=(Section("A feed", (full, bare)),),
        held_back=3,
    )


_SAMPLE = _sample()
