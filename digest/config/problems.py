"""What pydantic finds wrong, as problems of the file: by line and key, in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.config.blocks import BLOCK_KINDS
from digest.config.channels import CHANNEL_KINDS, ChannelSettings
from digest.config.fields import PATTERN_WORDS
from digest.config.settings import Settings
from digest.config.sources import DEFAULT_KIND, SOURCE_KINDS
from digest.config.spelling import nearest
from digest.config.structure import sections
from digest.config.synonyms import known_keys, meaning_of, word_for_kind
from digest.config.yaml.document import dotted
from digest.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from digest.config.base import Model
    from digest.config.structure import Section
    from digest.config.yaml.document import Document, Key

    Sections = Mapping[Key, Section]

# What a message has in quotes, and its beginning.
_LONG_VALUE = re.compile(r"'([^'\s]{60})[^'\s]{40,}'")
_MESSAGES = {
    "missing": "is required",
    "string_type": "must be text",
    "path_type": "must be the path of a file",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a map of names to values",
    "model_type": "must be a map of settings",
    "model_attributes_type": "must be a map of settings",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} items",
    "string_too_short": "must not be empty",
    "value_error": "{error}",
    "string_too_long": "must be at most {max_length} characters",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def problems_of(error: ValidationError, document: Document) -> Iterator[Problem]:
    """The problems of a document whose data are no settings."""
    data = document.data
    known = {section.key: section for section in sections(Settings, data)}
    given, misnamed = _given_otherwise(known), _misnamed_kinds(known)
    for details in error.errors(include_url=False):
        key = _key(data, known, details)
        if _is_short_of_items(details) and _at(data, key):
            # It is only short of the items that are wrong, which are reported on their own.
            continue
        if details["type"] == "missing" and key in given:
            # The word that the file has for it is reported.
            continue
        if key[:-1] in misnamed and key[-1] != misnamed[key[:-1]]:
            # It is of another kind than it was read as.
            continue
        yield Problem(document.line(key), dotted(key), _short(message_of(known, key, details)))


def _short(message: str) -> str:
    """A message in which no value of the file takes more than its beginning."""
    return _LONG_VALUE.sub(r"'\1...'", message)


def _given_otherwise(known: Sections) -> set[Key]:
    """The settings that a file gives by words that are not theirs, as other tools have them."""
    meanings = (
        (section.key, meaning_of(word, section, Settings).setting)
        for section in known.values()
        for word in section.data.keys() - set(known_keys(section.model))
    )
    return {(*key, setting) for key, setting in meanings if setting}


def _is_short_of_items(details: ErrorDetails) -> bool:
    # A secret text is too short in the same words as a list.
    return details["type"] == "too_short" and not isinstance(details["input"], str)


def _key(data: Any, known: Sections, details: ErrorDetails) -> Key:
    """Where in the file it is: pydantic's location without what only it knows of."""
    key: list[str | int] = []
    here = data
    location = details["loc"]
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
        key.append(_word_for_kind(here) or "kind")
    return _as_written(data, known, tuple(key))


def _word_for_kind(channel: dict[str, Any]) -> str | None:
    """What a channel without `kind` has in its place, like `type` or `knd`."""
    known = {key for model in CHANNEL_KINDS.values() for key in known_keys(model)}
    return word_for_kind((word for word in channel if word not in known), ChannelSettings)


def _misnamed_kinds(known: Sections) -> dict[Key, str]:
    """The word that sources have for `kind`, which are read as a feed for lack of it."""
    feed = SOURCE_KINDS[DEFAULT_KIND]
    words = (
        (section.key, _word_for_source(section.data, feed))
        for section in known.values()
        if section.model is feed
    )
    return {key: word for key, word in words if word}


def _word_for_source(source: dict[str, Any], feed: type[Model]) -> str | None:
    unknown = source.keys() - set(known_keys(feed))
    return word_for_kind([key for key in unknown if str(source[key]) in SOURCE_KINDS], feed)


def _as_written(data: Any, known: Sections, key: Key) -> Key:
    """The key of a setting by the name that the file has for it."""
    section = known.get(key[:-1])
    names = section.model.other_names if section else {}
    given = (name for name, field in names.items() if field == key[-1])
    return next(((*key[:-1], name) for name in given if name in _at(data, key[:-1])), key)


def message_of(known: Sections, key: Key, details: ErrorDetails) -> str:
    """What is wrong with a setting, in words that go on from its key."""
    kind = details["type"]
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key{meaning_of(str(key[-1]), known[key[:-1]], Settings).words}"
    if kind == "union_tag_not_found":
        fault = "is required" if key[-1] == "kind" else "unknown key; it is called 'kind'"
        kinds = BLOCK_KINDS if key[0] == "digests" else CHANNEL_KINDS
        return f"{fault}, one of {', '.join(kinds)}"
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


def _at(data: Any, key: Key) -> Any:
    for part in key:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data
