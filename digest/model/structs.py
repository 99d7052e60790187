"""What all nouns have in common: as plain data, and a `repr` that keeps what is secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from msgspec import Struct, to_builtins

from digest.untrusted_text import ascii_json


def as_dict(noun: Struct) -> dict[str, Any]:
    """A noun and all nouns in it as dicts, and sets as lists; everything else as it is."""
    data: dict[str, Any] = to_builtins(noun, builtin_types=(bytes, date, datetime, time, timedelta))
    return data


def as_json(result: Any, indent: int | None = None) -> str:
    """What holds nouns, or is one, as JSON of visible ASCII alone; times are ISO 8601."""
    return ascii_json(result, indent=indent, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        return as_dict(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def repr_without(*hidden: str) -> Callable[[Struct], str]:
    """A `__repr__` that leaves out fields which are secret, or long."""

    def shown(self: Struct) -> str:
        names = (name for name in self.__struct_fields__ if name not in hidden)
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({values})"

    return shown
