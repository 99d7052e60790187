"""What the shapes of results have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """These keys, and in a later version maybe more; the text below a key is its description."""

    model_config = ConfigDict(use_attribute_docstrings=True)
