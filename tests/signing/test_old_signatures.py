"""What earlier versions signed is in mailboxes and browsers, and is good for ever."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest

from digest.signing.sessions import Sessions
from digest.signing.tokens import Confirmation, Tokens
from digest.signing.web_links import digest_feed_url, digest_token, edition_due, edition_url

# Made by version 0.1.0 with this key.
KEY = bytes(range(32))
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RECIPIENT = "XQmypi6gtBDD3eHJnqiC-1JXFeMkT1j3aW5ib3gAYWRhQGV4YW1wbGUuY29t"
CONFIRMATION = (
    "mYN1mNLpcPwZu0uJTPYieaYE-Wvge0jtaW5ib3gAQWRhQGV4YW1wbGUuY29tADE3OTU0MjA4MDAAAAAAAAAA"
)
REFUSAL = "Bvf1tdijGv9mp0VK5EOZ9v144CWIpRe2aW5ib3gAYWRhQGV4YW1wbGUuY29t"
FORM = "LvEbIkGNuSetDMIeV-hWD1iEOM5_CtuXaW5ib3gAMTc5NTQyMDgwMDAwMAAA"
EDITION = "https://d.example/e/weekly/20261123T080000Z/j5b9iGS6exu421efymPFsA"
FEED = "https://d.example/digests/weekly/zr7II3LDATsGotnVNjyTBA.atom"
NONCE = "A" * 22
SESSION = f"3592000.{NONCE}.045caf3adf5e39a996c3d8ada062f987780594148ac88e3185f0d3feb6e6cdeb"
FORM_OF_SESSION = "3dd245d47a97f2b4843b5ad294ff9d796edbeeb1c69df06ab9369c0da64e7e1b"
BROWSER = f"{NONCE}.aa9b2763c463a7a2f6fbef0bf1d17fae386261b663fb136964210bd29defcb90"


@pytest.mark.parametrize("tokens", [Tokens(KEY), Tokens(b"new", (KEY,))])
def test_tokens_of_recipients_are_known_also_by_a_retired_key(tokens: Tokens) -> None:
    assert tokens.leaver(RECIPIENT) == ("inbox", "ada@example.com")
    assert tokens.refusal(REFUSAL) == ("inbox", "ada@example.com")


def test_tokens_are_made_as_ever() -> None:
    tokens, asked = Tokens(KEY), Confirmation("inbox", "Ada@example.com", AT)
    assert tokens.of_recipient("inbox", "Ada@Example.com") == RECIPIENT
    assert tokens.of_confirmation(asked) == CONFIRMATION
    assert tokens.of_refusal("inbox", "Ada@example.com") == REFUSAL
    assert tokens.of_form("inbox", AT) == FORM
    assert tokens.recipient(RECIPIENT) == ("inbox", "ada@example.com")
    assert tokens.confirmation(CONFIRMATION) == asked
    assert tokens.form(FORM, "inbox") == AT


def test_links_are_made_as_ever() -> None:
    assert edition_url("https://d.example/", KEY, "weekly", AT) == EDITION
    assert digest_feed_url("https://d.example/", KEY, "weekly") == FEED
    assert edition_due(KEY, *EDITION.split("/")[-3:]) == AT
    assert f"{digest_token(KEY, 'weekly')}.atom" == FEED.rpartition("/")[2]


def test_sessions_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Sessions(KEY, lambda: 1_000_000.0)
    found = known.find("a password", SESSION)
    assert found
    assert found.token == FORM_OF_SESSION
    assert known.browser("a password", BROWSER) == NONCE
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: NONCE)
    assert (known.begin("a password"), known.mark("a password")) == (SESSION, BROWSER)
