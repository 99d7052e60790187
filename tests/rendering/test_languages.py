"""Editions in other languages: nothing of them stays English, and each line reads its way."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.jobs.custom_templates import OwnTemplates
from digest.language import languages
from digest.model import AlsoIn, Edition, Failing, Held, Quiet, Section, Story
from digest.rendering.email.message import build_email, text_only
from digest.rendering.footer import next_edition, notes
from digest.rendering.phrases import age, direction, inline, line
from digest.rendering.slack.messages import build_messages
from digest.rendering.templates import Templates
from tests.rendering.markup import document
from tests.rendering.samples import NOW, edition, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATES = Templates()
LTR, RTL = "\u200e", "\u200f"
HEBREW = "שלום"


def wordless(language: str) -> Edition:
    """An edition with all there is to tell, in which no feed says anything in letters."""
    also = (AlsoIn("2", "#"), AlsoIn("3", ""))
    stories = (
        Story("1", "", "1", "4", NOW, "5", 75, also, updated=True),
        *(Story(str(n), "", "1", "", None, "", 1) for n in range(6, 70)),
    )
    since = NOW.replace(month=3)
    return edition(
        language=language,
        title="100",
        subject="100",
        sections=(Section("1", stories),),
        held_back=2,
        held=tuple(Held(str(n), 20) for n in range(5)),
        failing=tuple(Failing(str(n), since) for n in range(5)),
        quiet=tuple(Quiet(str(n), since) for n in range(5)),
        next_at=NOW,
    )


def slack_texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from slack_texts(each)
    elif isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "text" and value == str(value))
        yield from slack_texts(list(part.values()))


@pytest.mark.parametrize("tag", ["ar", "he", "ja"])
def test_nothing_of_an_edition_stays_english(tag: str) -> None:
    for of in (wordless(tag), edition(language=tag, title="1", subject="1")):
        forms = {
            "html": document(TEMPLATES.html(of)).find("body").text_content(),
            "text": TEMPLATES.text(of),
            "markdown": TEMPLATES.markdown(of),
            "slack": " ".join(slack_texts(build_messages(of))),
        }
        assert {name: re.findall(r"[A-Za-z]+", form) for name, form in forms.items()} == {
            name: [] for name in forms
        }


@pytest.mark.parametrize("tag", languages())
def test_language_and_direction_are_said(tag: str) -> None:
    rtl = tag in {"ar", "he"}
    root = document(TEMPLATES.html(edition(story(), language=tag)))

    assert root.get("lang") == tag
    assert root.get("dir") == ("rtl" if rtl else "ltr")
    # Mail programs that drop the element of the document keep what is on a table.
    assert root.find("body/table").get("dir") == root.get("dir")
    [head] = root.find_class("head")
    assert head.get("align") == ("right" if rtl else "left")


def test_stories_of_either_direction_stand_on_their_own_side() -> None:
    of = edition(story(title="Latin"), story(2, title=HEBREW), language="ar")
    root = document(TEMPLATES.html(of))

    cells = [heading.getparent() for heading in root.iter("h3")]
    assert [(cell.get("dir"), cell.get("align")) for cell in cells] == [
        ("ltr", "left"),
        ("rtl", "right"),
    ]
    assert "text-align: left" in cells[0].get("style")
    assert {meta.get("dir") for meta in root.find_class("meta")} == {"rtl"}


@pytest.mark.parametrize(
    ("text", "around", "said"),
    [
        ("Ada", "ltr", "Ada"),
        ("Ada", "rtl", f"Ada{RTL}"),
        (HEBREW, "rtl", HEBREW),
        (HEBREW, "ltr", f"{HEBREW}{LTR}"),
        ("Yahoo!", "rtl", f"Yahoo!{LTR}{RTL}"),
        ("“Ada”", "rtl", f"{LTR}“Ada”{LTR}{RTL}"),
        (f"{HEBREW}!", "ltr", f"{HEBREW}!{RTL}{LTR}"),
        (f"Python {HEBREW}!", "ltr", f"Python {HEBREW}!{LTR}"),
        ("12 – 13", "rtl", "12 – 13"),
        ("", "rtl", ""),
    ],
)
def test_a_name_keeps_its_own_marks_and_turns_nothing(text: str, around: Any, said: str) -> None:
    assert inline(text, around) == said


def test_a_line_of_text_reads_the_way_of_the_language() -> None:
    assert line(f"{HEBREW} · today", "ltr") == f"{LTR}{HEBREW} · today"
    assert line("Ada · اليوم", "rtl") == f"{RTL}Ada · اليوم"
    assert line("12", "rtl") == "12"
    of = edition(story(author="Ada", also_in=(AlsoIn("B", ""),)), language="ar", title="عدد")
    frame = [each for each in TEMPLATES.text(of).splitlines() if re.search("[\u0600-\u06ff]", each)]
    assert len(frame) == 5
    assert {direction(each) for each in frame} == {"rtl"}


def test_values_are_escaped_in_html_and_markup_is_kept(tmp_path: Path) -> None:
    source = (
        '{% set link %}<b>{{ "&" }}</b>{% endset %}'
        '{{ t("{a} & {b}", a=edition.title, b=link) }}|{{ t("Hi {a}", a=edition.title) }}|'
        '{{ plural(1000, "{number} of {a}", "{number} from {a}", a=edition.title) }}|'
        '{{ count(2, "<i>", "<i>s") }}'
    )
    for name in ("edition.html", "edition.txt"):
        (tmp_path / name).write_text(source)
    templates, of = OwnTemplates(tmp_path), edition(title="<T>")

    assert (
        "&lt;T&gt; &amp; <b>&amp;</b>|Hi &lt;T&gt;|1,000 from &lt;T&gt;|2 &lt;i&gt;s"
    ) in templates.html(of)
    assert templates.text(of) == "<T> & <b>&</b>|Hi <T>|1,000 from <T>|2 <i>s"


def test_an_own_template_has_the_language(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text(
        '{{ language.tag }} {{ language.direction }}|{{ t("Updated") }}|'
        '{{ count(2, "story", "stories") }}|{{ edition.period_to | day("UTC") }}|'
        "{{ edition.period_from | age(edition) }}|{{ 75 | reading_time }}|"
        "{{ next_edition(edition) }}"
    )
    of = edition(language="de", next_at=NOW.replace(day=23))

    assert OwnTemplates(tmp_path).text(of) == (
        "de ltr|Aktualisiert|2 Artikel|16. November 2026|9. November|1\u00a0Std.\u00a015\u00a0Min.|"
        "Die nächste Ausgabe kommt am Montag, 23. November, um 10:00 Uhr."
    )


def test_days_are_those_of_the_digest_as_of_composing() -> None:
    of = edition(timezone="Asia/Tokyo", composed_at=NOW.replace(hour=16), language="de")

    assert age(NOW, of) == "Montag"
    assert age(NOW.replace(hour=15), of) == "Dienstag"


def test_what_is_quiet_and_when_the_next_edition_is_due() -> None:
    of = edition(quiet=(Quiet("News", NOW), Quiet("Blog", NOW)), next_at=NOW.replace(day=23))

    since = "(since 16 November 2026)"
    assert notes(of) == f"Nothing new for long: News {since}, Blog {since}."
    assert next_edition(of) == "The next edition is due on Monday, 23 November at 10:00."
    assert next_edition(edition()) == ""
    for form in (TEMPLATES.html, TEMPLATES.text, TEMPLATES.markdown):
        assert next_edition(of) in " ".join(form(of).split())


def test_a_date_that_begins_a_line_makes_no_list_in_markdown() -> None:
    of = edition(story(author=""), language="de", period_from=NOW.replace(month=10))

    markdown = TEMPLATES.markdown(of)

    assert re.findall(r"^\d+\. ", markdown, re.MULTILINE) == []
    assert "\n16\\. November 2026 · 4\u00a0Min.\n" in markdown


def test_an_email_says_its_language_and_keeps_to_it() -> None:
    of = edition(story(), language="de")
    html, text = TEMPLATES.html(of), TEMPLATES.text(of)
    whole = build_email(of, html, text, "Digest <digest@sender.example>")

    plain = text_only(whole)

    assert plain
    for message in (whole, plain):
        assert message_from_bytes(message, policy=policy.SMTP)["Content-Language"] == "de"
    said = message_from_bytes(plain, policy=policy.SMTP).get_content()
    assert said.rstrip().endswith("daher kommt hier nur ihr Text.")
    older = whole.replace(b"Content-Language: de\r\n", b"")
    assert b"so this is only its text" in (text_only(older) or b"").replace(b"=\r\n", b"")


def test_each_part_of_a_slack_post_keeps_to_the_language() -> None:
    many = edition(*(story(n, excerpt="x" * 300) for n in range(120)))
    parts = build_messages(replace(many, language="de"))

    assert len(parts) > 1
    assert f"Fortsetzung, Teil 2 von {len(parts)}" in json.dumps(parts[1])
