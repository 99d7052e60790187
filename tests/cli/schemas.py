"""Holds what commands print with `--json` against what `digest schema output` says of it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, FormatChecker

from digest.cli.results import RESULTS
from digest.cli.schema import output_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

formats = FormatChecker(())


@formats.checks("date-time", raises=ValueError)
def is_time(value: object) -> bool:
    return not isinstance(value, str) or (
        "T" in value and datetime.fromisoformat(value).tzinfo is not None
    )


@cache
def validator(command: str) -> Draft202012Validator:
    schema = output_schema(command)
    Draft202012Validator.check_schema(schema)
    # A later version may say more; this one says no more than it has words for.
    for shape in (schema, *schema.get("$defs", {}).values()):
        if "properties" in shape:
            shape["additionalProperties"] = False
    return Draft202012Validator(schema, format_checker=formats)


def command_of(arguments: Sequence[str]) -> str:
    """The words that call the command, without what stands before and after them."""
    words = [word for word in arguments if not word.startswith("-")]
    return next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in RESULTS)


def conforms(arguments: Sequence[str], result: Any) -> None:
    """Fail if this is not what the command that was called so may print."""
    validator(command_of(arguments)).validate(result)
