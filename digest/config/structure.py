"""Which settings each map of a configuration file is read as."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

from msgspec import Struct

from digest.config.base import Model
from digest.config.kinds import kind_of, kinds_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo

    from digest.config.yaml.document import Key


# Which argument of a type is that of its members.
_MEMBER = {dict: 1, tuple: 0}


class Section(Struct, frozen=True):
    """A map of the file, where it stands, and the settings that it is read as."""

    key: Key
    data: dict[str, Any]
    model: type[Model]


def sections(kind: Any, data: Any, key: Key = ()) -> Iterator[Section]:
    """The sections in the data of a file that is read as a type, the outermost first.

    What stands in the place of something else, and what is of an unknown kind, is in none.
    """
    container, one_of = get_origin(kind), kinds_in(kind)
    if one_of:
        if model := one_of.model_of(data):
            yield from sections(model, data, key)
    elif isinstance(kind, type) and issubclass(kind, Model):
        if isinstance(data, dict) and _is_of_kind(kind, data):
            yield Section(key, data, kind)
            yield from _inside(kind, data, key)
    elif container in _MEMBER:
        member = get_args(kind)[_MEMBER[container]]
        for name, item in _items(container, data):
            yield from sections(member, item, (*key, name))
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
    kind = model.model_fields.get("kind")
    # Of several values it is a setting like any other.
    return kind is not None and len(get_args(kind.annotation)) < 2


def _items(container: type, data: Any) -> Iterable[tuple[Any, Any]]:
    if container is dict and isinstance(data, dict):
        return data.items()
    if container is tuple and isinstance(data, list):
        # Thousands of feeds may each be an address, which has no sections.
        return [(n, item) for n, item in enumerate(data) if not isinstance(item, str)]
    return ()


def _inside(model: type[Model], data: dict[str, Any], key: Key) -> Iterator[Section]:
    fields = fields_of(model)
    for name, value in data.items():
        if isinstance(value, (dict, list)) and name in fields:
            yield from sections(fields[name].annotation, value, (*key, name))


def _is_of_kind(model: type[Model], data: dict[str, Any]) -> bool:
    if not has_kind(model):
        return True
    return bool(data.get("kind", model.model_fields["kind"].default) == kind_of(model))
