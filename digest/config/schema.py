"""The JSON Schema of the configuration file, for editors that complete and check it."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from digest.config.secrets import FILE_SUFFIX, file_description, file_forms
from digest.config.settings import Settings
from digest.config.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pydantic_core.core_schema import ModelSchema

    from digest.config.base import Model
    from digest.config.secrets import FileForm

# Any number of them will do.
_SOME_DIGITS = "2026"
_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"}


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    schema = _with_numbers(Settings.model_json_schema(schema_generator=_Generator))
    definitions = schema["$defs"]
    schema["properties"]["feeds"]["items"] = {
        "anyOf": [{"type": "string", "format": "uri"}, schema["properties"]["feeds"]["items"]]
    }
    for model in (schema, *definitions.values()):
        for key, setting in model.get("properties", {}).items():
            model["properties"][key] = _or_variable(setting)
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
            _require_either(section, name, name + FILE_SUFFIX)
        if "oneOf" in section:
            section["oneOf"] = list(_in_each_form(section["oneOf"], forms))
        for other, name in model.other_names.items():
            section["properties"][other] = section["properties"][name]
            _require_either(section, name, other)
        return section


def _file_setting(name: str, form: FileForm) -> dict[str, Any]:
    return {
        "anyOf": [{"format": "path", "type": "string"}, {"type": "null"}],
        "default": None,
        "description": file_description(name, form),
        "title": f"{name} file".replace("_", " ").title(),
    }


def _require_either(section: dict[str, Any], name: str, other: str) -> None:
    """Have one of two keys given: never both, and where it is required not none."""
    if name in section.get("required", ()):
        section["required"].remove(name)
        rule: dict[str, Any] = {"oneOf": [{"required": [name]}, {"required": [other]}]}
    else:
        rule = {"not": {"required": [name, other]}}
    section.setdefault("allOf", []).append(rule)


def _in_each_form(
    options: Iterable[dict[str, Any]], secrets: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Sets of keys of which one has to be given, with each secret in both its forms."""
    for option in options:
        forms = (
            [key, key + FILE_SUFFIX] if key in secrets else [key] for key in option["required"]
        )
        for keys in product(*forms):
            yield {"required": list(keys)}


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


def _or_variable(setting: dict[str, Any]) -> dict[str, Any]:
    """A number, boolean, choice or duration may also come from the environment."""
    about = {"title", "description", "default"} & set(setting)
    bare = {key: value for key, value in setting.items() if key not in about}
    options = bare.get("anyOf", [bare])
    if any(_takes_no_text(option) for option in options):
        return {"anyOf": [*options, _VARIABLE], **{key: setting[key] for key in sorted(about)}}
    return setting


def _takes_no_text(option: dict[str, Any]) -> bool:
    return option.get("type") in ("integer", "boolean") or bool({"enum", "pattern"} & set(option))
