"""Secrets in settings: found by the types of fields, never by their names.

A field of a secret type is never shown, is masked in whatever is logged, and can be read from a
file that `NAME_file` names instead of standing in the configuration. Where it cannot be filled in,
settings can do without it, until something asks for it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, get_args, get_origin
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr, WrapValidator

from digest.config.addresses import password_of

if TYPE_CHECKING:
    from digest.errors import ConfigError

FILE_SUFFIX = "_file"
# Shorter ones are words of a service, like `services` or `webhooks`.
_TOKEN_LENGTH = 16
# What a file holds in place of a setting: its text, or lines like `Name: value` for a map.
FileForm = Literal["text", "lines"]


class PartedSecret(SecretStr):
    """A secret of which a part is secret too, and may be seen alone."""

    def parts(self) -> Iterator[str]:
        """What is secret by itself; empty texts are none."""
        raise NotImplementedError


class UrlSecret(PartedSecret):
    """An address with a secret in its path, its query or before its host."""

    def parts(self) -> Iterator[str]:
        """The last part of its path, long parts, and the credentials, as they are written and sent.

        Where there is a token in the query, the path may end with a word, which is none.
        """
        url = urlsplit(self.get_secret_value())
        *folders, last = url.path.split("/")
        values = [pair.rpartition("=")[2] for pair in url.query.split("&")]
        tokens = [text for text in (*folders, *values) if len(text) >= _TOKEN_LENGTH]
        if any(text in values for text in tokens) and last.isalpha() and last.islower():
            last = last if len(last) >= _TOKEN_LENGTH else ""
        for text in (url.password or url.username or "", last, *tokens):
            yield from (text, unquote(text))
        if url.username:
            yield _basic(unquote(url.username), unquote(url.password or ""))


def _basic(user: str, password: str) -> str:
    """A login as a request has it (RFC 7617)."""
    return b64encode(f"{user}:{password}".encode()).decode()


class HeaderSecret(PartedSecret):
    """The value of an HTTP header."""

    def parts(self) -> Iterator[str]:
        """The token without its scheme, and the password of a pair (RFC 7617)."""
        value = self.get_secret_value()
        yield from (value.rpartition(" ")[2], password_of(value))


class KeySecret(PartedSecret):
    """A key in PEM form."""

    def parts(self) -> Iterator[str]:
        """Its lines: it is quoted by line, if at all."""
        yield from self.get_secret_value().splitlines()[1:-1]


class MissingSecret(SecretStr):
    """Stands for a secret that could not be filled in; asking for it raises the error of that."""

    def __init__(self, error: ConfigError) -> None:
        super().__init__("missing")
        self.error = error

    def get_secret_value(self) -> NoReturn:
        """Raise the `ConfigError` that says what is missing, and why."""
        raise self.error

    __hash__ = object.__hash__
    __eq__ = object.__eq__


MAY_BE_MISSING = WrapValidator(
    lambda value, read: value if isinstance(value, MissingSecret) else read(value)
)
"""Lets a `MissingSecret` stand in a field; comes last among what a secret's type is annotated with.
"""
Secret = Annotated[SecretStr, MAY_BE_MISSING]


def missing_in(value: object) -> Iterator[MissingSecret]:
    """Every secret that is missing in settings, however deep."""
    return (secret for secret in _secrets(value) if isinstance(secret, MissingSecret))


def secrets_in(value: object) -> Iterator[str]:
    """Every secret in settings that is there, however deep, each followed by its parts."""
    for secret in _secrets(value):
        if not isinstance(secret, MissingSecret):
            parts = secret.parts() if isinstance(secret, PartedSecret) else ()
            yield from filter(None, (secret.get_secret_value(), *parts))


def _secrets(value: object) -> Iterator[SecretStr]:
    match value:
        case SecretStr():
            yield value
        case BaseModel():
            parts = (getattr(value, name) for name in _fields_with_secrets(type(value)))
            for part in filter(None, parts):
                yield from _secrets(part)
        case Mapping():
            for item in value.values():
                yield from _secrets(item)
        case tuple() | list():
            for item in value:
                yield from _secrets(item)


@cache
def file_forms(model: type[BaseModel]) -> dict[str, FileForm]:
    """The keys of a model that a file can stand in for, with what the file holds."""
    forms = {
        field.alias or name: _file_form(field.annotation)
        for name, field in model.model_fields.items()
    }
    return {name: form for name, form in forms.items() if form}


def file_description(name: str, form: FileForm) -> str:
    """What the key does that names a file in place of another key."""
    content = "a file of `Name: value` lines" if form == "lines" else "a file that holds it"
    return f"Instead of `{name}`: {content}."


def _file_form(annotation: Any) -> FileForm | None:
    if not any(issubclass(part, SecretStr) for part in _classes_in(annotation)):
        return None
    origins = {get_origin(part) for part in (annotation, *get_args(annotation))}
    if dict in origins:
        return "lines"
    return None if origins & {tuple, list} else "text"


@cache
def _fields_with_secrets(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(
        name
        for name, field in model.model_fields.items()
        if any(issubclass(part, (SecretStr, BaseModel)) for part in _classes_in(field.annotation))
    )


def _classes_in(annotation: Any) -> Iterator[type]:
    """The classes that a type is made of, through unions, lists and maps."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        yield annotation
    for argument in get_args(annotation):
        yield from _classes_in(argument)
