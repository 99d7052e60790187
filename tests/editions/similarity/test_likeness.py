"""Titles that are alike, and what keeps others apart."""

from __future__ import annotations

import pytest

from digest.editions.similarity.likeness import contradict, likeness
from digest.editions.similarity.titles import read_title


def alike(one: str, other: str) -> float:
    score = likeness(read_title(one), read_title(other))
    assert score == pytest.approx(likeness(read_title(other), read_title(one)), abs=0.2)
    return score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Bolt 2.4.1 fixes Windows start", "Acme Bolt 2.4.2 fixes Windows start"),
        ("Acme Bolt v3 rc1 is out", "Acme Bolt v4 is out"),
        ("Acme Bolt in 2025", "Acme Bolt in 2026"),
        ("The tale of Acme, part 2", "The tale of Acme, part 3"),
        ("The tale of Acme, part II", "The tale of Acme, part III"),
        ("Acme earns $5 million", "Acme earns $7 million"),
        ("Acme shrinks by 3.1%", "Acme shrinks by 3.2%"),
        ("Acme hit by CVE-2026-1111", "Acme hit by CVE-2026-1112"),
        ("Acme in Q1", "Acme in Q2"),
        ("Five hurt at Acme", "7 hurt at Acme"),
        ("Acme on 3 May", "Acme on May 4"),
        ("Acme news for Monday", "Acme news for Tuesday"),
        ("Senate passes Acme bill", "Senate rejects Acme bill"),
        ("Arsenal beat Chelsea", "Chelsea beat Arsenal"),
        ("Moving from Acme to Bolt", "Moving from Bolt to Acme"),
        ("How Docker runs on Ubuntu", "How Docker runs on Fedora"),
        ("A terminal file manager in Rust", "A terminal music player in Rust"),
        ("Fire in Hamburg kills Jane Doe", "Fire in Bremen hurts John Smith"),
    ],
)
def test_what_contradicts(one: str, other: str) -> None:
    assert contradict(read_title(one), read_title(other))
    assert contradict(read_title(other), read_title(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Bolt v2.4.0", "Acme Bolt 2.4"),
        ("Acme pays $32bn", "Acme pays $32 billion"),
        ("Acme pays $68.7 billion", "Acme pays $69bn"),
        ("Acme sells 1,000,000 bolts", "Acme sells 1000000 bolts"),
        ("Acme Bolt 2.4 in 2026", "Acme Bolt 2.4 fixes 3 bugs"),
        ("Five hurt at Acme", "5 hurt at Acme"),
        ("Acme, part II", "Acme, part 2"),
        ("Acme wins", "Acme Corporation wins in Berlin"),
    ],
)
def test_what_does_not(one: str, other: str) -> None:
    assert not contradict(read_title(one), read_title(other))


def test_what_is_called_breaking_news_is_so_only_in_front() -> None:
    assert (
        read_title("Acme shows its bolts live: an hour").key == "acme shows its bolts live an hour"
    )
    assert read_title("Live: Acme shows its bolts").key == "acme shows its bolts"


def test_a_denial_keeps_apart_what_is_the_same_otherwise() -> None:
    one = "Former minister Doe found guilty of fraud in Acme trial"

    assert alike(one, "Former minister Doe found not guilty of fraud in Acme trial") == 0
    assert alike(one, "Acme trial: minister Doe found guilty of fraud")


def test_the_same_advisory_tells_more_than_other_words() -> None:
    with_it = "Acme Bolt holed by CVE-2026-1111, says maker", "Patch CVE-2026-1111 in browsers now"
    without = [title.replace("CVE-2026-1111", "a worm") for title in with_it]

    assert alike(*with_it) > 0.6
    assert alike(without[0], without[1]) == 0


def test_other_events_make_titles_less_alike() -> None:
    one = "Acme raises prices of Bolt in Berlin"

    assert alike(one, "Acme recalls Bolt from shops all over Berlin") < alike(
        one, "Acme presses Bolt on shops all over Berlin"
    )


def test_what_many_titles_have_tells_less() -> None:
    one, other = read_title("Acme Bolt opens in Rome"), read_title("Acme Bolt is made in Paris")

    assert likeness(one, other, {"acm": 0.3, "acme": 0.3, "bolt": 0.3}) == 0


@pytest.mark.parametrize(
    "title",
    [
        *("", "Weekly links", "Release notes", "v1.2.0", "Version 2.4.1 released", "#12", "Update"),
        *("Open thread", "May 2026", "Monday", "Untitled", "2026-05-01", "Episode 12", "🎉🎉🎉"),
        *("Getting started with Docker and Kubernetes", "My home office", "Happy new year 2026"),
        *("What we read this week", "Introducing dark mode", "Scheduled maintenance on Sunday"),
    ],
)
def test_what_any_title_may_say_tells_nothing(title: str) -> None:
    assert not read_title(title).tells_one()
    assert alike(title, title) == 0


@pytest.mark.parametrize(
    "said",
    [
        *("Ärger um Café Müller in Wien", "Arger um Cafe Muller in Wien"),
        *("ÄRGER UM CAFÉ MÜLLER IN WIEN!", "Eilmeldung: Ärger um „Café Müller“ in Wien"),
        *("[Update] Ärger um Café Müller in Wien", "Ärger um Café Müller in Wien (Video)"),
        *(
            "Ärger um Café Müller in Wien | The Paper",
            "Ärger um Café  Müller in\u00a0Wien – the paper",
        ),
    ],
)
def test_a_title_is_the_same_in_other_clothes(said: str) -> None:
    key = read_title("Ärger um Café Müller in Wien").key

    assert read_title(said, {"the paper"}).key == key
