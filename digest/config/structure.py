"""Which settings each map of a configuration file is read as."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

from msgspec import Struct

from digest.config.base import Model
from digest.config.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from digest.config.yaml.document import Key


class Section(Struct, frozen=True):
    """A map of the file, where it stands, and the settings that it is read as."""

    key: Key
    data: dict[str, Any]
    model: type[Model]


def sections(kind: Any, data: Any, key: Key = ()) -> Iterator[Section]:
    """The sections in the data of a file that is read as a type, the outermost first.

    What stands in the place of something else, and what is of an unknown kind, is in none.
    """
    container = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, Model):
        if isinstance(data, dict) and _is_of_kind(kind, data):
            yield Section(key, data, kind)
            yield from _inside(kind, data, key)
    elif container is dict:
        for name, item in data.items() if isinstance(data, dict) else ():
            yield from sections(get_args(kind)[1], item, (*key, name))
    elif container is tuple:
        items = enumerate(data) if isinstance(data, list) else ()
        for n, item in items:
            # Thousands of feeds may each be an address, which has no sections.
            if not isinstance(item, str):
                yield from sections(get_args(kind)[0], item, (*key, n))
    else:
        # A union has its members as arguments, what is annotated its type.
        for member in get_args(kind):
            yield from sections(member, data, key)


@cache
def fields_of(model: type[Model]) -> dict[str, FieldInfo]:
    """The fields of a model by their keys in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def has_kind(model: type[Model]) -> bool:
    """Whether a model is one of several that `kind` tells apart."""
    return "kind" in model.model_fields


def _inside(model: type[Model], data: dict[str, Any], key: Key) -> Iterator[Section]:
    fields = fields_of(model)
    for name, value in data.items():
        if isinstance(value, (dict, list)) and name in fields:
            yield from sections(fields[name].annotation, value, (*key, name))


def _is_of_kind(model: type[Model], data: dict[str, Any]) -> bool:
    if not has_kind(model):
        return True
    return bool(data.get("kind", model.model_fields["kind"].default) == kind_of(model))
