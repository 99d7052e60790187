"""What others said: visible, on one line, of bounded length, and the same when it is done twice."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.untrusted_text import MOST_WORDS, ascii_json, clean_words, visible

# Bidi_Control of the Unicode Character Database (PropList.txt).
BIDI = [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]


@pytest.mark.parametrize(
    "code", [*CONTROLS, *BIDI, 0x2028, 0x2029, 0xFEFF, 0xD800, 0xDC80, 0xE0041]
)
def test_what_acts_on_its_reader_is_made_visible(code: int) -> None:
    assert visible(chr(code)).isascii()
    assert visible(chr(code)).isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "é日本",
        "نص عربي",
        "👩\u200d👩\u200d👧",
        "می\u200cروم",
        "a\u00adb",
        "[bold]x[/bold]",
        r"\x1b",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert visible(text) == text
    assert clean_words(text) == text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("550 5.1.1 no\r\n such user", "550 5.1.1 no such user"),
        ("550 \x1b[31mred\x07", r"550 \x1b[31mred\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("gpj.\u202egnp", r"gpj.\u202egnp"),
        ("a\0b", r"a\x00b"),
        (b"Non trouv\xe9".decode("utf-8", "surrogateescape"), r"Non trouv\xe9"),
        ("\ud83d", r"\ud83d"),
        ("a" + "\u0300" * 6, "a" + "\u0300" * 4 + r"\u0300\u0300"),
        # So do those of any script, and of several at once.
        ("ก" + "\u0e49" * 5, "ก" + "\u0e49" * 4 + r"\u0e49"),
        ("ب" + "\u064b\u0300" * 3, "ب" + "\u064b\u0300" * 2 + r"\u064b\u0300"),
        ("’…" + "\u0489" * 5 + "x", "’…" + "\u0489" * 4 + r"\u0489x"),
        ("שָּׁ֑", "שָּׁ֑"),
        ("  a\t b \n", "a b"),
        ("", ""),
    ],
)
def test_a_reply_becomes_a_visible_line(said: str, shown: str) -> None:
    assert clean_words(said) == shown


@given(st.text())
def test_whatever_is_said_is_one_short_harmless_line(text: str) -> None:
    made = clean_words(text)
    assert len(made) <= MOST_WORDS
    assert clean_words(made) == made
    assert made.encode().decode() == made
    assert {unicodedata.category(c) for c in made}.isdisjoint({"Cc", "Zl", "Zp", "Cs"})
    assert not {ord(c) for c in made} & set(BIDI)


def test_a_long_reply_is_cut() -> None:
    assert clean_words("x" * 10_000) == "x" * MOST_WORDS
    assert clean_words("abc", 2) == "ab"
    assert len(clean_words("\x1b" * 10_000)) == MOST_WORDS


@given(st.text())
def test_json_is_printable_ascii_and_means_the_same(text: str) -> None:
    made = ascii_json({"a": text})
    assert made.isascii()
    assert made.isprintable()
    assert json.loads(made) == {"a": text}
