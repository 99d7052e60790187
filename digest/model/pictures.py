"""Pictures of stories: where they are, and those that a message has in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from digest.model.structs import repr_without


class Picture(Struct, frozen=True):
    """A picture that was seen: where it is, and its size in pixels.

    `content_id` is set where a message has the picture in it (RFC 2392).
    """

    url: str
    width: int
    height: int
    content_id: str = ""

    def within(self, width: int, height: int) -> tuple[int, int]:
        """Its size where it is shown no larger than this, in its own proportions."""
        scale = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


class PictureFile(Struct, frozen=True):
    """A picture that a message has in it; `kind` is `png`, `jpeg` or `gif`."""

    kind: str
    data: bytes

    __repr__ = repr_without("data")


# By content id.
Pictures = Mapping[str, PictureFile]
NO_PICTURES: Pictures = MappingProxyType({})
