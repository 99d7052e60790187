"""The kinds of channels and sources: each is a module in a package, found by itself."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import reduce
from importlib import import_module
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, get_args

from pydantic import Field, TypeAdapter
from pydantic_core import PydanticKnownError, core_schema

from digest.config.base import Model

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo

M = TypeVar("M", bound=Model)


class Kinds(Mapping[str, type[M]], Generic[M]):
    """The settings of every kind that has a module in a package, by the kind's name.

    A module is imported when its kind is asked for: most files name few of them.
    """

    def __init__(self, package: str, path: Iterable[str], base: type[M]) -> None:
        self._package = package
        modules = {module.name for module in pkgutil.iter_modules(path)}
        self._kinds = tuple(sorted(modules - {"base"}))
        self._base = base
        self._loaded: dict[str, type[M]] = {}

    def __getitem__(self, kind: str) -> type[M]:
        if kind not in self:
            raise KeyError(kind)
        if kind not in self._loaded:
            module = import_module(f"{self._package}.{kind}")
            (self._loaded[kind],) = _models(module, self._base)
        return self._loaded[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


class OneOf(Generic[M]):
    """Reads a map as the settings of the kind that it names, or of `default` where it names none.

    It stands in the annotation of a setting, and takes what is read already as it is.
    """

    def __init__(self, kinds: Kinds[M], default: str | None = None) -> None:
        self.kinds = kinds
        self._default = default

    def model_of(self, data: Any) -> type[M] | None:
        """The settings that a map is read as; None where there is no such kind."""
        kind = data.get("kind", self._default) if isinstance(data, dict) else None
        return self.kinds[kind] if isinstance(kind, str) and kind in self.kinds else None

    def _read(self, data: Any, info: ValidationInfo) -> M:
        if isinstance(data, Model):
            return data  # type: ignore[return-value] # of these kinds, as all that calls is typed
        model = self.model_of(data)
        if model:
            return model.model_validate(data, context=info.context)
        if not isinstance(data, dict):
            raise PydanticKnownError("model_attributes_type")
        if "kind" not in data:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": "'kind'"})
        raise PydanticKnownError(
            "union_tag_invalid",
            {
                "discriminator": "'kind'",
                "tag": str(data["kind"]),
                "expected_tags": ", ".join(map(repr, self.kinds)),
            },
        )

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        union: Any = reduce(or_, self.kinds.values())
        by_kind: Any = Annotated[union, Field(discriminator="kind")]
        return handler(TypeAdapter(by_kind).core_schema)


def kind_of(model: type[Model]) -> str:
    """The value of `kind` that a model of settings is for."""
    (kind,) = get_args(model.model_fields["kind"].annotation)
    return str(kind)


def kinds_in(annotation: Any) -> OneOf[Any] | None:
    """What reads settings of this type by their kind; None of other types."""
    return next((part for part in get_args(annotation) if isinstance(part, OneOf)), None)


def members_of(annotation: Any) -> tuple[Any, ...]:
    """The types that a type is made of: of what kinds tell apart, the settings of each."""
    one_of = kinds_in(annotation)
    return tuple(one_of.kinds.values()) if one_of else get_args(annotation)


def _models(module: ModuleType, base: type[M]) -> list[type[M]]:
    """The models of kinds that are defined in a module, and not only imported there."""
    defined = [value for value in vars(module).values() if isinstance(value, type)]
    return [
        model
        for model in defined
        if issubclass(model, base) and model is not base and model.__module__ == module.__name__
    ]
