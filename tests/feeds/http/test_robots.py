"""What a robots.txt allows, by RFC 9309."""

from __future__ import annotations

import time

import pytest

from digest.feeds.http.robots import MOST_BYTES, allows, rules_for
from tests import limits

AGENT = "digest/1.0 (+https://example.com)"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("<html>not found</html>", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("USER-AGENT: *\ndisallow : /a # all of it", "/a/b", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        # The group that names the program counts alone, also where it allows everything.
        ("User-agent: *\nDisallow: /\n\nUser-agent: digest\nDisallow: /b", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Digest/2\nDisallow:", "/a", True),
        ("User-agent: digester\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: digest\nDisallow: /a", "/a", False),
        ("User-agent: digest\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/b", True),
        ("User-agent: digest\nDisallow: /x\n\nUser-agent: digest\nDisallow: /a", "/a", False),
        # The longest rule decides, and of two as long the one that allows.
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*?", "/a?b=c", False),
        ("User-agent: *\nDisallow: /*?", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?c", True),
        ("User-agent: *\nDisallow: /a$", "/a/b", True),
        ("User-agent: *\nDisallow: /a*b*c$", "/abc", False),
        ("User-agent: *\nDisallow: /a*bc*bc$", "/abc", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /~ada", "/%7Eada", False),
    ],
)
def test_what_is_allowed(text: str, path: str, allowed: bool) -> None:
    assert allows(rules_for(text, AGENT), f"https://site.example{path}") == allowed


def test_hostile_rules_take_no_time() -> None:
    line = f"Disallow: /{'*a' * 900}b$\n"
    text = "User-agent: *\n" + line * (MOST_BYTES // len(line))
    began = time.monotonic()
    assert allows(rules_for(text, AGENT), f"https://site.example/{'a' * 4_000}")
    assert time.monotonic() - began < limits.seconds(2)
