"""JSON that may be anything, read for values of the types that they should have."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from digest.errors import FeedError

# Beyond it a float has no room for the last digit, and nobody counts so far.
_LARGEST = 2**53
# What is longer is an id, and nothing to compare.
_MOST_DIGITS = 18


def json_object(body: bytes) -> dict[str, Any]:
    """A document in UTF-8 that is an object; numbers stay the texts that they are written as.

    Raises:
        FeedError: it is no JSON object, or not a whole one.
    """
    document = json_value(body)
    if not isinstance(document, dict):
        raise FeedError("is JSON, but no object", status=200)
    return document


def json_list(body: bytes) -> list[dict[str, Any]]:
    """The objects of a document in UTF-8 that is a list, without what else there is in it.

    Raises:
        FeedError: it is no JSON list, or not a whole one.
    """
    document = json_value(body)
    if not isinstance(document, list):
        raise FeedError("is JSON, but no list", status=200)
    return [value for value in document if isinstance(value, dict)]


def json_value(body: bytes) -> Any:
    """A document in UTF-8 of whichever type; numbers stay the texts that they are written as.

    Raises:
        FeedError: it is no JSON, or not a whole one.
    """
    # Ids may be numbers, and of any length.
    return _loaded(body, parse_int=str, parse_float=str)


def json_document(body: bytes) -> Any:
    """A document in UTF-8 with its numbers as such, to be compared; those of ids stay texts.

    Raises:
        FeedError: it is no JSON, or not a whole document.
    """
    return _loaded(
        body,
        parse_int=lambda digits: int(digits) if len(digits) <= _MOST_DIGITS else digits,
        parse_float=float,
        parse_constant=lambda _: None,
    )


def _loaded(body: bytes, **numbers: Any) -> Any:
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text, strict=False, **numbers)
    except ValueError as error:
        raise FeedError(f"is not valid JSON: {error}", status=200) from None
    except RecursionError:
        raise FeedError("is JSON nested too deeply", status=200) from None


def text(of: dict[str, Any], name: str) -> str:
    """A text or a number as it is written; nothing where it is neither."""
    value = of.get(name)
    return value if isinstance(value, str) else ""


def texts(of: dict[str, Any], name: str) -> list[str]:
    """The texts of a list, without what else there is in it."""
    values = of.get(name)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def objects(of: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list, without what else there is in it."""
    values = of.get(name)
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )


def inner(of: dict[str, Any], *names: str) -> dict[str, Any]:
    """The object that these names lead to, one inside the other; an empty one for none."""
    for name in names:
        value = of.get(name)
        of = value if isinstance(value, dict) else {}
    return of


def number(of: dict[str, Any], name: str) -> int | float | None:
    """A number, whole where it is written so; None where it is none, or beyond 2**53."""
    written = text(of, name)
    try:
        value = float(written)
    except ValueError:
        return None
    if not isfinite(value) or abs(value) > _LARGEST:
        return None
    return int(value) if value.is_integer() else value
