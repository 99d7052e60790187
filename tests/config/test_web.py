"""The settings of the web server."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from digest.config.web import WebSettings


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        # IDNA 2008: another domain than fass.example.
        ("https://faß.example/", "https://xn--fa-hia.example"),
        ("https://ＦＵＬＬ.example", "https://full.example"),
        ("HTTPS://Digest.Example.COM:443/", "https://digest.example.com"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://my_host:8080", "http://my_host:8080"),
        # A path that a proxy takes off before it hands a request on.
        ("https://h.example/our/dügest/", "https://h.example/our/d%C3%BCgest"),
        ("https://h.example/our/d%C3%BCgest", "https://h.example/our/d%C3%BCgest"),
    ],
)
def test_a_public_address_is_known_as_links_have_it(given: str, known: str) -> None:
    assert WebSettings(public_url=given).public_url == known


@pytest.mark.parametrize(
    "given",
    [
        "https://ada:s3cret@h.example",
        "https://s3cret@h.example",
        "https://@h.example",
        "https://h.example?s3cret",
        "https://h.example/?",
        "https://h.example/#s3cret",
        "https://ex%61mple.example",
        "https://h.example\\evil.example",
        "https://h..example",
        "https://[fe80::1%25eth0]",
        "ftp://h.example",
    ],
)
def test_a_public_address_is_scheme_and_host(given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WebSettings(public_url=given)
    (error,) = caught.value.errors()
    assert "must be" in error["msg"]
    assert "s3cret" not in error["msg"]
