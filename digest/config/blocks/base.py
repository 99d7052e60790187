"""What the settings of every kind of block have."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from digest.config.base import Model
from digest.config.fields import Title


class BlockSettings(Model):
    """An item of a digest's `blocks`, of any kind.

    Each kind is a module of this package with a subclass whose `kind` is `Literal["its name"]`.
    """

    kind: str
    name: Title | None = Field(None, description="What readers see above it.")
    allow_private_networks: bool | None = Field(
        None, description="Default: polling.allow_private_networks."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "kind": "type block_type block provider",
        "name": "title label heading headline caption",
        "allow_private_networks": "allow_private allow_local allow_localhost allow_private_ips"
        " private local",
    }

    @property
    def subject(self) -> str:
        """What it is about, for operators: nothing in it is secret."""
        return self.name or ""
