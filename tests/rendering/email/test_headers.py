"""Headers with words of others: one line each, one address each, read back as they were meant."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import getaddresses
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.feeds.text import one_line
from digest.rendering.email.headers import (
    Mailbox,
    address_field,
    check_fields,
    encoded,
    field_of,
    mailbox,
    named_field,
    text_field,
)

if TYPE_CHECKING:
    from email.headerregistry import AddressHeader

LOOKS_ENCODED = [
    "=?utf-8?q?M=0D=0ABcc:_eve@evil.example=0D=0A=0D=0AHello?=",
    "=?utf-8?B?TQ0KQmNjOiBldmVAZXZpbC5leGFtcGxl?=",
    "=?us-ascii?q?a=0Ab?= and =?utf-8?q?=3Ceve=40evil.example=3E?=",
    "=?utf-8?q?=22=2C_eve=40evil.example?=",
    "half =?utf-8?q?of one",
    "=?",
]
NAMES = [
    *LOOKS_ENCODED,
    "Ada",
    "Ada Lovelace",
    "Lovelace, Ada",
    "a@x",
    "eve@evil.example, bob@evil.example",
    "<eve@evil.example>",
    'Ada "the first" Lovelace',
    "back\\slash\\",
    "Dr. Ada; Esq.: (of London)",
    "Ada\r\nBcc: eve@evil.example",
    "Ada\x00\x1b[31m\u202eevil",
    "Größe",
    "山田 太郎",
    "😀" * 60,
    "x" * 200,
    "Weekly, daily, and monthly reading, for everybody who likes to read a great deal, " * 2,
    "é, " * 60,
    "\ud800",
]


def read(raw: bytes, field: str = "To") -> AddressHeader:
    message = message_from_bytes(raw + b"\r\n", policy=default)
    assert message.keys() == [field]
    assert message.get_payload() == ""
    header: AddressHeader = message[field]
    return header


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("local", ["ada", "jürgen", "a b", 'q"uo\\te', "a@b", "a..b"])
@pytest.mark.parametrize("field", ["From", "To"])
def test_a_name_is_one_name_of_one_address(name: str, local: str, field: str) -> None:
    one = Mailbox(one_line(name, 200), local, "example.com")

    raw = address_field(field, one)

    check_fields(raw.removesuffix(b"\r\n"))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    value = raw.decode().partition(":")[2].replace("\r\n", "")
    [(shown, address)] = getaddresses([value])
    assert address == one.addr_spec
    seen = str(make_header(decode_header(shown))) if "=?" in shown else shown
    assert seen.split() == one.display_name.split()


@given(st.text(max_size=300), st.sampled_from(["From", "To"]))
@example("=?utf-8?q?M=0D=0ABcc:_x?=", "To")
def test_no_name_makes_another_line(name: str, field: str) -> None:
    raw = address_field(field, Mailbox(one_line(name, 200), "ada", "example.com"))

    assert [*read(raw, field).addresses][-1].addr_spec == "ada@example.com"
    assert len(read(raw, field).addresses) == 1


@pytest.mark.parametrize("title", LOOKS_ENCODED)
@pytest.mark.parametrize("field", ["Subject", "List-Id"])
def test_words_that_look_encoded_arrive_as_they_are(title: str, field: str) -> None:
    raw = text_field(field, title)

    message = message_from_bytes(raw + b"\r\n")
    assert message.keys() == [field]
    assert str(make_header(decode_header(message[field]))) == title


@pytest.mark.parametrize(
    ("written", "local", "domain", "spec"),
    [
        ('"a b"@example.com', "a b", "example.com", '"a b"@example.com'),
        ('"ada"@example.com', "ada", "example.com", "ada@example.com"),
        ('Ada <"a\\"b"@example.com>', 'a"b', "example.com", '"a\\"b"@example.com'),
        ("ada@example.com.", "ada", "example.com", "ada@example.com"),
        ("Ada <ada@faß.example.>", "ada", "xn--fa-hia.example", "ada@xn--fa-hia.example"),
        ("ada@Faß.Example", "ada", "xn--fa-hia.example", "ada@xn--fa-hia.example"),
        ('"a@x" <a@x.example>', "a", "x.example", "a@x.example"),
    ],
)
def test_an_address_is_read_and_written(written: str, local: str, domain: str, spec: str) -> None:
    one = mailbox(written)

    assert (one.local, one.domain, one.addr_spec) == (local, domain, spec)


@pytest.mark.parametrize("text", ["", "ada", "@example.com", "ada@", "ada@ex..ample", "a\x07@b.c"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        mailbox(text)


@pytest.mark.parametrize(
    "value",
    ["a\r\nBcc: b", "a\nb", "a\rb", "a\0b", "a\r\n \r\n b", "a\r\n", "x" * 1_000, "a\r\n\tb\n"],
)
def test_a_field_that_is_more_than_one_is_never_made(value: str) -> None:
    with pytest.raises(ValueError, match="the header X-Test"):
        field_of("X-Test", value)


@pytest.mark.parametrize(
    "head",
    [
        b"To: a@b.c\r\nto: d@e.f",
        b"To: a\nBcc: b",
        b"To: a\rb",
        b"To: a\0",
        b"no field",
        b"To: a\r\n\r\nbody",
        b"",
    ],
)
def test_a_header_that_is_spoilt_is_noticed(head: bytes) -> None:
    with pytest.raises(ValueError, match="the header has a line too many"):
        check_fields(head)


@pytest.mark.parametrize("phrase", ['"short"', f'"{"x" * 60}"', encoded("é" * 90, "List-Id")])
def test_what_is_named_stands_on_a_line_that_is_not_too_long(phrase: str) -> None:
    line = named_field("List-Id", phrase, "weekly.digest.example.com")

    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert line.count(b"<weekly.digest.example.com>") == 1
    assert line.startswith(b"List-Id: " + phrase[:5].encode())


def test_every_python_writes_the_same() -> None:
    written = b"".join(
        address_field(field, Mailbox(one_line(name, 200), local, "example.com"))
        for name in NAMES
        for local in ("ada", "jürgen", "a b")
        for field in ("From", "To")
    ) + b"".join(text_field("Subject", one_line(name, 200)) for name in NAMES)

    assert hashlib.sha256(written).hexdigest() == (
        "46c71c2ba9d87c425e3e8c2d578e558646ffa9d834339b9d12a4c8e7b28b3927"
    )
