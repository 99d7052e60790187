"""Hosts as readers see them, and addresses without users."""

from __future__ import annotations

import pytest

from digest.domains import ascii_domain
from digest.feeds.hosts import ascii_host, shown_host, with_shown_host, without_user_info
from digest.feeds.lookalikes import visible
from digest.feeds.text import absolute_link, one_line


@pytest.mark.parametrize(
    "host", ["ΣΑΣ.example", "FAẞ.example", "Bu\u0308cher.example", "a。example"]
)
def test_a_host_is_the_same_everywhere(host: str) -> None:
    assert ascii_host(host) == ascii_domain(host)


@pytest.mark.parametrize(
    "host",
    [
        *("example.com", "bücher.example", "việtnam.example", "faß.example", "日本語.example"),
        *("例えテスト.example", "한국.example", "москва.example", "ελλάδα.example", "ไทย.example"),
        *("العربية.example", "עברית.example", "हिन्दी.example", "[::1]", "127.0.0.1", ""),
    ],
)
def test_hosts_of_one_script_are_shown_as_they_are(host: str) -> None:
    assert shown_host(host) == host
    assert shown_host(ascii_host(host)) == host


@pytest.mark.parametrize(
    "host",
    [
        *("gооgle.com", "раураl.com", "аррӏе.com", "ɡoogle.com", "gıthub.com", "ехсеl.com"),
        *("οικο.com", "сахар.com", "exаmple.com", "日本аb.com", "xn--80ak6aa92e.com", "googlе.com"),
    ],
)
def test_hosts_that_could_be_mistaken_are_shown_in_ascii(host: str) -> None:
    assert shown_host(host) == ascii_host(host)
    assert "xn--" in shown_host(host)


@pytest.mark.parametrize("host", ["xn--", "xn--zzzzzz99999", "☃.example", "a_b.é", "é" * 300])
def test_what_is_no_host_is_shown_somehow(host: str) -> None:
    assert shown_host(host)


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("https://user:pass@host.example/x", "https://host.example/x"),
        ("https://bank.example@evil.example/", "https://evil.example/"),
        ("https://a@b@c.example/", "https://c.example/"),
        ("HTTPS://U@host.example", "HTTPS://host.example"),
        ("https:\\\\bank.example@evil.example", "https://evil.example"),
        ("https:/bank.example@evil.example", "https://evil.example"),
        ("\x01 ht\ttps://bank.example\n@evil.example", "https://evil.example"),
        ("https://host.example/@user?a=b@c#d@e", "https://host.example/@user?a=b@c#d@e"),
        ("https://host.example/?u=https://a@b", "https://host.example/?u=https://a@b"),
        ("mailto:ada@host.example", "mailto:ada@host.example"),
    ],
)
def test_users_and_passwords_are_dropped_from_addresses(address: str, without: str) -> None:
    assert without_user_info(address) == without


def test_links_have_no_user_and_a_host_that_cannot_be_mistaken() -> None:
    base = "https://ada:secret@feed.example/rss"
    assert absolute_link(base, "/x", 100) == "https://feed.example/x"
    assert absolute_link("", "https://bank.example@evil.example/", 99) == "https://evil.example/"
    assert absolute_link("", "https://gооgle.com/x", 99) == "https://xn--ggle-55da.com/x"
    assert absolute_link("", "https://москва.example/x", 99) == "https://москва.example/x"
    assert with_shown_host("https://GООGLE.com:81/gооgle.com") == (
        "https://xn--ggle-55da.com:81/gооgle.com"
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "\u200b",
            "\u200e\u202e",
            "\u3164",
            "\u115f\u1160",
            "\uffa0",
            "\u2800",
            "\u0301",
        ),
        *("\ufe0f", "\U000e0041\U000e007f", "\U000e0100", "\u034f", "\u180e", "\u00ad", "\u2060"),
        *("\u3164 \u2800\u200d", "\u0300\u0301 \u0302", "\ue000", "\u20e3"),
    ],
)
def test_what_nobody_sees_is_empty(text: str) -> None:
    assert not visible(text)
    assert one_line(text, 99) == ""


@pytest.mark.parametrize("text", ["a", "é", "e\u0301", "中", "ー", "❤\ufe0f", "1\ufe0f\u20e3", "-"])
def test_what_shows_is_text(text: str) -> None:
    assert visible(text)
    assert one_line(text, 99) == text
