"""Summaries: what stands in the place of a story's excerpt, and what is known of how it came."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Summary(Struct, frozen=True):
    """How the text came about that stands in the place of a story's excerpt.

    It is a `lead`, the entry's own sentences, or a `model` wrote it: then `model` is who did, and
    `prompt` the version of what it was asked. `reason` is why it is the lead although a model was
    to write it.
    """

    kind: Literal["lead", "model"]
    model: str = ""
    prompt: int = 0
    reason: str = ""

    @property
    def line(self) -> str:
        """All of it, for a person."""
        if self.kind == "model":
            return f"summary by {self.model}, prompt {self.prompt}"
        return f"lead, because {self.reason}" if self.reason else "lead"
