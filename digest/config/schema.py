"""The JSON Schema of the configuration file, for editors that complete and check it."""

from __future__ import annotations

from typing import Any

from digest.config.settings import Settings

_VARIABLE = {"type": "string", "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"}


def json_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    schema = Settings.model_json_schema(mode="validation", by_alias=True)
    definitions = schema["$defs"]
    schema["properties"]["feeds"]["items"] = {
        "anyOf": [{"type": "string", "format": "uri"}, schema["properties"]["feeds"]["items"]]
    }
    digest = definitions["DigestSettings"]
    digest["properties"]["cron"] = digest["properties"]["schedule"]
    digest["required"].remove("schedule")
    digest["oneOf"] = [{"required": ["schedule"]}, {"required": ["cron"]}]
    slack = definitions["SlackSettings"]
    slack["required"].remove("webhook_url")
    slack["oneOf"] = [{"required": ["webhook_url"]}, {"required": ["webhook_url_file"]}]
    for model in (schema, *definitions.values()):
        for key, setting in model.get("properties", {}).items():
            model["properties"][key] = _or_variable(setting)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "digest configuration",
    }


def _or_variable(setting: dict[str, Any]) -> dict[str, Any]:
    """A number, boolean or choice may also come from the environment."""
    if setting.get("type") in ("integer", "boolean") or "enum" in setting:
        about = {"description", "default", "title"}
        shared = {key: value for key, value in setting.items() if key in about}
        bare = {key: value for key, value in setting.items() if key not in about}
        return {"anyOf": [bare, _VARIABLE], **shared}
    return setting
