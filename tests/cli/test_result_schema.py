"""Schemas come from structs: fields, the texts below them, and how they are printed."""

from __future__ import annotations

from datetime import datetime, time  # noqa: TC003 - read as the program runs
from typing import Literal

from msgspec import Struct

from digest.cli.result_schema import schema_of


class Part(Struct, frozen=True):
    """A part."""

    size: int | None = None
    """In bytes."""


class Base(Struct, frozen=True):
    """What both have."""

    at: datetime
    """When it
    came."""


class Whole(Base, frozen=True, rename={"from_": "from"}):
    """All of it."""

    from_: time | None
    """The beginning."""
    parts: tuple[Part, ...] = ()
    kind: Literal["b", "a"] = "a"


def test_a_schema_has_all_that_the_struct_says() -> None:
    assert schema_of((Whole,)) == {
        "$defs": {
            "Part": {
                "title": "Part",
                "description": "A part.",
                "type": "object",
                "properties": {
                    "size": {
                        "anyOf": [{"type": "integer"}, {"type": "null"}],
                        "description": "In bytes.",
                    }
                },
                "required": ["size"],
            }
        },
        "title": "Whole",
        "description": "All of it.",
        "type": "object",
        "properties": {
            "at": {"type": "string", "format": "date-time", "description": "When it\ncame."},
            "from": {
                "anyOf": [{"type": "string", "format": "time"}, {"type": "null"}],
                "description": "The beginning.",
            },
            "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
            "kind": {"enum": ["a", "b"], "type": "string"},
        },
        "required": ["at", "from", "parts", "kind"],
    }


def test_one_or_another_is_any_of_them() -> None:
    schema = schema_of((Part, Base))
    assert schema["anyOf"] == [{"$ref": "#/$defs/Part"}, {"$ref": "#/$defs/Base"}]
    assert list(schema["$defs"]) == ["Part", "Base"]
    assert schema["$defs"]["Base"]["properties"]["at"]["description"] == "When it\ncame."
