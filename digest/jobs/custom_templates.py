"""Somebody's own templates: rendered in processes that can be killed.

Calls wait for such a process, so where an event loop runs they are for threads.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from digest.errors import TemplateError, WorkerError
from digest.rendering.renderer import ByForm
from digest.rendering.samples import SAMPLES
from digest.rendering.template_trial import Design, render, try_out, try_sample, unused_files
from digest.rendering.templates import Templates
from digest.workers.child import RENDERING
from digest.workers.processes import OneShotProcesses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from digest.config.looks import LookSettings, Theme
    from digest.model import Edition
    from digest.rendering.email.personal import Links
    from digest.rendering.renderer import Form

T = TypeVar("T")

SECONDS = 5.0


class OwnTemplates(ByForm):
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
        self._design = Design(folder.absolute(), theme, look)
        self._alone = OneShotProcesses(RENDERING, seconds)
        self.theme = Templates(None, theme, look)
        self.accent = self.theme.accent
        _finished(self._alone, self._design.folder, partial(try_out, self._design))

    def close(self) -> None:
        """End what is being rendered; nothing more will be."""
        self._alone.close()

    def _render(self, form: Form, edition: Edition, links: Links | None = None) -> str:
        call = partial(render, self._design, form, edition, links)
        return _finished(self._alone, self._design.file(form), call)


def check_folder(folder: Path, theme: Theme) -> list[str]:
    """What is wrong with a folder's templates: the first error of each sample edition.

    Where they are all rendered, files that nothing uses. Where one takes too much, no more of
    them is tried.
    """
    # The process is in a folder of its own; what it says of files is said as they were named here.
    place = folder.absolute()
    try:
        found = _errors(Design(place, theme)) or unused_of(place, [theme])
    except TemplateError as error:
        found = [str(error)]
    return [line.replace(str(place), str(folder), 1) for line in dict.fromkeys(found)]


def _errors(design: Design) -> list[str]:
    """The first error of each sample edition.

    Raises:
        TemplateError: they render not even an ordinary one.
    """
    alone, found = OneShotProcesses(RENDERING, SECONDS), []
    _finished(alone, design.folder, partial(try_out, design))
    for name in SAMPLES:
        try:
            _finished(alone, design.folder, partial(try_sample, design, name))
        except TemplateError as error:
            found.append(str(error))
            if isinstance(error.__context__, WorkerError):
                # What took too much is not waited for once more.
                break
    return found


def unused_of(folder: Path, themes: Collection[Theme]) -> list[str]:
    """A line for each file of a folder that nothing uses."""
    try:
        call = partial(unused_files, folder, themes)
        return _finished(OneShotProcesses(RENDERING, SECONDS), folder, call)
    except TemplateError as error:
        return [str(error)]


def _finished(alone: OneShotProcesses, where: Path, call: Callable[[], T]) -> T:
    try:
        return alone.call(call)
    except TemplateError:
        raise
    except WorkerError as error:
        raise TemplateError(f"{where}: rendering {error}") from None
    except Exception as error:
        # Whatever is raised there is raised by templates.
        raise TemplateError(f"{where}: {type(error).__name__}: {error}") from error
