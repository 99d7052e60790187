"""What single settings need that is not installed with the program."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple


class Extra(NamedTuple):
    """An extra of the program, and a module that it installs."""

    name: str
    module: str

    @property
    def is_installed(self) -> bool:
        """Whether its module is there; it is not loaded."""
        return find_spec(self.module) is not None

    @property
    def command(self) -> str:
        """What installs it."""
        return f"pip install 'feed-digest[{self.name}]'"

    def require(self, what: str = "") -> None:
        """Refuse `what` where it is not installed.

        Raises:
            ValueError: it is not.
        """
        if not self.is_installed:
            raise ValueError(f"{what} needs an extra: {self.command}".lstrip())
