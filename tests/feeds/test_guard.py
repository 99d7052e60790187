from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.guard import is_public


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # The machine itself.
        *("127.0.0.1", "127.8.9.10", "::1", "0.0.0.0", "::"),
        # Private and shared networks.
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1"),
        *("fd12:3456::1", "fec0::1"),
        # Link-local, with the address at which clouds hand out credentials.
        *("169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%eth0"),
        # IPv4 inside IPv6: mapped, translated, NAT64, 6to4, compatible, Teredo.
        *("::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1", "2002:7f00:1::"),
        *("2002:a00:1::1", "::127.0.0.1", "::10.0.0.1", "2001:0:7f00:1::1"),
        # Multicast, broadcast, documentation, benchmarks, the future.
        *("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1", "255.255.255.255"),
        *("192.0.2.1", "2001:db8::1", "198.18.0.1", "240.0.0.1"),
        # No addresses.
        *("", "localhost", "example.com", "127.1", "0x7f.1", "2130706433", "127.0.0.1:80", "%eth0"),
    ],
)
def test_everything_else(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_embedded(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


@given(st.text(max_size=50))
def test_any_text_has_a_verdict(text: str) -> None:
    assert is_public(text) in {True, False}
