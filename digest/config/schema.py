"""The JSON Schema of the configuration file, for editors that complete and check it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from digest.config.schema_forms import either_way, in_place_of, merged, or_variable, settle
from digest.config.secrets import FILE_SUFFIX, file_description, file_forms
from digest.config.settings import Settings
from digest.config.units import duration_text

if TYPE_CHECKING:
    from pydantic_core.core_schema import ModelSchema

    from digest.config.base import Model
    from digest.config.secrets import FileForm

# Any number of them will do.
_SOME_DIGITS = "2026"


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    schema = _with_numbers(Settings.model_json_schema(schema_generator=_Generator))
    schema = settle(schema, schema["$defs"])
    feed = schema["properties"]["feeds"]["items"]
    schema["properties"]["feeds"]["items"] = merged([{"type": "string", "format": "uri"}, feed], {})
    for section in schema["$defs"].values():
        del section["type"]
    for section in (schema, *schema["$defs"].values()):
        for key, setting in section["properties"].items():
            section["properties"][key] = or_variable(setting)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        # They are there for their anchors.
        "patternProperties": {"^x-": {}},
        "title": "digest configuration",
    }


class _Generator(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        """A default as the file would write it; pydantic's own durations are ISO 8601."""
        return duration_text(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def model_schema(self, schema: ModelSchema) -> dict[str, Any]:
        """A section, in which a file may stand in for each secret."""
        section = super().model_schema(schema)
        model: type[Model] = schema["cls"]
        forms = file_forms(model)
        for name, form in forms.items():
            section["properties"][name + FILE_SUFFIX] = _file_setting(name, form)
            in_place_of(section, name, name + FILE_SUFFIX)
        if ways := section.pop("oneOf", None):
            files = {name: [name + FILE_SUFFIX] for name in forms}
            section["allOf"].append(either_way([way["required"] for way in ways], files))
        for other, name in model.other_names.items():
            section["properties"][other] = section["properties"][name]
            in_place_of(section, name, other)
        return section


def _file_setting(name: str, form: FileForm) -> dict[str, Any]:
    return {
        "anyOf": [{"format": "path", "type": "string"}, {"type": "null"}],
        "default": None,
        "description": file_description(name, form),
        "title": f"{name} file".replace("_", " ").title(),
    }


def _with_numbers(schema: Any) -> Any:
    """The same with a number in the place of any text that may be digits.

    The settings read it as it is written: `0123` in the place of a password keeps its zero.
    """
    if isinstance(schema, list):
        return [_with_numbers(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: _with_numbers(value) for key, value in schema.items()}
    if schema.get("type") == "string" and _takes_digits(schema):
        inside["type"] = ["string", "number"]
    return inside


def _takes_digits(text: dict[str, Any]) -> bool:
    chosen = {"enum", "const"} & set(text)
    return not chosen and bool(re.search(text.get("pattern", ""), _SOME_DIGITS))
