"""What every section of the settings has in common."""

from __future__ import annotations

import os
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

# A plugin would be shown every setting, secrets too; and to look for one takes 3 ms of a start.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


class Model(BaseModel):
    """Frozen; unknown keys are errors, and no error repeats a value."""

    model_config = ConfigDict(
        # Sections are validated as parts of the whole: validators of their own would be in vain.
        defer_build=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    other_names: ClassVar[dict[str, str]] = {}
    """Keys that a file may have in place of a field's own, each with the field's name."""
    synonyms: ClassVar[dict[str, str]] = {}
    """How a setting is written, and the words that other tools have for it, with spaces between.

    It is written as `name`, as `name: value` where the words mean one value or a part of it, or as
    `section.name` where people look for it here, and it stands there. A subclass adds its own.
    """
