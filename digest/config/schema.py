"""The JSON Schema of the configuration file, for editors that complete and check it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from digest.config.settings import Settings
from digest.config.units import duration_text

_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"}


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    schema = Settings.model_json_schema(schema_generator=_Generator)
    definitions = schema["$defs"]
    schema["properties"]["feeds"]["items"] = {
        "anyOf": [{"type": "string", "format": "uri"}, schema["properties"]["feeds"]["items"]]
    }
    digest = definitions["DigestSettings"]
    digest["properties"]["cron"] = digest["properties"]["schedule"]
    digest["required"].remove("schedule")
    digest["oneOf"] = [{"required": ["schedule"]}, {"required": ["cron"]}]
    slack = definitions["SlackSettings"]
    slack["oneOf"] = [
        *({"required": [name]} for name in ("webhook_url", "webhook_url_file")),
        *({"required": [name, "channel"]} for name in ("bot_token", "bot_token_file")),
    ]
    dkim = definitions["DkimSettings"]
    dkim["required"].remove("key")
    dkim["oneOf"] = [{"required": [name]} for name in ("key", "key_file")]
    for model in (schema, *definitions.values()):
        for key, setting in model.get("properties", {}).items():
            model["properties"][key] = _or_variable(setting)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "digest configuration",
    }


class _Generator(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        """A default as the file would write it; pydantic's own durations are ISO 8601."""
        return duration_text(dft) if isinstance(dft, timedelta) else super().encode_default(dft)


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
