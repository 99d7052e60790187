"""The kinds of channels and sources: each is a module in a package, found by itself."""

from __future__ import annotations

import pkgutil
from functools import reduce
from importlib import import_module
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import Field

from digest.config.base import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

M = TypeVar("M", bound=Model)


def find_kinds(package: str, path: Iterable[str], base: type[M]) -> dict[str, type[M]]:
    """The settings of every kind that has a module in the package, by the name of the kind."""
    names = sorted(module.name for module in pkgutil.iter_modules(path))
    modules = [import_module(f"{package}.{name}") for name in names]
    return {kind_of(model): model for module in modules for model in _models(module, base)}


def kind_of(model: type[Model]) -> str:
    """The value of `kind` that a model of settings is for."""
    (kind,) = get_args(model.model_fields["kind"].annotation)
    return str(kind)


def union_of(kinds: Mapping[str, type[Model]]) -> Any:
    """The type of settings that are of one of these kinds, as their `kind` says."""
    return Annotated[reduce(or_, kinds.values()), Field(discriminator="kind")]


def _models(module: ModuleType, base: type[M]) -> list[type[M]]:
    """The models of kinds that are defined in a module, and not only imported there."""
    defined = [value for value in vars(module).values() if isinstance(value, type)]
    return [
        model
        for model in defined
        if issubclass(model, base) and model is not base and model.__module__ == module.__name__
    ]
