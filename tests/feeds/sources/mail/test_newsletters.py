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
from digest.model import CONFIRMATION, Fact, KeyedEntry
from digest.rendering.clean import clean_entries
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
        ("Подтвердите подписку", "Да"),
        ("Potwierdź subskrypcję", "Tak"),
        ("Nur noch ein Klick", "Ja, ich möchte den Newsletter abonnieren"),
        ("One more step", "Complete your subscription"),
        ("One more click", "Click here to confirm"),
        ("Welcome!", '<img src="https://w.example/b.png" alt="Verify e-mail address">'),
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
        *(
            (subject, f'<p>Hello.</p><a href="{WEB}">{words}</a>')
            for subject, words in (
                ("Confirm your order", "Confirm your order"),
                ("Please confirm your attendance", "Please confirm your attendance"),
                ("Please confirm your appointment", "Confirm appointment"),
                ("Your e-mail confirmation rate fell", "Read the study"),
                ("How to confirm a newsletter subscription is real", "Read the story"),
                ("Minister confirms e-mail leak", "Weiterlesen"),
                ("Experts verify newsletter claims", "Read on"),
                ("Bestätigt: Newsletter der Stadt eingestellt", "Mehr lesen"),
                ("Your booking is confirmed", "Manage booking"),
                ("Subscription confirmed", "Visit our website"),
            )
        ),
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


def test_no_picture_is_left_for_anybody_to_ask_for() -> None:
    picture = '<a href="https://x.example/"><img src="https://x.example/s.jpg" alt="The sea"></a>'
    found = read(f"<p>{'Text. ' * 30}</p>{picture}")

    (clean,) = clean_entries([KeyedEntry("k", "f", found)])
    assert (clean.image, "s.jpg" in clean.html) == ("", False)


def test_of_pictures_alone_what_is_written_to_them_is_shown() -> None:
    found = read(
        f'<a href="{WEB}"><img src="https://x.example/1.jpg" width="600" alt="Twelve seeds"></a>'
        '<img src="https://x.example/2.png" width="20" height="20" alt="Share">'
        f'<table><tr><td>No more? <a href="{OUT}">Unsubscribe</a><br>9 Mill Lane</td></tr></table>'
        '<img src="https://x.example/open" width="1" height="1" alt="">'
    )

    assert found.html == f'<a href="{WEB}"><span>Twelve seeds</span></a>'


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<td><div>Short news.</div><div>{out}</div></td>", "<div>Short news.</div>"),
        ("<td>Short news.<br>{out}</td>", "<div>Short news.<br></div>"),
        ("<td><p>No images? {here}</p><p>Short news.</p></td>", "<p>Short news.</p>"),
        ("<td><p>All news: {more}</p><p>x</p></td>", "<p>All news: {more}</p><p>x</p>"),
        ("<td><p>Short news.</p><p>{out}</p><p>9 Mill Lane</p></td>", "<p>Short news.</p>"),
        ("<td><p>News.</p><p>You received this email because of us.</p></td>", "<p>News.</p>"),
    ],
)
def test_a_short_newsletter_is_not_all_furniture(body: str, kept: str) -> None:
    links = {
        "out": f'<a href="{OUT}">Unsubscribe</a>',
        "here": f'<a href="{WEB}">Click here</a>',
        "more": f'<a href="{WEB}">FTC makes it easier to unsubscribe</a>',
    }
    found = read(f"<table><tr>{body.format(**links)}</tr></table>")

    assert found.html == kept.format(**links)
    assert found.link == (WEB if "{here}" in body else "")


def test_a_digest_of_a_list_has_all_its_messages() -> None:
    line = "\n\n------------------------------\n\n"
    plain = f"First.\n\n-- \nAda{line}Second.\n"
    parts = "".join(
        f"--b\nContent-Type: message/rfc822\n\nSubject: {n}\n\nText {n}.\n\n" for n in "12"
    )
    head = letter(1).partition(b"Content-Type")[0]
    mixed = head + f'Content-Type: multipart/digest; boundary="b"\n\n{parts}--b--\n'.encode()

    assert "Second." in entry_of(letter(1, text=plain)).html
    assert entry_of(mixed).html.replace("\n", "") == "<p>Text 1.</p><p>Text 2.</p>"


def test_of_what_is_signed_by_openpgp_the_text_is_shown() -> None:
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nMend it.\n\n- ---- \nNow.\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----\n"
    )

    assert entry_of(letter(1, text=signed)).html == "<p>Mend it.</p><p>---- <br>Now.</p>"


def test_what_is_said_to_be_latin_1_is() -> None:
    raw = letter(1).replace(b"From: News <", b"From: =?ISO-8859-1?Q?M=FCnchen?= <")

    assert entry_of(raw).author == "München"


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
