"""Configuration files for tests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from digest.config import Settings, load_settings
from digest.config.schema import json_schema
from digest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "tops3cret"

# The least that is complete; a test puts its own section before it.
FEEDS = "feeds: [https://a.example/f.xml]\n"
CHANNELS = "channels: {out: {kind: file, path: out.md}}\n"
DIGESTS = "digests: {weekly: {schedule: daily at 07:00, send_to: out}}\n"


def load(folder: Path, text: str, **environ: str) -> Settings:
    """The settings of a file with this text in the folder."""
    path = folder / "config.yaml"
    path.write_text(text, "utf-8")
    return load_settings(path, environ)


@cache
def schema_validator() -> Draft202012Validator:
    """What holds a file against the JSON Schema, which takes long to make."""
    return Draft202012Validator(json_schema())


def fits_schema(data: Any) -> bool:
    """Whether the JSON Schema takes what is in a file."""
    return schema_validator().is_valid(data)


def refusal(folder: Path, text: str, **environ: str) -> ConfigError:
    """The error that a file with this text raises."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, **environ)
    return caught.value
