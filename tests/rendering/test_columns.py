"""Plain text is wrapped by what it takes on a screen, and East Asian text by its own rules."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.columns import columns, wrap
from digest.rendering.text_blocks import content_text

JAPANESE = (
    "島を結ぶフェリーは予約を取ったことがない。四十年間で断った車は十一台だけだ。"
    "「これは便利」、とPython 3.12の開発者は言った。コンピューターは１００台、ずっと動いている。"
)
CHINESE = "渡轮从不接受预订，四十年间只拒绝了十一辆车。“很方便”，开发者说（真的）。"
BEGIN_NO_LINE = "、。，．」）？！ー々っゃュ”"
END_NO_LINE = "「（“"


@pytest.mark.parametrize(
    ("text", "wide"),
    [("abc", 3), ("島を", 4), ("ｶﾅ", 2), ("ﾊﾟ", 2), ("é", 1), ("e\u0301", 1), ("a\u200fb", 2)],
)
def test_how_wide_a_text_is(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize("text", [JAPANESE * 3, CHINESE * 5])
@pytest.mark.parametrize("width", [20, 41, 78])
def test_east_asian_text_fills_its_lines_and_keeps_marks_in_place(text: str, width: int) -> None:
    lines = wrap(text, 2, width).split("\n")

    assert "".join(line.strip() for line in lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= width for line in lines)
    # As full as a word of the Latin script or a mark at the end of the line lets them be.
    assert all(columns(line) > width - 14 for line in lines[:-1])
    assert not [line for line in lines if line[2] in BEGIN_NO_LINE or line[-1] in END_NO_LINE]


def test_words_of_other_scripts_stay_whole() -> None:
    text = "私はPythonを使う。" * 9

    assert all(line.count("Python") == line.count("P") for line in wrap(text).split("\n"))


def test_korean_is_broken_at_its_spaces() -> None:
    words = "한국어 문장은 띄어쓰기로 나뉩니다." * 9

    assert " ".join(wrap(words, width=40).split("\n")) == words


def test_a_person_of_several_characters_stays_one() -> None:
    family = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"

    assert all(line.count("\u200d") % 2 == 0 for line in wrap(family * 30).split("\n"))


def test_letters_with_marks_of_their_own_are_broken_too() -> None:
    apart = "か\u3099" * 60

    lines = wrap(apart).split("\n")
    assert [columns(line) for line in lines] == [78, 42]


def test_a_no_break_space_breaks_nothing() -> None:
    assert "4\u00a0min" in wrap("word " * 15 + "4\u00a0min").split("\n")


@given(st.lists(st.from_regex(r"[!-~]{1,20}", fullmatch=True)), st.integers(0, 4))
def test_other_text_is_wrapped_as_the_library_does(words: list[str], indent: int) -> None:
    space = " " * indent
    expected = textwrap.fill(
        " ".join(words),
        78,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )

    assert wrap(" ".join(words), indent) == expected


def test_whole_content_is_wrapped_so_too() -> None:
    html = f"<p>{JAPANESE * 3}</p><ul><li>{CHINESE * 4}</li></ul>"

    lines = content_text(html, 2).split("\n")
    assert max(map(columns, lines)) <= 78
    assert max(map(columns, lines)) > 70
