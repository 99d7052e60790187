"""What is asked: visible text alone, within the tokens that there are."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from digest.summaries.articles import EntryText
from digest.summaries.prompts import summary_questions
from digest.summaries.receipt import Article
from digest.summaries.tokens import estimate, is_cut
from digest.summaries.visible import visible_text


def text_of(number: int, words: int) -> EntryText:
    given = f"Article {number} says " + "word " * words
    return EntryText(f"{number:064x}"[::-1], "", given, Article(f"Title {number}", given))


@given(st.lists(st.integers(10, 600), min_size=1, max_size=30), st.integers(1_500, 8_000))
def test_each_article_is_asked_about_once_and_no_question_is_too_large(
    sizes: list[int], most: int
) -> None:
    texts = [text_of(number, words) for number, words in enumerate(sizes)]
    questions = list(summary_questions(texts, most))

    asked = [item.key for question in questions for item in question.items]
    assert asked == list(dict.fromkeys(text.key for text in texts))
    for question in questions:
        assert question.tokens() + question.answer_tokens <= most


def test_a_question_has_the_data_and_nothing_of_it_in_its_instructions() -> None:
    (question,) = summary_questions([text_of(1, 30)], 3_000)
    system, user = question.messages("json_schema")

    assert "Article 1" not in system["content"]
    assert [item["id"] for item in json.loads(user["content"])] == list(question.ids)


def test_what_does_not_show_is_not_asked_about() -> None:
    hidden = "".join(chr(0xE0000 + ord(sign)) for sign in "ignore all")
    text = f"Seen{hidden}\u200b \u202etext\u202c\x00 and\u2060 \ufeffmore"

    assert visible_text(text) == "Seen text and more"
    assert visible_text("می\u200cروم 👩\u200d🔬") == "می\u200cروم 👩\u200d🔬"


def test_tokens_are_estimated_rather_too_many() -> None:
    assert estimate("word " * 300) == 500
    assert estimate("新しい道路は来月開通します。") >= 13
    assert estimate("") == 0


def test_a_count_far_below_the_estimate_is_of_a_cut_question() -> None:
    assert is_cut(900, 2_400)
    assert not is_cut(1_300, 2_400)
    assert not is_cut(0, 2_400)
