"""Somebody's own templates: rendered in processes that can be killed, and replaced where they fail.

Calls wait for such a process, so where an event loop runs they are for threads.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from digest.errors import TemplateError, WorkerError
from digest.feeds.processes import Alone
from digest.feeds.worker import RENDERING
from digest.log import event
from digest.rendering.templates import FILES, Templates, rendered
from digest.rendering.trying import Design, problems, render, try_out, unused_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from digest.config.looks import LookSettings, Theme
    from digest.model import Edition
    from digest.rendering.personal import Links
    from digest.rendering.templates import Form, Renderer

T = TypeVar("T")

_log = logging.getLogger(__name__)

SECONDS = 5.0


class OwnTemplates:
    """A folder of templates over those of a theme, in a look.

    Raises:
        TemplateError: one does not compile, does not render a sample edition, takes longer than
            `seconds` or too much memory. Methods raise it too.
    """

    def __init__(
        self,
        folder: Path,
        theme: Theme = "classic",
        look: LookSettings | None = None,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._design = Design(folder, theme, look)
        self._alone = Alone(RENDERING, seconds)
        self.theme = Templates(None, theme, look)
        _finished(self._alone, folder, partial(try_out, self._design))

    def html(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("html", edition, links)

    def fitted(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("fitted", edition, links)

    def text(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("text", edition, links)

    def markdown(self, edition: Edition) -> str:
        """As `Renderer` has it."""
        return self._render("markdown", edition)

    def close(self) -> None:
        """End what is being rendered; nothing more will be."""
        self._alone.close()

    def _render(self, form: Form, edition: Edition, links: Links | None = None) -> str:
        call = partial(render, self._design, form, edition, links)
        return _finished(self._alone, self._design.file(form), call)


class _Careful:
    """Renders one edition; the theme's own file takes the place of one that fails."""

    def __init__(self, own: OwnTemplates) -> None:
        self._own = own
        self._troubles: dict[str, str] = {}
        self._tried = False

    @property
    def trouble(self) -> str | None:
        """What failed; None where nothing was tried."""
        return "; ".join(self._troubles.values()) if self._tried else None

    def html(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("html", edition, links)

    def fitted(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("fitted", edition, links)

    def text(self, edition: Edition, links: Links | None = None) -> str:
        """As `Renderer` has it."""
        return self._render("text", edition, links)

    def markdown(self, edition: Edition) -> str:
        """As `Renderer` has it."""
        return self._render("markdown", edition)

    def _render(self, form: Form, edition: Edition, links: Links | None = None) -> str:
        self._tried = True
        # What failed once for an edition is not waited for again with its next channel.
        if FILES[form] not in self._troubles:
            try:
                return rendered(self._own, form, edition, links)
            except TemplateError as error:
                self._troubles[FILES[form]] = str(error)
                told = {"digest": edition.digest, "error": str(error)}
                event(_log, logging.WARNING, "template failed", **told)
        return rendered(self._own.theme, form, edition, links)


def render_carefully(templates: Renderer, use: Callable[[Renderer], T]) -> tuple[T, str | None]:
    """What `use` makes with templates, and what failed of them.

    Nothing fails of a theme's own; None where somebody's own were not used.
    """
    if not isinstance(templates, OwnTemplates):
        return use(templates), ""
    careful = _Careful(templates)
    return use(careful), careful.trouble


async def render_beside(templates: Renderer, use: Callable[[Renderer], T]) -> tuple[T, str | None]:
    """The same, beside the event loop where a process is waited for."""
    if not isinstance(templates, OwnTemplates):
        return render_carefully(templates, use)
    return await asyncio.to_thread(render_carefully, templates, use)


def open_templates(
    folder: Path | None, theme: Theme, look: LookSettings | None = None
) -> Templates | OwnTemplates:
    """The templates of a theme, or a folder's over them, tried.

    Raises:
        TemplateError: as `OwnTemplates`.
    """
    return OwnTemplates(folder, theme, look) if folder else Templates(None, theme, look)


def check_folder(folder: Path, theme: Theme) -> list[str]:
    """What is wrong with a folder's templates, by all sample editions."""
    try:
        return _finished(
            Alone(RENDERING, SECONDS), folder, partial(problems, Design(folder, theme))
        )
    except TemplateError as error:
        return [str(error)]


def unused_of(folder: Path, themes: Collection[Theme]) -> list[str]:
    """A line for each file of a folder that nothing uses."""
    try:
        call = partial(unused_files, folder, themes)
        return _finished(Alone(RENDERING, SECONDS), folder, call)
    except TemplateError as error:
        return [str(error)]


def _finished(alone: Alone, where: Path, call: Callable[[], T]) -> T:
    try:
        return alone.call(call)
    except TemplateError:
        raise
    except WorkerError as error:
        raise TemplateError(f"{where}: rendering {error}") from None
    except Exception as error:
        # Whatever is raised there is raised by templates.
        raise TemplateError(f"{where}: {type(error).__name__}: {error}") from error
