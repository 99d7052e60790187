"""Walks the settings: every section that a file can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.config.base import Model
from digest.config.kinds import members_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def models_below(kind: Any) -> Iterator[type[Model]]:
    """The settings that a type is made of, the type itself first."""
    if isinstance(kind, type) and issubclass(kind, Model):
        yield kind
        for field in kind.model_fields.values():
            yield from models_below(field.annotation)
    for member in members_of(kind):
        yield from models_below(member)
