from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.http.guard import bad_port, is_public, may_be_private


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "2001:4860:4860::8888",
        *(
            "::ffff:8.8.8.8",
            "2a00::5efe:8.8.8.8",
            "2a00::200:5efe:8.8.8.8",
            "2a00::100:5efe:10.0.0.1",
        ),
        "64:ff9b::8.8.8.8",
        # Next to what is special, on both sides.
        *("9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
        *("128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"),
        *("191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0"),
        *("192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255"),
        *("203.0.112.255", "203.0.114.0", "223.255.255.255", "1.0.0.0"),
        *("2000::", "2001:200::", "2001:db7::", "2001:db9::", "2003::", "3ffe::", "3fff:1000::"),
        # Globally reachable, in the midst of what is not: editions of Python do not agree on these.
        *("192.0.0.9", "192.0.0.10", "2001:1::1", "2001:1::2", "2001:1::3", "2001:3::1"),
        *("2001:4:112::1", "2001:20::1", "2001:30::1", "192.31.196.1", "192.52.193.1"),
        *("192.175.48.1", "2620:4f:8000::1"),
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
        *("198.51.100.1", "203.0.113.1", "192.0.0.1", "192.0.0.8", "192.0.0.11", "192.0.0.170"),
        *("192.88.99.1", "100::1", "100:0:0:1::1", "2001:2::1", "2001:10::1", "2001::1", "3fff::1"),
        # ISATAP, which names an interface by an IPv4 address: both count.
        *("2a00::5efe:10.0.0.1", "2a00::200:5efe:127.0.0.1", "fd00::5efe:8.8.8.8"),
        *("5f00::1", "4000::1", "1fff::1", "fec0::1", "64:ff9b::169.254.169.254"),
        # Where clouds hand out credentials, in public ranges too.
        *("168.63.129.16", "100.100.100.200", "fd00:ec2::254", "::ffff:168.63.129.16"),
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


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1"),
        *("::", "fc00::1", "fd12:3456::1", "fec0::1", "8.8.8.8", "2606:2800:21f::1"),
        *("::ffff:10.0.0.1", "64:ff9b::10.0.0.1"),
    ],
)
def test_private_networks_may_be_allowed(address: str) -> None:
    assert may_be_private(address)


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255", "fe80::1"),
        *("fe80::1%eth0", "fe80::a9fe:a9fe", "febf::1", "fd00:ec2::254", "fd20:ce::254"),
        *("fd00:42::42", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("fd00::5efe:169.254.169.254", "2a00::200:5efe:169.254.169.254"),
        *("fd00:ec2::23", "fd00:ec2::253", "fd00:c1::a9fe:a9fe"),
        # The same by way of another, and what could be it.
        *("::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "::169.254.169.254"),
        *("64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1"),
        *("2001:0:1:2:3:4:5601:5601", "::ffff:0:169.254.169.254", "::ffff:100.100.100.200"),
        *("", "localhost", "127.1"),
    ],
)
def test_what_hands_out_credentials_never_may(address: str) -> None:
    assert not may_be_private(address)
    assert not is_public(address)


@given(st.ip_addresses())
def test_what_is_public_may_be_asked_where_more_is_allowed(address: object) -> None:
    assert may_be_private(str(address)) or not is_public(str(address))


@pytest.mark.parametrize("port", [0, 1, 22, 25, 110, 143, 465, 587, 6000, 6667, 6697, 10080])
def test_ports_that_browsers_refuse(port: int) -> None:
    assert bad_port(port) == f"port {port} is for another protocol, and no browser asks there"


@pytest.mark.parametrize("port", [None, 80, 443, 2, 24, 70, 3000, 5000, 8000, 8080, 8443, 65535])
def test_other_ports(port: int | None) -> None:
    assert bad_port(port) is None
