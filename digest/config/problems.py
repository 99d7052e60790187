"""What pydantic finds wrong, as problems of the file: by line and key, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.config.fields import PATTERN_WORDS
from digest.config.kinds import kind_of
from digest.config.secrets import FILE_SUFFIX, file_forms
from digest.config.settings import Settings
from digest.config.spelling import nearest
from digest.config.structure import fields_of, has_kind, sections
from digest.config.yaml.document import dotted
from digest.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from digest.config.base import Model
    from digest.config.yaml.document import Document, Key

    Models = Mapping[Key, type[Model]]

_MESSAGES = {
    "missing": "is required",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a map of names to values",
    "model_type": "must be a map of settings",
    "model_attributes_type": "must be a map of settings",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "union_tag_not_found": "is required",
    "value_error": "{error}",
    "string_too_long": "must be at most {max_length} characters",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def problems_of(error: ValidationError, document: Document) -> Iterator[Problem]:
    """The problems of a document whose data are no settings."""
    data = document.data
    models = {section.key: section.model for section in sections(Settings, data)}
    for details in error.errors(include_url=False):
        key = _key(data, models, details)
        if _is_short_of_items(details) and _at(data, key):
            # It is only short of the items that are wrong, which are reported on their own.
            continue
        yield Problem(document.line(key), dotted(key), message_of(models, key, details))


def _is_short_of_items(details: ErrorDetails) -> bool:
    # A secret text is too short in the same words as a list.
    return details["type"] == "too_short" and not isinstance(details["input"], str)


def _key(data: Any, models: Models, details: ErrorDetails) -> Key:
    """Where in the file it is: pydantic's location without what only it knows of."""
    key: list[str | int] = []
    here = data
    location = _without_kind(models, details["loc"])
    for n, part in enumerate(location):
        if part == "[key]":
            continue
        if isinstance(here, dict) and (part in here or n == len(location) - 1):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        key.append(part)
    if details["type"].startswith("union_tag"):
        key.append("kind")
    return _as_written(data, models, tuple(key))


def _without_kind(models: Models, location: Key) -> Key:
    """A location without the kind that pydantic names behind what has one."""
    for n, part in enumerate(location):
        model = models.get(location[:n])
        if model and has_kind(model) and part == kind_of(model):
            return location[:n] + location[n + 1 :]
    return location


def _as_written(data: Any, models: Models, key: Key) -> Key:
    """The key of a setting by the name that the file has for it."""
    model = models.get(key[:-1])
    names = model.other_names if model else {}
    given = (name for name, field in names.items() if field == key[-1])
    return next(((*key[:-1], name) for name in given if name in _at(data, key[:-1])), key)


def message_of(models: Models, key: Key, details: ErrorDetails) -> str:
    """What is wrong with a setting, in words that go on from its key."""
    kind = details["type"]
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key{nearest(str(key[-1]), _known_keys(models.get(key[:-1])))}"
    if kind in {"literal_error", "union_tag_invalid"}:
        expected = str(context.get("expected") or context.get("expected_tags"))
        names = [name.strip("' ") for name in expected.replace(" or ", ",").split(",")]
        # Not what the file has there: that may be the short form of a source.
        given = context.get("tag", details["input"])
        return f"must be one of {', '.join(names)}{nearest(str(given), names)}"
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return PATTERN_WORDS.get(pattern, f"must match {pattern}")
    if kind == "too_short" and not _is_short_of_items(details):
        return f"must be at least {context['min_length']} characters"
    template = _MESSAGES.get(kind)
    return template.format(**context) if template else details["msg"].lower()


def _known_keys(model: type[Model] | None) -> list[str]:
    if model is None:
        return []
    files = [name + FILE_SUFFIX for name in file_forms(model)]
    return [*fields_of(model), *files, *model.other_names]


def _at(data: Any, key: Key) -> Any:
    for part in key:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data
