"""The settings of blocks, the items of a digest's `blocks`: a module per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from digest.config.blocks.base import BlockSettings
from digest.config.kinds import Kinds, OneOf

BLOCK_KINDS = Kinds(__name__, __path__, BlockSettings)
"""The settings of each kind of block, by its name."""

if TYPE_CHECKING:
    AnyBlock = BlockSettings
else:
    AnyBlock = Annotated[BlockSettings, OneOf(BLOCK_KINDS)]

__all__ = ["BLOCK_KINDS", "AnyBlock", "BlockSettings"]
