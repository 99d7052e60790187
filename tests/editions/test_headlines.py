"""Titles and authors of a length that reads, and simple mathematics in plain characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.authors import byline, writer
from digest.editions.headlines import cut_at_word, headline, without_agency
from digest.editions.mathematics import with_mathematics
from digest.language import language_of
from tests.editions.entries import entry

ENGLISH = language_of("en")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"A bound of $\alpha^2 \leq 1$ holds", "A bound of α² ≤ 1 holds"),
        (r"$\mathbb{R}^n$-valued maps", "ℝⁿ-valued maps"),
        (r"Runs in $O(n)$ time", "Runs in O(n) time"),
        (r"On $n$ points, $k = 3$, $n/2 + 1$", "On n points, k = 3, n/2 + 1"),
        (r"$10^{-3}$ and $x_1$, H$_2$O", "10⁻³ and x₁, H$_2$O"),
        (r"$\sqrt{2}$, $\sim 5\%$, $a \times b$", "√2, ∼ 5%, a × b"),
        (r"$\beta$-decay, $\ell_2$, $\mathrm{SU}(2)_L^a$", r"β-decay, ℓ₂, $\mathrm{SU}(2)_L^a$"),
        (r"$\log n$ and $\mathcal{O}(n)$", "log n and O(n)"),
        (r"$\frac{a}{b}$ stays", r"$\frac{a}{b}$ stays"),
        (r"$x^{2^n}$ stays", r"$x^{2^n}$ stays"),
        ("It costs $5 and $10", "It costs $5 and $10"),
        ("From $5-$10 to US$20, or $5$", "From $5-$10 to US$20, or $5$"),
        ("$AAPL and $TSLA fall, $HOME stays", "$AAPL and $TSLA fall, $HOME stays"),
        ("Set $PATH:$HOME first", "Set $PATH:$HOME first"),
        (r"\$a$ and a$b$c", r"\$a$ and a$b$c"),
    ],
)
def test_simple_mathematics_is_in_characters(text: str, shown: str) -> None:
    assert with_mathematics(text) == shown


@given(st.text(alphabet="$\\alph^_{}12 nx", max_size=60))
def test_what_has_no_dollars_around_is_as_it_was(text: str) -> None:
    assert with_mathematics(text.replace("$", "")) == text.replace("$", "")
    assert with_mathematics(with_mathematics(text)).count("$") <= text.count("$")


def test_a_long_title_ends_with_a_word() -> None:
    title = "Ships in the harbour of " * 10
    shown = headline(title.strip())
    assert len(shown) <= 160
    assert shown.endswith("…")
    assert title.startswith(shown[:-1])
    assert title[len(shown) - 1] == " "
    assert headline("x" * 160) == "x" * 160
    assert headline("猫" * 170) == "猫" * 159 + "…"


@given(st.text(min_size=1, max_size=60), st.integers(5, 40))
def test_what_is_cut_is_not_too_long(text: str, most: int) -> None:
    assert len(cut_at_word(text, most)) <= most
    if len(text) <= most:
        assert cut_at_word(text, most) == text


@pytest.mark.parametrize(
    ("authors", "shown"),
    [
        ("Jane Doe", "Jane Doe"),
        ("Jane Doe, John Smith and Ada Lovelace", "Jane Doe, John Smith and Ada Lovelace"),
        (
            "Jane Doe, John Smith, Ada Lovelace, Bob Roe",
            "Jane Doe, John Smith, Ada Lovelace et al.",
        ),
        (
            "Jane Doe (MIT, Boston), John Smith (ETH), Ada Lovelace, Bob Roe",
            "Jane Doe, John Smith, Ada Lovelace et al.",
        ),
        ("A. Doe, B. Smith, C. Roe, D. Poe, and E. Low", "A. Doe, B. Smith, C. Roe et al."),
        ("Doe, Jane; Smith, John; Roe, Bob; Low, Eve", "Doe, Jane, Smith, John, Roe, Bob et al."),
        ("Jane Doe, PhD, MPH, FACP", "Jane Doe, PhD, MPH, FACP"),
        ("github-actions[bot]", ""),
        ("Renovate Bot", ""),
        ("semantic-release-bot", ""),
        ("admin", ""),
        ("Ben Bot", "Ben Bot"),
        ("Abbot", "Abbot"),
        ("Jane Doe, dependabot[bot]", "Jane Doe"),
        ("Jane Doe, github-actions[bot] and Bob Roe", "Jane Doe, Bob Roe"),
        ("", ""),
    ],
)
def test_three_authors_are_named(authors: str, shown: str) -> None:
    assert byline(authors, ENGLISH) == shown


@pytest.mark.parametrize(
    ("home", "link", "talk", "author"),
    [
        ("https://links.example/", "https://a.example/1", "https://links.example/s/1", ""),
        ("https://links.example/", "https://links.example/s/1", "https://links.example/s/1", "Ada"),
        ("https://a.example/", "https://a.example/1", "https://links.example/s/1", "Ada"),
        ("https://a.example/", "https://a.example/1", "", "Ada"),
    ],
)
def test_who_posts_a_link_is_no_author(home: str, link: str, talk: str, author: str) -> None:
    posted = replace(entry(1, link=link), author="Ada", feed_home=home, discussion=talk)
    assert writer(posted) == author


def test_others_are_named_in_the_language_of_the_edition() -> None:
    authors = "Jana Doe, Jan Schmidt, Ada Lovelace, Bob Roe"
    assert byline(authors, language_of("de")) == "Jana Doe, Jan Schmidt, Ada Lovelace u. a."


@pytest.mark.parametrize(
    ("excerpt", "shown"),
    [
        ("(Meridian) Shops are shut.", "Shops are shut."),
        ("(MERIDIAN WIRE) – “Shops are shut.”", "“Shops are shut.”"),
        ("Harwick (Meridian) - Shops are shut.", "Shops are shut."),
        ("(Almost) All shops are shut.", "(Almost) All shops are shut."),
        ("(Meridian) shops are shut.", "(Meridian) shops are shut."),
        ("(Wire) The fence is new.", "The fence is new."),
        ("(Wi) The fence is new.", "(Wi) The fence is new."),
    ],
)
def test_a_feed_that_brings_a_report_is_not_named_in_it(excerpt: str, shown: str) -> None:
    assert without_agency(excerpt, "Meridian Wire") == shown
