"""What commands print that set things up."""

from __future__ import annotations

from digest.cli.results.shape import Shape


class StartFeed(Shape):
    """A feed of the new configuration."""

    url: str
    private: bool
    """Whether it is on this machine or network."""


class FirstEdition(Shape):
    """The first edition, as it would be now."""

    subject: str
    stories: int
    reach: str
    """How far back it goes, as `first_edition` has it."""


class Init(Shape):
    """`init`: what was written."""

    config: str
    secrets: list[str]
    """A file for each secret."""
    digest: str
    feeds: list[StartFeed]
    first_edition: FirstEdition | None
    """Null with --no-test."""


class ServiceState(Shape):
    """`service install` and `service status`."""

    file: str
    installed: bool
    state: str


class ServiceText(Shape):
    """`service install --print`: what would be written, and where."""

    file: str
    text: str


class ServiceRemoved(Shape):
    """`service remove`."""

    removed: str


class KeysRotated(Shape):
    """`keys rotate`."""

    rotated: list[str]
    """What is signed with new keys."""
    retired: int
    """How many keys of before readers can still unsubscribe by."""


class Theme(Shape):
    """A value of `theme`."""

    name: str
    about: str


class Themes(Shape):
    """`templates list`."""

    themes: list[Theme]


class ThemeExport(Shape):
    """`templates export`: the files that were written."""

    theme: str
    folder: str
    files: list[str]


class TemplateCheck(Shape):
    """`templates check`; where there are problems the exit code is 2."""

    folder: str
    problems: list[str]
