"""The types of single settings: what each takes, and the words for what it does not."""

from __future__ import annotations

import re
import shlex
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from digest.config.addresses import mail_address, read_mailbox
from digest.config.rule_parser import parse_rule
from digest.config.rules import Rule
from digest.config.secrets import MAY_BE_MISSING, UrlSecret
from digest.config.spelling import nearest
from digest.config.units import duration_text, parse_duration, parse_size
from digest.domains import HOST_NAME, address_literal, ascii_domain, ascii_host, is_address
from digest.errors import DomainError
from digest.file_errors import file_trouble
from digest.language import OTHER_TAGS, languages


def _duration(value: object) -> timedelta:
    return parse_duration(value)


def _positive(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("must be longer than 0")
    return value


def zone_name(value: object) -> object:
    """The IANA name of a time zone, as it is given.

    Raises:
        ValueError: it is none, with the nearest.
    """
    if isinstance(value, str):
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            hint = nearest(value, available_timezones()) or (
                "; write an IANA name like 'Europe/Berlin'"
            )
            raise ValueError(f"{value!r} is not a time zone{hint}") from None
    return value


def _language(value: str) -> str:
    known = languages()
    tag = OTHER_TAGS.get(value, value)
    if tag not in known:
        raise ValueError(f"must be one of {', '.join(known)}{nearest(value, known)}")
    return tag


def _web_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme.lower() in {"http", "https"} and parts.port != 0
        good = good and _is_host(parts.hostname or "")
    except ValueError:
        good = False
    if not good or not _is_one_word(value):
        # The value itself may hold a secret, so the message does not repeat it.
        raise ValueError("must be a web address that starts with http:// or https://")
    return value


def secret_web_url(value: UrlSecret) -> UrlSecret:
    """A secret that is the address of a page or a service on the web.

    Raises:
        ValueError: it is none.
    """
    _web_url(value.get_secret_value())
    return value


def one_address(value: str) -> str:
    """One email address, with or without a name, as it is given.

    Raises:
        ValueError: it is none.
    """
    mailbox = read_mailbox(value)
    if not value.isprintable():
        raise ValueError(f"{value!r} is not an email address")
    if not _is_host(ascii_domain(mailbox.domain)):
        raise ValueError(f"{mailbox.domain!r} is not a domain")
    return value


def _sender(value: str) -> str:
    if not mail_address(value).isascii():
        raise ValueError(f"{value!r} has letters that mail servers do not all take in a sender")
    return value


def _is_host(name: str) -> bool:
    """Whether a name, or an address, can be looked up."""
    try:
        ascii_domain(name)
    except DomainError:
        return False
    return _is_one_word(name)


def _is_one_word(text: str) -> bool:
    # Of all that is white space only the space itself is printable.
    return text.isprintable() and " " not in text


_PORT = re.compile(r"[\w\]]:\d+$")


def _host(value: str) -> str:
    try:
        host = ascii_host(value)
    except DomainError:
        host = ""
    if not host or not _is_one_word(value):
        hint = "; the port is given apart" if _PORT.search(value) else ""
        raise ValueError(f"must be the name or address of a server{hint}")
    return host


def _hello(value: str) -> str:
    literal = value.removeprefix("[").removesuffix("]").removeprefix("IPv6:")
    if is_address(literal):
        return address_literal(literal)
    if not _is_host(value) or not HOST_NAME.fullmatch(ascii_domain(value)):
        raise ValueError("must be a full name like mail.example.com, or an address")
    return ascii_domain(value)


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be one line of visible characters")
    return value


def anchored(value: Path, info: ValidationInfo) -> Path:
    """A path of the file, relative to where the file is."""
    if not str(value).isprintable():
        raise ValueError("must be a path without control characters")
    try:
        base = (info.context or {}).get("base")
        # A current folder that is gone matters only to what is relative to it.
        return Path(base or Path.cwd()) / value.expanduser()
    except RuntimeError:
        raise ValueError(f"there is no home folder for {str(value)!r}") from None


def _certificates(value: Path) -> Path:
    try:
        ssl.create_default_context(cafile=value)
    except ssl.SSLError:
        raise ValueError(f"{str(value)!r} has no certificates in PEM form") from None
    except OSError as error:
        raise ValueError(f"cannot read {str(value)!r}: {file_trouble(value, error)}") from None
    return value


def _command(value: object) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic's word for a bad value
    _one_line(value)
    try:
        arguments = shlex.split(value)
    except ValueError as error:
        raise ValueError(f"is not a command line: {str(error).lower()}") from None
    if not arguments or not arguments[0]:
        raise ValueError("must name a program")
    return tuple(arguments)


def _rule(value: object) -> Rule:
    if isinstance(value, Rule):
        return value
    if isinstance(value, dict):
        raise ValueError("is a map to YAML; put the rule in quotes, like 'title: news'")  # noqa: TRY004
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic's word for a bad value
    return parse_rule(value)


def one_or_many(value: object) -> object:
    """A list, of one text where that stands alone."""
    return [value] if isinstance(value, str) else value


def _one_or_many_schema(**of_list: int) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return {"anyOf": [text, {"type": "array", "items": text, **of_list}]}


_ONE_OR_MANY = WithJsonSchema(_one_or_many_schema(minItems=1))
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(duration_text, when_used="json"),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": r"^(0|\d+\s*[smhd])$",
            # The only number that needs no unit.
            "minimum": 0,
            "maximum": 0,
            "examples": ["15m"],
        }
    ),
]
Interval = Annotated[Duration, AfterValidator(_positive)]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    Field(ge=1),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["10MB"]}),
]
Zone = Annotated[str, BeforeValidator(zone_name)]
LanguageTag = Annotated[
    str,
    AfterValidator(_language),
    WithJsonSchema({"type": "string", "enum": sorted([*languages(), *OTHER_TAGS])}),
]
WebUrl = Annotated[str, AfterValidator(_web_url)]
SecretUrl = Annotated[UrlSecret, AfterValidator(secret_web_url), MAY_BE_MISSING]
_SOME_TEXT = WithJsonSchema({"type": "string", "minLength": 1})
Host = Annotated[str, AfterValidator(_host), _SOME_TEXT]
HelloName = Annotated[str, AfterValidator(_hello)]
Address = Annotated[str, AfterValidator(one_address), _SOME_TEXT]
Sender = Annotated[Address, AfterValidator(_sender)]
RelativePath = Annotated[Path, AfterValidator(anchored)]
CertificateFile = Annotated[RelativePath, AfterValidator(_certificates)]
Command = Annotated[
    tuple[str, ...],
    BeforeValidator(_command),
    PlainSerializer(shlex.join, when_used="json"),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
Names = Annotated[tuple[str, ...], BeforeValidator(one_or_many), Field(min_length=1), _ONE_OR_MANY]
Texts = Annotated[
    tuple[str, ...], BeforeValidator(one_or_many), WithJsonSchema(_one_or_many_schema())
]
Rules = Annotated[
    tuple[
        Annotated[
            Rule,
            PlainValidator(_rule),
            PlainSerializer(lambda rule: rule.text, when_used="json"),
            WithJsonSchema({"type": "string", "minLength": 1}),
        ],
        ...,
    ],
    BeforeValidator(one_or_many),
    WithJsonSchema(_one_or_many_schema()),
]
Addresses = Annotated[
    tuple[Address, ...], BeforeValidator(one_or_many), Field(min_length=1), _ONE_OR_MANY
]
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
# RFC 6376, section 3.1: one or more labels.
_SELECTOR = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
_HEADER_NAME = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"
_DIGITS = r"^[0-9]+$"
PATTERN_WORDS = {
    _NAME: "must be made of letters, digits, - and _, and start with a letter or digit",
    _SELECTOR: "must be made of letters, digits, -, _ and ., and start with a letter or digit",
    _HEADER_NAME: "must be the name of a header, without spaces",
    _DIGITS: "must be all digits",
}
"""What is wrong with a text that a pattern of these does not match."""
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Selector = Annotated[str, StringConstraints(pattern=_SELECTOR)]
HeaderName = Annotated[str, StringConstraints(pattern=_HEADER_NAME)]
Digits = Annotated[str, StringConstraints(pattern=_DIGITS)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_one_line)]
# What another program calls something: a folder, an account.
Label = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_one_line)]
