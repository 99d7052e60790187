"""What a server answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.model.structs import repr_without

if TYPE_CHECKING:
    from collections.abc import Mapping


class Answer(Struct, frozen=True):
    """A status, headers that ignore case, and what the body begins with."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    __repr__ = repr_without("headers", "body")
