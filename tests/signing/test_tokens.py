"""Tokens: nobody's but those that this installation made, for what they were made for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.signing.tokens import Confirmation, Tokens

TOKENS = Tokens(b"k" * 32)
UNTIL = datetime(2026, 11, 19, 9, tzinfo=UTC)
ADA = TOKENS.of_recipient("inbox", "ada@example.com")


@given(st.from_regex(r"[A-Za-z0-9]{1,64}", fullmatch=True), st.emails())
def test_a_token_says_whose_it_is(channel: str, address: str) -> None:
    token = TOKENS.of_recipient(channel, address)
    assert TOKENS.recipient(token) == (channel, address.lower())
    assert len(token) % 12 == 0


@pytest.mark.parametrize(
    "written", ["ADA@Example.com", "Ada Lovelace <ada@example.com>", '"A, B" <Ada@EXAMPLE.com>']
)
def test_however_the_address_is_written_it_is_the_same(written: str) -> None:
    assert TOKENS.of_recipient("inbox", written) == ADA


def test_a_domain_is_the_same_in_letters_and_in_ascii() -> None:
    in_letters = TOKENS.of_recipient("inbox", "ada@bücher.example")
    assert in_letters == TOKENS.of_recipient("inbox", "ada@xn--bcher-kva.example")


def test_no_other_is_the_same() -> None:
    others = {
        TOKENS.of_recipient("inbox", "bob@example.com"),
        TOKENS.of_recipient("other", "ada@example.com"),
        Tokens(b"K" * 32).of_recipient("inbox", "ada@example.com"),
        TOKENS.of_confirmation(Confirmation("inbox", "ada@example.com", UNTIL)),
    }
    assert len(others | {ADA}) == 5


def test_a_token_of_another_installation_is_nobodys() -> None:
    assert Tokens(b"K" * 32).recipient(ADA) is None


def test_a_token_for_something_else_is_nobodys() -> None:
    asked = Confirmation("inbox", "Ada@example.com", UNTIL)
    token = TOKENS.of_confirmation(asked)
    assert TOKENS.confirmation(token) == asked
    assert TOKENS.recipient(token) is None
    assert TOKENS.confirmation(ADA) is None


@given(st.integers(0, len(ADA) - 1), st.sampled_from("ABCxyz019-_"))
def test_a_token_with_another_letter_is_nobodys(at: int, letter: str) -> None:
    forged = ADA[:at] + letter + ADA[at + 1 :]
    assert forged == ADA or TOKENS.recipient(forged) is None


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{48,96}", fullmatch=True))
def test_what_is_no_token_is_nobodys(text: str) -> None:
    assert TOKENS.recipient(text) is None


@pytest.mark.parametrize(
    "odd", [ADA + "=", ADA + "\n", ADA[:-1], ADA[12:], ADA * 99, ADA + "A" * 12]
)
def test_only_the_very_token_is_one(odd: str) -> None:
    assert TOKENS.recipient(odd) is None


def test_what_is_signed_for_one_purpose_is_nothing_for_another() -> None:
    assert TOKENS._read("recipient", ADA) == ["inbox", "ada@example.com"]
    assert TOKENS._read("confirmation", ADA) == []
