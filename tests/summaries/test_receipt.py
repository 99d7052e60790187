"""The receipt over sets of right and wrong summaries, written by others than the gate."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from digest.summaries.receipt import Article, refusal

SETS = [Path(__file__).parent / name for name in ("receipt",)]
# What no check sees that knows neither the world nor grammar, by how it begins.
UNSEEN = {
    "L'entreprise grenobloise Cueillix": "a place as an adjective, without a capital",
    "「みなと座」の支配人には、大阪の": "a place in a script without capitals",
}


class Wrong(msgspec.Struct, frozen=True):
    text: str
    because: str


class RightArticle(msgspec.Struct, frozen=True):
    title: str
    text: str
    language: str
    summaries: list[str]


class WrongArticle(msgspec.Struct, frozen=True):
    title: str
    text: str
    language: str
    summaries: list[Wrong]


def _read(path: Path, kind: type[msgspec.Struct]) -> list[tuple[Article, object]]:
    found = msgspec.yaml.decode(path.read_bytes(), type=list[kind])  # type: ignore[valid-type]
    return [(Article(each.title, each.text), each.summaries) for each in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize("folder", SETS, ids=lambda path: path.name)
def test_of_right_summaries_at_most_one_in_twenty_is_refused(folder: Path) -> None:
    refused = {}
    total = 0
    for article, summaries in _read(folder / "right.yaml", RightArticle):
        for summary in summaries:  # type: ignore[attr-defined]
            total += 1
            if reason := refusal(summary, article):
                refused[summary] = reason

    assert total > 100
    assert len(refused) <= total * 0.05, refused


@pytest.mark.parametrize("folder", SETS, ids=lambda path: path.name)
def test_no_wrong_summary_is_accepted_but_those_that_nobody_could_see(folder: Path) -> None:
    accepted = [
        f"{wrong.because}: {wrong.text}"
        for article, summaries in _read(folder / "wrong.yaml", WrongArticle)
        for wrong in summaries  # type: ignore[attr-defined]
        if not refusal(wrong.text, article) and not wrong.text.startswith(tuple(UNSEEN))
    ]

    assert accepted == []


GERMAN = Article(
    "Turm in Ellerau",
    "Die Stadt Ellerau baut einen Turm, sagte Bürgermeisterin Birgit Altmann am Montag. Er"
    " speichert Wärme für 9.500 Wohnungen und kostet 12 Millionen Euro.",
)
ARTICLE = Article(
    "Harbour road closes to cars",
    "The council of Oslo voted on Monday to close the harbour road to cars from 3 March on. Works"
    ' cost 1,200,000 kroner and take three weeks, said mayor Kari Berg. "We owe it to those who'
    ' live here," she said. Buses are not affected. The road has carried cars since 1964.',
    ("Harbour News",),
)
RIGHT = [
    "Oslo's council closes the harbour road to cars from March 3.",
    "The harbour road in Oslo closes to cars; works take 3 weeks and cost 1.2 million kroner.",
    "Mayor Kari Berg said the works would take three weeks, Harbour News reports.",
    'Kari Berg said the city owes it "to those who live here" to close the road.',
    "Buses will not be affected when the road, open to cars since 1964, closes.",
]
WRONG = {
    "named 'Lind'": "Mayor Kari Lind said that works on the harbour road take three weeks.",
    "named 'Bergen'": "The council of Bergen closes the harbour road to cars from 3 March on.",
    "has the number": "The works on the harbour road cost 1,300,000 kroner and take three weeks.",
    "has the number '4 weeks'": "The works on the harbour road of Oslo take 4 weeks.",
    "has the number '1.2 billion": "The works on the harbour road cost 1.2 billion kroner.",
    "has the number '13 march'": "The harbour road in Oslo closes to cars from 13 March on.",
    "has the number 'tuesday'": "The council of Oslo voted on Tuesday to close the harbour road.",
    "quotes 'We owe it to Oslo'": 'Kari Berg said of the harbour road: "We owe it to Oslo".',
    "named 'minister'": "The minister said that works on the harbour road take three weeks.",
    "leaves out a 'not'": "Buses are affected by the works on the harbour road in Oslo.",
    "has an address in it": "The harbour road closes to cars, says harbour-news.example today.",
    "has markup in it": "The **harbour road** of Oslo closes to cars from 3 March on.",
    "has characters in it that do not": "The harbour\u200b road of Oslo closes to cars.",
    "tells its reader": "Click here for all about the harbour road of Oslo, which closes.",
    "speaks of itself": "As an AI language model I cannot say why the harbour road closes.",
    "is in another language": "Die Hafenstraße von Oslo wird ab dem 3. März für Autos gesperrt, und"
    " das ist nicht alles, was der Rat der Stadt mit ihr vorhat.",
    "is the title again": "Harbour road closes to cars.",
    "is too long": "The harbour road of Oslo closes to cars. " * 11,
    "is too short": "It closes.",
    "is empty": " ",
}


@pytest.mark.parametrize("summary", RIGHT)
def test_what_the_article_says_is_taken(summary: str) -> None:
    assert refusal(summary, ARTICLE) == ""


@pytest.mark.parametrize("reason", WRONG)
def test_what_it_does_not_say_is_refused_with_the_reason(reason: str) -> None:
    assert refusal(WRONG[reason], ARTICLE).startswith(f"the summary {reason}")


def test_a_summary_may_be_in_the_language_that_was_asked_for() -> None:
    french = (
        "Le conseil d'Oslo ferme la route du port aux voitures à partir du 3 mars, et c'est tout."
    )

    assert refusal(french, ARTICLE, "fr") == ""
    assert refusal(french, ARTICLE) == "the summary is in another language"
    assert refusal(RIGHT[0] + " " + RIGHT[1], ARTICLE, "fr") == "the summary is in another language"


@pytest.mark.parametrize(
    "number", ["1.234,567,89", "9" * 310, "1,000,000.000.000", "0.0", "1.2.3.4", "00,00", "1'000.5"]
)
def test_a_number_of_any_form_is_one(number: str) -> None:
    said = f"The works on the road cost about {number} kroner, says the council of the town."

    assert refusal(said, Article("Works on the road", f"It is said that {said}")) == ""
    assert refusal(said, ARTICLE).startswith("the summary has the number")


def test_a_day_of_somebodys_is_a_day() -> None:
    assert refusal("The council said so in Monday's vote on the harbour road.", ARTICLE) == ""
    assert "friday" in refusal("The council said so in Friday's vote on the road.", ARTICLE)


@pytest.mark.parametrize(
    "summary",
    [
        "Ellerau bekommt einen Wärmespeicher für 9500 Wohnungen, wie Birgit Altmann mitteilte.",
        "Der Bau des Turms kostet die Gemeinde zwölf Millionen Euro, so die Bürgermeisterin.",
    ],
)
def test_german_nouns_need_not_stand_in_the_article(summary: str) -> None:
    assert refusal(summary, GERMAN) == ""


@pytest.mark.parametrize("name", ["Becker", "Neumann", "Krüger", "Albrecht"])
def test_german_surnames_have_to(name: str) -> None:
    said = f"Die Stadt baut einen Turm für Wärme, teilte Birgit {name} den Bürgern mit."

    assert refusal(said, GERMAN) == f"the summary named '{name}', which the article does not"
