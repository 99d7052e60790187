"""Makes a JSON Schema say what is wrong where it is wrong: one form in place of alternatives.

Of a value that fits none of several forms, a validator can only say that. So what `kind` tells
apart is chosen by it, forms of different types become one of several types, and of two keys for
the same the one that is there decides.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Schema = dict[str, Any]

_VARIABLE = r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"
# As `false`, but validators say at which key.
_NEVER: Schema = {"not": {}}
_ABOUT = ("title", "description", "default", "examples")


def settle(schema: Any, definitions: dict[str, Schema]) -> Any:
    """The same schema without `oneOf`, and without `anyOf` where types tell the forms apart."""
    if isinstance(schema, list):
        return [settle(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return _settled({key: settle(value, definitions) for key, value in schema.items()}, definitions)


def _settled(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    if "discriminator" in schema:
        return _by_kind(schema, definitions)
    if "$ref" in schema:
        # A section itself says nothing of its type: there may also be none of it.
        return {"type": "object", **schema}
    if "anyOf" in schema:
        return merged(schema.pop("anyOf"), schema)
    if "patternProperties" in schema:
        return {"additionalProperties": False, **schema}
    return schema


def _by_kind(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """A map that is read as its `kind` says."""
    mapping = schema["discriminator"]["mapping"]
    sections = {kind: definitions[ref.rpartition("/")[2]] for kind, ref in mapping.items()}
    default = next(
        (kind for kind, each in sections.items() if "default" in each["properties"]["kind"]), None
    )
    return {
        "type": "object",
        "required": [] if default else ["kind"],
        "properties": {"kind": {"enum": list(mapping)}},
        "allOf": [
            {
                "if": {
                    "properties": {"kind": {"const": kind}},
                    "required": [] if kind == default else ["kind"],
                },
                "then": {"$ref": ref},
            }
            for kind, ref in mapping.items()
        ],
    }


def merged(options: Sequence[Schema], about: Schema) -> Schema:
    """One form for several of different types; as they are, where they say different things."""
    types = [_types(option) for option in options]
    every = list(chain.from_iterable(types))
    words = [set(option) - {"type", *_ABOUT} for option in options]
    if (
        not all(types)
        or len(set(every)) < len(every)
        or len(set().union(*words)) < sum(map(len, words))
    ):
        return {"anyOf": list(options), **about}
    whole = {key: value for option in options for key, value in option.items()}
    if "enum" in whole and "null" in every:
        whole["enum"] = [*whole["enum"], None]
    return {**whole, "type": every, **about}


def _types(schema: Schema) -> list[str]:
    given = schema.get("type", [])
    return [given] if isinstance(given, str) else given


def or_variable(setting: Schema) -> Schema:
    """A number, boolean, choice or duration may also come from the environment."""
    types = _types(setting)
    if "enum" in setting:
        about = {key: setting[key] for key in _ABOUT if key in setting}
        choice = {key: value for key, value in setting.items() if key not in about}
        return {"if": {"type": "string", "pattern": _VARIABLE}, "else": choice, **about}
    if "pattern" in setting:
        return {**setting, "pattern": f"{setting['pattern']}|{_VARIABLE}"}
    if {"integer", "boolean"} & set(types) and "string" not in types:
        return {**setting, "type": [*types, "string"], "pattern": _VARIABLE}
    return setting


def in_place_of(section: Schema, name: str, other: str) -> None:
    """Have one of two keys given: never both, and where it is required not none."""
    rule: Schema = {"if": {"required": [other]}, "then": {"properties": {name: _NEVER}}}
    if name in section.get("required", ()):
        section["required"].remove(name)
        rule["else"] = {"required": [name]}
    section.setdefault("allOf", []).append(rule)


def either_way(ways: Sequence[Iterable[str]], forms: dict[str, list[str]]) -> Schema:
    """Have all keys of one of two ways given: of the second if it has any of them.

    `forms` has what may stand in place of a key.
    """
    first, second = ([[key, *forms.get(key, [])] for key in way] for way in ways)
    return {
        "if": {"anyOf": [{"required": [key]} for key in chain(*second)]},
        "then": {
            "allOf": list(map(_any_of, second)),
            "properties": dict.fromkeys(chain(*first), _NEVER),
        },
        "else": {"allOf": list(map(_any_of, first))},
    }


def _any_of(keys: Sequence[str]) -> Schema:
    """A rule that asks for the first of some keys where none of them is there."""
    first, *others = keys
    if not others:
        return {"required": [first]}
    return {"if": {"required": others[:1]}, "else": _any_of([first, *others[1:]])}
