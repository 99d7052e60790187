"""What a failed request is called."""

from __future__ import annotations

import pytest

from digest.feeds.http.failures import unspoken_login


@pytest.mark.parametrize(
    ("challenges", "named"),
    [
        (['Digest realm="a", nonce="b"'], "Digest"),
        (['digest realm="Basic, of course", qop="auth, auth-int"'], "Digest"),
        (["Negotiate", "NTLM"], "NTLM or Negotiate"),
        (["Negotiate, NTLM"], "NTLM or Negotiate"),
        (['Digest realm="a", algorithm=MD5, Digest realm="a", algorithm=SHA-256'], "Digest"),
    ],
)
def test_a_login_that_no_header_answers_is_named(challenges: list[str], named: str) -> None:
    assert f"asks for {named} authentication, which digest does" in unspoken_login(challenges)


@pytest.mark.parametrize(
    "challenges",
    [
        [],
        [""],
        ['Basic realm="Digest realm"'],
        ['Digest realm="a"', 'Basic realm="a"'],
        ['Digest realm="a", nonce="b", Basic realm="a"'],
        ['Bearer realm="a"'],
        ['Digest realm="a", Token realm="b"'],
    ],
)
def test_one_that_a_header_answers_is_not(challenges: list[str]) -> None:
    assert unspoken_login(challenges) == ""
