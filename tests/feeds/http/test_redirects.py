from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.http import redirects


@pytest.mark.parametrize(
    "url", ["http://h.example/a%7eb?x=%2F&y='", "https://h.example:8443/", "http://[::1]/x"]
)
def test_an_address_stays_as_it_is(url: str) -> None:
    assert str(redirects.address(url)) == url


def test_what_cannot_be_sent_is_encoded() -> None:
    assert str(redirects.address("http://bücher.example/ü ?q")) == (
        "http://xn--bcher-kva.example/%C3%BC%20?q"
    )
    assert str(redirects.address("http://h.example/a b")) == "http://h.example/a%20b"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/x", "http://h.example/x"),
        ("x?y#z", "http://h.example/a/x?y"),
        ("//other.example/x", "http://other.example/x"),
        ("HTTPS://other.example/", "https://other.example/"),
        ("https://other.example/x#y", "https://other.example/x"),
        (" /x ", "http://h.example/x"),
        ("/a b", "http://h.example/a%20b"),
        ("/ü", "http://h.example/%C3%BC"),
        # Latin-1, of which a header's text has the bytes.
        ("/\udcfc?q=\udce9", "http://h.example/%FC?q=%E9"),
        ("/\udcfc/ü", "http://h.example/%FC/%C3%BC"),
        ("?q", "http://h.example/a/b?q"),
        ("../../x", "http://h.example/x"),
        pytest.param("/" + "x" * 60_000, "http://h.example/" + "x" * 60_000, id="60 kB"),
    ],
)
def test_where_a_redirect_leads(location: str, expected: str) -> None:
    assert str(redirects.target(redirects.address("http://h.example/a/b?c"), location)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h.example:80/", "h.example"),
        ("https://u:p@H.example:443/", "h.example"),
        ("http://h.example:443/", "h.example:443"),
        ("https://h.example:8443/", "h.example:8443"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_a_host_is_named_with_a_port_that_is_not_usual(url: str, expected: str) -> None:
    assert redirects.host(redirects.address(url)) == expected


@pytest.mark.parametrize(
    ("home", "trail", "trusted"),
    [
        ("http://h/feed", ["http://h/feed"], True),
        ("http://h/feed", ["http://H:80/other"], True),
        ("https://h/feed", ["https://h:443/feed"], True),
        ("http://h/feed", ["http://other/", "http://h/feed"], True),
        # An upgrade, straight or over another place; remembered, too.
        ("http://h/feed", ["http://h/feed", "https://h/feed"], True),
        ("http://h/feed", ["http://other/", "https://h/feed"], True),
        ("http://h:80/feed", ["https://h:443/feed"], True),
        # Other hosts, ports and subdomains.
        ("http://h/feed", ["http://other/feed"], False),
        ("http://h/feed", ["http://www.h/feed"], False),
        ("http://h/feed", ["http://h:8080/feed"], False),
        ("https://h/feed", ["https://h:8443/feed"], False),
        ("http://h/feed", ["https://h:8443/feed"], False),
        ("http://h:8080/feed", ["https://h:8080/feed"], False),
        ("http://h:8080/feed", ["https://h/feed"], False),
        # A downgrade.
        ("https://h/feed", ["https://h/feed", "http://h/feed"], False),
        ("https://h/feed", ["http://h/feed"], False),
        ("http://h/feed", ["https://h/feed", "http://h/feed"], False),
        ("http://h/feed", ["http://h/", "https://other/", "http://h/feed"], False),
        ("http://h/feed", ["https://h/", "http://h/", "http://h/feed"], False),
        ("http://h/feed", ["https://h/", "http://h/", "https://h/feed"], True),
    ],
)
def test_who_may_see_credentials(home: str, trail: list[str], *, trusted: bool) -> None:
    assert (
        redirects.is_trusted(redirects.address(home), [redirects.address(hop) for hop in trail])
        == trusted
    )


PIECES = st.sampled_from(
    ["http:", "https:", "//", "/", "h.example", "[::1]", "@", ":", "80", "%25", "#", "?", "..", "[",
     "]", "\\", " ", "\t", "\n", "é", "。", "xn--", "\udc80", "\0", "ß", "1.2.3", "mailto:"]
)  # fmt: skip


@example("//..")
@example("https://[::1]@/")
@example("//http:80")
@given(st.lists(PIECES, max_size=10).map("".join) | st.text(max_size=30))
def test_any_location_gives_an_address_or_one_clear_line(location: str) -> None:
    try:
        there = redirects.target(redirects.address("http://h.example/a"), location)
    except FeedError as error:
        there, reason = None, error.reason
    else:
        reason = "none"
    assert reason.splitlines() == [reason]
    if there is not None:
        assert there.scheme in {"http", "https"}
        assert not there.fragment
        assert redirects.host(there)
        assert str(redirects.address(str(there))) == str(there)
