"""Domains: IDNA 2008 in one place, and what else is written where a domain may be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from yarl import URL

import digest
from digest.config.addresses import mail_key
from digest.domains import HOST_NAME, address_literal, ascii_domain, ascii_host, with_port
from digest.errors import DomainError
from digest.rendering.email.headers import mailbox

CODE = Path(digest.__file__).parent


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("faß.example", "xn--fa-hia.example"),
        ("FASS.example", "fass.example"),
        ("Bücher.Example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("日本。example", "xn--wgv71a.example"),
        ("XN--FA-HIA.example", "xn--fa-hia.example"),
        ("example.com.", "example.com."),
        ("my_host", "my_host"),
    ],
)
def test_a_domain_is_ascii_by_idna_2008(domain: str, known: str) -> None:
    assert ascii_domain(domain) == known


@pytest.mark.parametrize(
    "domain",
    ["", ".", "a..b", "x" * 64, ".".join(["x" * 60] * 5), "a\u200db.de", "١a.example", "ä b"],
)
def test_what_can_be_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(DomainError):
        ascii_domain(domain)


def test_nobody_is_taken_for_somebody_else() -> None:
    assert mailbox("ada@faß.example").addr_spec == "ada@xn--fa-hia.example"
    assert mail_key("Ada@FAß.example") == mail_key("ada@xn--fa-hia.example")
    assert mail_key("ada@faß.example") != mail_key("ada@fass.example")
    # Those that open connections know the same.
    assert URL("https://faß.example/").raw_host == ascii_domain("faß.example")


@pytest.mark.slow
def test_pythons_own_codec_reads_old_links_and_nothing_else() -> None:
    used = [
        path.name
        for path in CODE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"encode", "decode", "lookup"}
        and any(isinstance(arg, ast.Constant) and arg.value == "idna" for arg in node.args)
    ]
    assert used == ["addresses.py"]


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("[::1]", "::1"),
        ("::1", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("Mail.faß.de", "mail.xn--fa-hia.de"),
    ],
)
def test_a_host_is_a_name_or_an_address(host: str, known: str) -> None:
    assert ascii_host(host) == known


@pytest.mark.parametrize("host", ["[mail]", "[::1", "::1]", "mail:25", "[127.0.0.1", "[mail", ""])
def test_what_can_be_no_host_is_refused(host: str) -> None:
    with pytest.raises(DomainError):
        ascii_host(host)


def test_a_port_stands_apart_from_an_address() -> None:
    assert with_port("::1", 25) == "[::1]:25"
    assert with_port("mail.example.com", 25) == "mail.example.com:25"


@pytest.mark.parametrize(
    ("address", "literal"),
    [
        ("192.0.2.1", "[192.0.2.1]"),
        ("2001:DB8::1", "[IPv6:2001:db8::1]"),
        ("::ffff:192.0.2.1", "[192.0.2.1]"),
        ("fe80::1%eth0", "[IPv6:fe80::1]"),
    ],
)
def test_an_address_in_the_place_of_a_domain(address: str, literal: str) -> None:
    assert address_literal(address) == literal


@pytest.mark.parametrize("name", ["mail", "a_b.c", "-a.de", "a-.de", "1.2.3", "a..b", "", "a.b."])
def test_what_is_no_full_name(name: str) -> None:
    assert not HOST_NAME.fullmatch(name)
    assert HOST_NAME.fullmatch("mail-1.xn--fa-hia.de")
