"""Titles that take other sides, or are of other kinds, are not the same news."""

from __future__ import annotations

import pytest

from digest.editions.similarity.likeness import contradict
from digest.editions.similarity.stances import opposite
from digest.editions.similarity.titles import read_title


def apart(one: str, other: str) -> bool:
    first, second = read_title(one), read_title(other)
    assert contradict(first, second) == contradict(second, first)
    return contradict(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maintainers merge Acme scheduler", "Maintainers reject Acme scheduler"),
        ("Regulator approves Acme merger", "Regulator delays Acme merger"),
        ("Voters back Acme stadium", "Voters turn down Acme stadium"),
        ("Council approves Acme bridge", "Council votes against Acme bridge"),
        ("Acme admits hiding flaw", "Acme denies hiding flaw"),
        ("Spain recognises Acme", "Spain refuses to recognise Acme"),
        ("Acme launches Bolt", "Acme recalls Bolt"),
        ("Acme bridge closed", "Acme bridge reopens"),
        ("Train service to Acme suspended", "Train service to Acme resumes"),
        ("Florida bans Acme meat", "Florida lifts ban on Acme meat"),
        ("Acme shares up", "Acme shares down"),
        ("Acme shares hit high", "Acme shares hit low"),
        ("Acme holds rates unchanged", "Acme raises rates"),
        ("Acme buys stake in Bolt", "Acme sells stake in Bolt"),
        ("Acme wins cup", "Acme loses cup"),
        ("Jury finds Acme guilty", "Jury acquits Acme"),
        ("Acme adds long posts", "Acme removes long posts"),
        ("Acme enables training", "Acme disables training"),
        ("Acme joins Ariane", "Acme leaves Ariane"),
        ("Hiker found alive in Acme", "Hiker found dead in Acme"),
        ("Meta hires head of Acme", "Acme hires head of Meta"),
        ("Acme sues Bolt", "Bolt sues Acme"),
        ("SPD stimmt Acme-Vertrag zu", "SPD lehnt Acme-Vertrag ab"),
        ("Gericht erlaubt Acme-Demo", "Gericht verbietet Acme-Demo"),
        ("Le Sénat adopte la loi Acme", "Le Sénat rejette la loi Acme"),
        ("Sube el precio de Acme", "Baja el precio de Acme"),
        ("円相場が上昇", "円相場が下落"),
        ("巨人が阪神に勝利", "巨人が阪神に敗北"),
    ],
)
def test_two_sides_are_two_stories(one: str, other: str) -> None:
    assert apart(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme sells Bolt to Cog", "Cog buys Bolt from Acme"),
        ("Acme beats Bolt in final", "Bolt loses final to Acme"),
        ("Voters reject Acme tax", "Voters vote against Acme tax"),
        ("Acme lifts Bolt ban", "Acme ends ban on Bolt"),
        ("Acme pauses summaries", "Acme blocks summaries"),
        ("Gold rises as Acme falls", "Gold up, Acme down"),
        ("High Court sides with Acme", "Acme cuts no costs in court"),
        ("Acme opens its data", "US Open: Acme"),
        ("Acme drops support for Bolt", "Acme ends Bolt support"),
    ],
)
def test_the_same_side_in_other_words_is_not(one: str, other: str) -> None:
    assert not opposite(read_title(one).stances, read_title(other).stances)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Bolt 4 beta", "Acme Bolt 4"),
        ("Acme Bolt 4 Beta 2 released", "Acme Bolt 4 released"),
        ("Acme Bolt 4 release candidate", "Acme Bolt 4"),
        ("Acme Bolt 4 RC1", "Acme Bolt 4"),
        ("Acme Bolt v4.0.0-rc.1", "Acme Bolt v4.0.0"),
        ("Acme Bolt 4 nightly", "Acme Bolt 4 beta"),
        ("Acme Bolt 4 developer beta", "Acme Bolt 4 public beta"),
        ("Acme Bolt review", "Acme Bolt sold out"),
        ("Acme Bolt: hands-on", "Acme Bolt announced"),
        ("Acme Bolt im Test", "Acme Bolt vorgestellt"),
        ("Acme launches Bolt", "Bolt vs Cog"),
        ("Bolt vs Cog", "Bolt vs Nut"),
    ],
)
def test_another_kind_is_another_story(one: str, other: str) -> None:
    assert apart(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Review: Acme Bolt", "Acme Bolt review"),
        ("Acme to review Bolt rules", "Acme looks at Bolt rules"),
        ("Acme Bolt 4 beta out", "Beta of Acme Bolt 4"),
        ("India vs Australia: Acme century", "Acme century as India meet Australia"),
        ("VS Code gets Acme", "Acme in VS Code"),
    ],
)
def test_the_same_kind_is_not(one: str, other: str) -> None:
    first, second = read_title(one), read_title(other)
    assert first.kinds == second.kinds
    assert first.versus <= second.words
