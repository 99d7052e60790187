"""JSON Schemas (draft 2020-12) of the structs that commands print."""

from __future__ import annotations

import ast
import inspect
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec import inspect as types

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# The text of a moment has its offset, which its type does not say.
_FORMATS = {types.DateTimeType: "date-time", types.TimeType: "time"}


def schema_of(structs: Sequence[type[Struct]]) -> dict[str, Any]:
    """The schema of what is one of these structs."""
    refs, shapes = msgspec.json.schema_components(structs, ref_template="#/$defs/{name}")
    for struct in _structs_in(types.multi_type_info(structs)):
        _complete(shapes[struct.cls.__name__], struct)
    if len(refs) > 1:
        return {"$defs": shapes, "anyOf": list(refs)}
    whole = shapes.pop(structs[0].__name__)
    return {"$defs": shapes, **whole} if shapes else whole


def _structs_in(found: Iterable[Any]) -> Iterator[types.StructType]:
    """Every struct that values of these types are made of."""
    for kind in found:
        match kind:
            case types.StructType(fields=fields):
                yield kind
                yield from _structs_in(field.type for field in fields)
            case types.UnionType(types=members):
                yield from _structs_in(members)
            case types.VarTupleType(item_type=item):
                yield from _structs_in([item])


def _complete(shape: dict[str, Any], struct: types.StructType) -> None:
    """Describe the fields; each of them is always printed, also where it has a default."""
    descriptions = _descriptions(struct.cls)
    for field in struct.fields:
        schema = shape["properties"][field.encode_name]
        schema.pop("default", None)
        if "enum" in schema:
            schema["type"] = "string"
        _add_format(schema, field.type)
        if description := descriptions.get(field.name):
            schema["description"] = description
    shape["required"] = list(shape["properties"])


def _add_format(schema: dict[str, Any], kind: types.Type) -> None:
    for member in kind.types if isinstance(kind, types.UnionType) else (kind,):
        if found := _FORMATS.get(type(member)):
            variants = schema.get("anyOf", [schema])
            text = next(variant for variant in variants if variant["type"] == "string")
            text["format"] = found


def _descriptions(struct: type[Struct]) -> dict[str, str]:
    """The texts below the fields, by name; Python keeps them in the source alone."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if base is not Struct and issubclass(base, Struct):
            found |= _texts_below_fields(dedent(inspect.getsource(base)))
    return found


def _texts_below_fields(source: str) -> Iterator[tuple[str, str]]:
    (defined,) = ast.parse(source).body
    assert isinstance(defined, ast.ClassDef)
    for field, below in zip(defined.body, defined.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
