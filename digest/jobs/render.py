"""Renders editions in the templates of their digest; where one fails, the theme stands in."""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from digest.errors import TemplateError
from digest.log import event
from digest.rendering.renderer import FILES, ByForm, rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.config.looks import LookSettings, Theme
    from digest.model import Edition
    from digest.rendering.email.personal import Links
    from digest.rendering.renderer import Form, Renderer
    from digest.rendering.templates import Templates

T = TypeVar("T")

_log = logging.getLogger(__name__)


class _Careful(ByForm):
    """Renders one edition; the theme's own file takes the place of one that fails."""

    def __init__(self, own: Renderer, theme: Renderer) -> None:
        self._own = own
        self.theme = theme
        self.accent = own.accent
        self._troubles: dict[str, str] = {}
        self._tried = False

    @property
    def trouble(self) -> str | None:
        """What failed; None where nothing was tried."""
        return "; ".join(self._troubles.values()) if self._tried else None

    def _render(self, form: Form, edition: Edition, links: Links | None = None) -> str:
        self._tried = True
        # What failed once for an edition is not waited for again with its next channel.
        if FILES[form] not in self._troubles:
            try:
                return rendered(self._own, form, edition, links)
            except TemplateError as error:
                self._troubles[FILES[form]] = str(error)
                fields = {"digest": edition.digest, "error": str(error)}
                event(_log, logging.WARNING, "template failed", **fields)
        return rendered(self.theme, form, edition, links)


class _ThemeTemplates(ByForm):
    """The templates of a theme, loaded for the first edition: a daemon only polls for weeks."""

    theme = None

    def __init__(self, theme: Theme, look: LookSettings | None) -> None:
        self._of = (None, theme, look)
        self._look = look

    @property
    def accent(self) -> str:
        """As `Renderer` has it."""
        from digest.config.looks import LookSettings

        return (self._look or LookSettings()).accent

    @cached_property
    def _templates(self) -> Templates:
        from digest.rendering.templates import Templates

        return Templates(*self._of)

    def _render(self, form: Form, edition: Edition, links: Links | None = None) -> str:
        return rendered(self._templates, form, edition, links)


def render_carefully(templates: Renderer, use: Callable[[Renderer], T]) -> tuple[T, str | None]:
    """What `use` makes with templates, and what failed of them.

    Nothing fails of a theme's own; None where somebody's own were not used.
    """
    if templates.theme is None:
        return use(templates), ""
    careful = _Careful(templates, templates.theme)
    return use(careful), careful.trouble


async def render_beside(templates: Renderer, use: Callable[[Renderer], T]) -> tuple[T, str | None]:
    """The same, beside the event loop: whole contents take a while, and so do processes."""
    return await asyncio.to_thread(render_carefully, templates, use)


def open_templates(folder: Path | None, theme: Theme, look: LookSettings | None = None) -> Renderer:
    """The templates of a theme, or a folder's over them, tried.

    Raises:
        TemplateError: one of the folder's does not compile, or does not render a sample edition.
    """
    if folder is None:
        return _ThemeTemplates(theme, look)
    # Few have templates of their own, and what renders them.
    from digest.jobs.custom_templates import OwnTemplates

    return OwnTemplates(folder, theme, look)
