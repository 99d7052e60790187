"""Addresses of people: what is one, and which are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.addresses import (
    former_key,
    mail_address,
    mail_key,
    read_mailbox,
    untagged_key,
)
from digest.config.fields import one_address
from digest.domains import ascii_domain
from digest.errors import DigestError, DomainError
from digest.rendering.email.headers import mailbox

READ = {
    "ada@a.example": ("", "ada@a.example"),
    " Ada Lovelace <ada@a.example> ": ("Ada Lovelace", "ada@a.example"),
    '"Lovelace, Ada" <ada@a.example>': ("Lovelace, Ada", "ada@a.example"),
    '"a@x" <a@x.example>': ("a@x", "a@x.example"),
    '"\\"A\\" <b>" <a@x.example>': ('"A" <b>', "a@x.example"),
    "ada@a.example (Ada)": ("Ada", "ada@a.example"),
    "<ada@a.example>": ("", "ada@a.example"),
    '"a b"@a.example': ("", '"a b"@a.example'),
    'Ada <"a b"@a.example>': ("Ada", '"a b"@a.example'),
    '"a@b"@a.example': ("", '"a@b"@a.example'),
    '"a\\"b"@a.example': ("", '"a\\"b"@a.example'),
    '"a<b>"@a.example': ("", '"a<b>"@a.example'),
    '"ada"@a.example': ("", "ada@a.example"),
    '"a\\da"@a.example': ("", "ada@a.example"),
    '"ada."@a.example': ("", '"ada."@a.example'),
    "ada..@a.example": ("", "ada..@a.example"),
    "ada@[192.0.2.1]": ("", "ada@[192.0.2.1]"),
    "jürgen@müller.example": ("", "jürgen@müller.example"),
}


@pytest.mark.parametrize(("text", "read"), READ.items())
def test_what_is_one(text: str, read: tuple[str, str]) -> None:
    one = read_mailbox(text)
    assert (one.name, one.address) == read
    assert one_address(text) == text
    assert mail_address(text) == read[1]
    assert mail_key(text) == mail_key(read[1]) == mail_key(mail_key(text))


NONE = [
    *("", "ada", "@a.example", "ada@", "a@b@c.example", "ada@a.example, bob@b.example"),
    *("Ada <ada@a.example>, Bob <bob@b.example>", '""@a.example', "a b@a.example"),
    *("ada@a.example\r\nBcc: x@y.example", "<ada@a.example> x", '"a@a.example', "a\\b@a.example"),
    *('"a\nb"@a.example', "ada@a..example", "ada@☕.example", "Ada <<ada@a.example>>"),
]


@pytest.mark.parametrize("text", NONE)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an email address|not a domain"):
        one_address(text)


SAME = [
    ("ADA@A.example", "ada@a.EXAMPLE"),
    ("ada@a.example.", "ada@a.example"),
    ('"ada"@a.example', "Ada@a.example"),
    ('"a b"@a.example', 'X <"A\\ B"@A.example>'),
    ("ada@MÜLLER.example", "ada@xn--mller-kva.example"),
    ("ada@mu\u0308ller.example", "ada@müller.example"),
    ("ju\u0308rgen@a.example", "JÜRGEN@a.example"),
    ("ada@faß.example", "ada@xn--fa-hia.example"),
]
OTHERS = [
    ("ada@faß.example", "ada@fass.example"),
    ("ada@βόλος.example", "ada@βόλοσ.example"),
    ('"a b"@a.example', "ab@a.example"),
    ("straße@a.example", "strasse@a.example"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one: str, other: str) -> None:
    assert mail_key(one) == mail_key(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_others(one: str, other: str) -> None:
    assert mail_key(one) != mail_key(other)


def test_what_earlier_versions_took_for_the_same() -> None:
    assert former_key("Ada <ada@faß.example>") == "ada@fass.example"
    assert former_key("ada@müller.example") == mail_key("ada@müller.example")


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Ada+news@a.example", "ada@a.example"),
        ("ada+@a.example", "ada@a.example"),
        ("+ada@a.example", "+ada@a.example"),
        ("a.d.a+x@googlemail.com", "ada@gmail.com"),
        ("a.d.a@a.example", "a.d.a@a.example"),
    ],
)
def test_one_mailbox_has_many_addresses(address: str, mailbox: str) -> None:
    assert untagged_key(address) == mailbox


@given(st.emails() | st.text(max_size=20))
def test_a_key_is_its_own_key(text: str) -> None:
    assert mail_key(mail_key(text)) == mail_key(text)


LOCALS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12)


@given(LOCALS)
def test_a_quoted_local_part_is_quoted_once(local: str) -> None:
    quoted = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    address = read_mailbox(f"{quoted}@a.example").address
    assert read_mailbox(address).address == address
    assert read_mailbox(f"Ada <{address}>").username == local
    assert mailbox(address).local == local


def test_domains_are_of_2008() -> None:
    assert ascii_domain("Faß.Example") == "xn--fa-hia.example"
    assert ascii_domain("A_B.example") == "a_b.example"
    assert ascii_domain("例え。テスト") == "xn--r8jz45g.xn--zckzah"
    with pytest.raises(DomainError, match=r"'☕.example' is not a domain") as caught:
        ascii_domain("☕.example")
    assert isinstance(caught.value, DigestError)
    assert isinstance(caught.value, ValueError)
