"""What only newsletters have: hidden text, confirmations; and messages that are hostile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config.rule_parser import parse_rule
from digest.editions.filter import Rules, judge
from digest.editions.rules import Subject
from digest.feeds.newsletters.content import read_content
from digest.feeds.newsletters.message import entry_of
from digest.model import CONFIRMATION, Fact
from tests import limits
from tests.editions.entries import entry
from tests.feeds.sources.mail.letters import letter
from tests.rendering.samples import edition, story
from tests.rendering.test_order_in_forms import composed, forms

if TYPE_CHECKING:
    from digest.model import ParsedEntry

WEB, OUT, CLICK = "https://w.example/1", "https://w.example/out", "https://w.example/c/7?utm_x=1"


def html_letter(body: str, **headers: str) -> bytes:
    plain = letter(1, **headers)
    head, _, _ = plain.partition(b"Content-Type")
    return head + b"Content-Type: text/html; charset=utf-8\n\n" + body.encode()


def read(body: str, **headers: str) -> ParsedEntry:
    return entry_of(html_letter(body, **headers))


@pytest.mark.parametrize(
    "words",
    [
        *("View this email in your browser", "View in browser", "Read online", "Web version"),
        *("Im Browser öffnen", "Online-Version", "Newsletter im Browser ansehen"),
        *("Voir dans le navigateur", "Lire en ligne", "Version en ligne"),
        *("Ver en el navegador", "Versión web", "Visualizza nel browser", "Versione online"),
        *("Bekijk in je browser", "Webversie", "Ver no navegador", "Versão web"),
        *("ブラウザで見る", "Web版はこちら", "عرض في المتصفح", "צפייה בדפדפן", "לצפייה בדפדפן"),
    ],
)
def test_the_link_to_it_on_the_web_in_every_language(words: str) -> None:
    found = read(f'<p><a href="{WEB}">{words}</a></p><p>What it says.</p>')

    assert found.link == WEB
    assert found.html == "<p>What it says.</p>"


def test_a_list_of_articles_to_read_online_is_a_list() -> None:
    items = "".join(
        f'<p>Story {n}. <a href="https://w.example/{n}">Read online</a></p>' for n in range(1, 4)
    )

    assert read(items).link == ""
    assert read(items).html == items


@pytest.mark.parametrize(
    "words",
    [
        *("Unsubscribe", "Manage preferences", "Abmelden", "Newsletter abbestellen"),
        *("Se désabonner", "Désinscription", "Darse de baja", "Cancelar la suscripción"),
        *("Disiscriviti", "Annulla iscrizione", "Uitschrijven", "Cancelar inscrição"),
        *("配信停止", "إلغاء الاشتراك", "הסרה מרשימת התפוצה", "here"),
    ],
)
def test_the_way_out_of_the_list_is_not_shown(words: str) -> None:
    sentence = "No more of this? Unsubscribe " if words == "here" else ""
    found = read(f'<p>What it says.</p><p>{sentence}<a href="{OUT}">{words}</a></p>')

    assert (found.link, found.html) == ("", "<p>What it says.</p>")


def test_the_way_out_that_a_header_names_is_not_shown_whatever_it_is_called() -> None:
    found = read(f'<p>It says.</p><p><a href="{OUT}">Bye</a></p>', List_Unsubscribe=f"<{OUT}>")

    assert (found.link, found.html) == ("", "<p>It says.</p>")


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Please confirm your subscription", "Yes, subscribe me"),
        ("Welcome!", "Confirm my e-mail address"),
        ("Bitte bestätigen Sie Ihre Anmeldung", "Anmeldung bestätigen"),
        ("Confirmez votre inscription", "Je confirme"),
        ("Confirma tu suscripción", "Confirmar suscripción"),
        ("Conferma la tua iscrizione", "Conferma iscrizione"),
        ("Bevestig je inschrijving", "Bevestig je inschrijving"),
        ("Confirme sua inscrição", "Confirmar inscrição"),
        ("メールアドレスの確認", "登録を確認する"),
        ("تأكيد الاشتراك", "تأكيد الاشتراك"),
        ("אישור הרשמה", "אישור הרשמה"),
    ],
)
def test_a_confirmation_keeps_its_link_as_it_stands_there(subject: str, words: str) -> None:
    found = read(f'<p>Was it you?</p><p><a href="{CLICK}">{words}</a></p>', Subject=subject)

    assert found.link == CLICK
    assert found.facts == (Fact(CONFIRMATION, 1),)
    assert CLICK in found.html
    assert found.title == f"News: {subject}"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Senate confirms judge", f'<p><a href="{WEB}">Read on</a> and <a href="{OUT}">on</a></p>'),
        ("Confirm your subscription", "<p>It did not work.</p>"),
        ("Confirm your subscription", f'<p>{"words " * 300}<a href="{CLICK}">Confirm</a></p>'),
        ("Letter 1", f'<p>We <a href="{WEB}">confirmed it</a>, and <a href="{OUT}">more</a>.</p>'),
    ],
)
def test_what_only_has_the_word_is_no_confirmation(subject: str, body: str) -> None:
    assert read(body, Subject=subject).facts == ()


def test_a_confirmation_comes_first_whatever_the_rules_say() -> None:
    click = entry(9, "b", title="News: Please confirm your subscription", link=CLICK)
    click = type(click)(
        **{name: getattr(click, name) for name in click.__struct_fields__}
        | {"facts": (Fact(CONFIRMATION, 1),)}
    )
    entries = [*(entry(number, "a") for number in range(1, 9)), click]
    rules = Rules(include=(parse_rule("title:story"),), exclude=(parse_rule("title:confirm"),))

    judged = judge(entries, rules, lambda each: Subject(each, (), (), str))
    made = composed(judged.kept, watched=dict(judged.watched), top=1)

    assert not judged.left_out
    assert made.stories[0].url == CLICK
    assert "★" not in forms(made)["text"]
    assert "confirmation" not in forms(made)["text"].lower()


def test_a_story_without_a_link_is_whole_in_every_form() -> None:
    made = edition(story(1, title="Hall closed", url=""), story(2, title="Other news"))

    for name, text in forms(made).items():
        assert "Hall closed" in text, name
        assert "<>" not in text, name
        assert "[Hall closed](" not in text, name
        assert "<|" not in text, name


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display: none">PRE</div>',
        '<span style="mso-hide:all;font-size:0">PRE</span>',
        '<div style="max-height:0px;overflow:hidden">PRE</div>',
        '<div style="opacity:0">PRE</div>',
        "<div hidden>PRE</div>",
        '<span class="preheader">PRE</span>',
        '<p style="font-size:1px;color:#fff">PRE</p>',
        "<title>PRE</title>",
        "<!--[if mso]>PRE<![endif]-->",
        "<style>PRE</style>",
    ],
)
def test_what_nobody_is_to_see_is_gone(hidden: str) -> None:
    assert read_content(f"<body>{hidden}<p>Text</p></body>").html == "<p>Text</p>"


@pytest.mark.parametrize(
    "shown",
    [
        '<div style="font-size:0"><p>Text</p></div>',
        '<div style="max-height:0.5em"><p>Text</p></div>',
        '<div style="line-opacity:0"><p>Text</p></div>',
    ],
)
def test_what_is_to_be_seen_stays(shown: str) -> None:
    assert "<p>Text</p>" in read_content(shown).html


@pytest.mark.parametrize(
    "picture",
    [
        '<img src="https://x.example/p.gif" width="1" height="1">',
        '<img src="https://x.example/p.gif" style="width:1px;height:1px">',
        '<img src="https://x.example/track/open.php?u=1">',
        '<img src="cid:logo@x">',
        '<img src="data:image/png;base64,AAAA">',
        '<img src="//x.example/p.gif">',
    ],
)
def test_trackers_and_what_came_with_it_are_gone(picture: str) -> None:
    assert read_content(f"<p>Text</p>{picture}").html == "<p>Text</p>"


def test_a_picture_of_the_story_stays() -> None:
    picture = '<img src="https://x.example/open/sea.jpg" width="600" height="400" alt="The sea">'

    assert "sea.jpg" in read_content(f"<p>Text</p>{picture}").html


def nested(depth: int) -> bytes:
    parts = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n'
        for level in range(depth)
    )
    return letter(1).partition(b"Content-Type")[0] + parts.encode() + b"\n\ntext"


def many_parts(number: int) -> bytes:
    head = letter(1).partition(b"Content-Type")[0]
    part = b"--b\nContent-Type: text/plain\n\nx\n"
    return head + b'Content-Type: multipart/mixed; boundary="b"\n\n' + part * number + b"--b--\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1_000,
        nested(2_000),
        nested(50),
        many_parts(10_000),
        b"Subject: x\n" * 80_000 + b"\nbody",
        b"Subject: " + b"=?utf-8?q?=41?= " * 60_000,
        b"From: " + b'"a" <a@b.example>, ' * 40_000 + b"\n\n",
        b"List-Unsubscribe: " + b"<" * 900_000 + b"\n\n",
        html_letter("<div>" * 150_000),
        html_letter("<table><tr><td>" * 60_000),
        html_letter('<a href="https://x.example/">here</a>' * 15_000),
        html_letter('<div style="display:none' * 30_000),
        letter(1, text="https://x.example/" * 50_000),
        letter(1, text="( " * 400_000),
    ],
    ids=range(15),
)
def test_hostile_messages_take_no_longer_than_others(raw: bytes) -> None:
    started = time.perf_counter()

    found = entry_of(raw[:1_000_000])

    assert time.perf_counter() - started < limits.seconds(3)
    assert found.guid


@pytest.mark.slow
@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_anything_is_some_message(tail: bytes) -> None:
    for raw in (tail, letter(1) + tail, html_letter("<p>") + tail, b"Subject: " + tail):
        assert entry_of(raw).guid
