"""Finding a configuration file, and turning it into settings or into every problem it has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from digest.config.digests import DigestSettings
from digest.config.kinds import kind_of
from digest.config.ownership import refuse_of_others
from digest.config.references import check_references
from digest.config.secret_files import fill_secrets
from digest.config.secrets import FILE_SUFFIX, file_forms
from digest.config.settings import Settings
from digest.config.spelling import nearest
from digest.config.structure import fields_of, has_kind, sections
from digest.config.yaml.document import Document, Key, dotted, read_document
from digest.errors import ConfigError, NoConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

_HERE = Path("config.yaml")
_SYSTEM_FILE = Path("/etc/digest/config.yaml")

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
    "string_pattern_mismatch": (
        "must be made of letters, digits, - and _, and start with a letter or digit"
    ),
    "string_too_long": "must be at most {max_length} characters",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


def find_config(given: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: as given, DIGEST_CONFIG, ./config.yaml or /etc/digest/config.yaml.

    What is named is the operator's word. What merely lies in the current folder may be somebody
    else's, whose addresses and files a command would then use.

    Raises:
        NoConfigError: there is none.
        UsageError: others can change the one in the current folder.
    """
    if given is None and environ.get("DIGEST_CONFIG"):
        given = Path(environ["DIGEST_CONFIG"])
    if given is not None:
        return given
    if _HERE.is_file():
        refuse_of_others(_HERE, environ)
        return _HERE
    if _SYSTEM_FILE.is_file():
        return _SYSTEM_FILE
    raise NoConfigError(
        f"no configuration: looked for --config, DIGEST_CONFIG, ./config.yaml and {_SYSTEM_FILE};"
        " `digest init` makes one"
    )


def load_settings(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check a configuration file.

    Raises:
        ConfigError: with every problem of the file, each with its line.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(path, [Problem(0, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ConfigError(path, [Problem(0, "", "is not UTF-8 text")]) from None
    base = path.absolute().parent
    document = read_document(text, environ)
    files = fill_secrets(document, Settings, base)
    settings = _validate(document, {"base": base, "secret_files": files})
    if document.problems or settings is None:
        raise ConfigError(path, document.problems)
    return settings


def _validate(document: Document, context: dict[str, Any]) -> Settings | None:
    if document.data is None:
        if not document.problems:
            document.report((), "is empty; see config.example.yaml")
        return None
    if not isinstance(document.data, dict):
        document.report((), "must be a map of settings")
        return None
    settings = None
    reported = {problem.key for problem in document.problems}
    known = reported | {key.removesuffix("_file") for key in reported}
    try:
        settings = Settings.model_validate(document.data, context=context)
    except ValidationError as error:
        for problem in _problems(document, error):
            # What could not be filled in has been reported; that it is missing too is no news.
            if problem.key not in known:
                document.problems.append(problem)
    check_references(document)
    return settings


def _problems(document: Document, error: ValidationError) -> list[Problem]:
    found = []
    for details in error.errors(include_url=False, include_input=False):
        key = _key(document.data, details)
        if details["type"] == "too_short" and _at(document.data, key):
            # It is only short of the items that are wrong, which are reported on their own.
            continue
        message = _message(document.data, key, details)
        found.append(Problem(document.line(key), dotted(key), message))
    return found


def _key(data: Any, details: ErrorDetails) -> Key:
    """Where in the file it is: pydantic's location without what only it knows of."""
    key: list[str | int] = []
    here = data
    location = _without_kinds(data, details["loc"])
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
    if key[2:] == ["schedule"] and "cron" in _at(data, tuple(key[:2])):
        key[2] = "cron"
    return tuple(key)


def _without_kinds(data: Any, location: Key) -> Key:
    """A location without the kind that pydantic names behind what has one."""
    for section in sections(Settings, data):
        size = len(section.key)
        if has_kind(section.model) and location[: size + 1] == (
            *section.key,
            kind_of(section.model),
        ):
            return (*section.key, *location[size + 1 :])
    return location


def _message(data: Any, key: Key, details: ErrorDetails) -> str:
    kind = details["type"]
    context = details.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key{nearest(str(key[-1]), _keys_at(data, key[:-1]))}"
    if kind in {"literal_error", "union_tag_invalid"}:
        wanted = str(context.get("expected") or context.get("expected_tags"))
        given = _at(data, key)
        names = [word.strip("' ") for word in wanted.replace(" or ", ",").split(",")]
        return f"must be one of {', '.join(names)}{nearest(str(given), names)}"
    template = _MESSAGES.get(kind)
    return template.format(**context) if template else details["msg"].lower()


def _at(data: Any, key: Key) -> Any:
    for part in key:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
    return data


def _keys_at(data: Any, key: Key) -> list[str]:
    """The keys that would be right at this place."""
    here = (section.model for section in sections(Settings, data) if section.key == key)
    model = next(here, None)
    if model is None:
        return []
    files = [name + FILE_SUFFIX for name in file_forms(model)]
    return [*fields_of(model), *files, *(["cron"] if model is DigestSettings else [])]
