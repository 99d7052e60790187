"""Email messages, parsed back by the standard library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from typing import TYPE_CHECKING, cast

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.rendering.email.headers import mailbox
from digest.rendering.email.message import build_email, message_id, personal_headers, text_only
from digest.rendering.templates import Templates
from tests.rendering.samples import NOW, edition, ordinary, story

if TYPE_CHECKING:
    from email.message import EmailMessage

    from digest.model import Edition

SENDER = "Weekly reading <digest@example.com>"
MESSAGE_ID = "<weekly.20261116090000.0123456789abcdef01234567@example.com>"


def built(
    of: Edition | None = None,
    html: str = "<p>Hello</p>\n",
    text: str = "Hello\n",
    sender: str = SENDER,
) -> bytes:
    return build_email(of or edition(story()), html, text, sender)


def received(raw: bytes, to: str = "Ada <ada@example.com>") -> EmailMessage:
    return message_from_bytes(personal_headers(to, MESSAGE_ID) + raw, policy=default)


def parts(raw: bytes) -> list[EmailMessage]:
    return [cast("EmailMessage", part) for part in received(raw).iter_parts()]


def content(raw: bytes) -> tuple[str, str]:
    plain, rich = (part.get_content().replace("\r\n", "\n") for part in parts(raw))
    return plain, rich


def encodings(raw: bytes) -> list[str]:
    return [part["Content-Transfer-Encoding"] for part in parts(raw)]


def test_it_says_whom_it_is_from_to_and_about() -> None:
    mail = received(built())

    assert mail["From"].addresses[0].display_name == "Weekly reading"
    assert mail["From"].addresses[0].addr_spec == "digest@example.com"
    assert mail["To"].addresses[0].display_name == "Ada"
    assert mail["To"].addresses[0].addr_spec == "ada@example.com"
    # The name of who sends it says the digest's.
    assert mail["Subject"] == "Story 1"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["List-Id"] == '"Weekly reading" <weekly.digest.example.com>'
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.defects == []


def test_text_comes_before_html() -> None:
    raw = built(html="<p>Größe</p>\n", text="Größe\n")

    assert received(raw).get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parts(raw)] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in parts(raw)] == ["utf-8", "utf-8"]
    assert content(raw) == ("Größe\n", "<p>Größe</p>\n")


def test_a_retry_is_the_same_bytes() -> None:
    assert built() == built()
    assert personal_headers("ada@example.com", MESSAGE_ID) == personal_headers(
        "ada@example.com", MESSAGE_ID
    )


def test_other_content_has_another_boundary() -> None:
    first, second = built(text="a\n"), built(text="b\n")

    assert received(first).get_boundary() != received(second).get_boundary()
    assert received(first).get_boundary() == received(built(text="a\n")).get_boundary()


def test_the_personal_headers_go_before_the_message_and_end_no_headers() -> None:
    headers = personal_headers("ada@example.com", MESSAGE_ID)

    assert headers == f"To: ada@example.com\r\nMessage-ID: {MESSAGE_ID}\r\n".encode()


@pytest.mark.parametrize(
    "line",
    ["x" * 5_000, "é" * 5_000, "日本語" * 1_700, "word " * 1_000, "." * 5_000, "=" * 5_000],
)
def test_no_line_on_the_wire_is_longer_than_998_octets(line: str) -> None:
    html = f"<p>{line}</p>\n"

    raw = built(html=html, text=f"{line}\n")

    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert content(raw) == (f"{line}\n", html)


def test_japanese_after_ascii_is_not_three_times_its_size() -> None:
    ascii_lines = "<p>A plain line of markup</p>\n" * 20
    html = ascii_lines + ("<p>" + "この文章は日本語で書かれています。" * 10 + "</p>\n") * 110
    assert len(html.encode()) > 55_000

    raw = built(html=html)

    assert encodings(raw) == ["quoted-printable", "base64"]
    assert len(raw) <= 1.4 * len(html.encode())
    assert content(raw)[1] == html


def test_mostly_ascii_stays_readable_on_the_wire() -> None:
    raw = built(html="<p>A café, and plain words for the rest of it.</p>\n" * 100)

    assert encodings(raw) == ["quoted-printable", "quoted-printable"]
    assert b"and plain words" in raw


@settings(deadline=None)
@given(st.text("a .=\té日\n", max_size=400) | st.text("aaaaaaa \n", max_size=400))
@example("é" * 500)
@example("日本語" * 200)
@example("word " * 300)
@example("=" * 300)
@example("x" * 74 + " ")
@example("x" * 74 + "\té")
def test_encoded_lines_are_76_octets_at_most(line: str) -> None:
    """RFC 2045, sections 6.7 and 6.8."""
    raw = built(html=f"<p>{line}</p>\n", text=line)

    body = raw.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(len(one) for one in body if not one.startswith(b"Content-")) <= 76
    assert not any(one.endswith((b" ", b"\t")) for one in body)
    assert content(raw) == (f"{line.removesuffix(chr(10))}\n", f"<p>{line}</p>\n")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_in_crlf_however_they_ended(ends: str) -> None:
    raw = built(html=f"<p>a{ends}b</p>{ends}", text=f"日本語{ends * 2}日本語")

    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert encodings(raw) == ["base64", "quoted-printable"]
    decoded = [part.get_payload(decode=True) for part in parts(raw)]
    assert decoded == ["日本語\r\n\r\n日本語\r\n".encode(), b"<p>a\r\nb</p>\r\n"]


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("ada@example.com", "", "ada@example.com"),
        ("<ada@example.com>", "", "ada@example.com"),
        ("Ada Lovelace <ada@example.com>", "Ada Lovelace", "ada@example.com"),
        ('"Lovelace, Ada" <ada@example.com>', "Lovelace, Ada", "ada@example.com"),
        ("Ünïcödé <a@example.com>", "Ünïcödé", "a@example.com"),
        ("山田 太郎 <taro@日本.example>", "山田 太郎", "taro@xn--wgv71a.example"),
        ("a@bücher.example", "", "a@xn--bcher-kva.example"),
        ("a+b@sub.example.com", "", "a+b@sub.example.com"),
    ],
)
def test_addresses_in_every_form(written: str, name: str, address: str) -> None:
    raw = built(sender=written)
    mail = received(raw, to=written)

    assert (personal_headers(written, MESSAGE_ID) + raw).isascii()
    for header in ("From", "To"):
        [mailbox_] = mail[header].addresses
        assert (mailbox_.display_name, mailbox_.addr_spec) == (name, address)
    assert mailbox(written).addr_spec == address


@pytest.mark.parametrize("letter", ["x", "é", "日", "😀", "a\u0301", "x "])
def test_a_long_display_name_is_folded(letter: str) -> None:
    name = (letter * 95).strip()
    written = f"{name} <ada@example.com>"

    raw = personal_headers(written, MESSAGE_ID) + built(sender=written)

    # Not the default policy, whose parser puts spaces between encoded words (RFC 2047, 6.2).
    mail = message_from_bytes(raw)
    for header in ("From", "To"):
        seen = str(make_header(decode_header(mail[header])))
        assert " ".join(seen.split()) == f"{name} <ada@example.com>"
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_message_id_is_never_folded() -> None:
    domain = ".".join(["x" * 60] * 4)
    long_id = message_id(("d" * 64, NOW, "channel", "ada@example.com", 1), domain)

    assert f"Message-ID: {long_id}\r\n".encode() in personal_headers("ada@example.com", long_id)


def test_a_title_that_is_not_ascii_leaves_the_list_id_readable_for_filters() -> None:
    raw = built(edition(story(), title="Wöchentliche Lektüre", digest="Weekly"))

    assert b" <weekly.digest.example.com>\r\n" in raw
    assert received(raw)["List-Id"] == "Wöchentliche Lektüre <weekly.digest.example.com>"


@pytest.mark.parametrize(
    "title", ['A "quoted" <title>', "back\\slash", "tab\tand\r\nline", "x" * 120]
)
def test_any_title_makes_a_well_formed_list_id(title: str) -> None:
    list_id = received(built(edition(title=title)))["List-Id"]

    assert regex.fullmatch(r'"[^"<>\\]+" <weekly\.digest\.example\.com>', list_id)


BASE = ("weekly", NOW, "inbox", "ada@example.com", 1)


def test_a_message_id_is_stable() -> None:
    assert message_id(BASE, "example.com") == message_id(BASE, "example.com")
    assert regex.fullmatch(
        r"<weekly\.20261116090000\.[0-9a-f]{24}@example\.com>", message_id(BASE, "example.com")
    )


@pytest.mark.parametrize(
    "other",
    [
        ("daily", NOW, "inbox", "ada@example.com", 1),
        ("weekly", NOW + timedelta(minutes=1), "inbox", "ada@example.com", 1),
        ("weekly", NOW, "team", "ada@example.com", 1),
        ("weekly", NOW, "inbox", "grace@example.com", 1),
        ("weekly", NOW, "inbox", "ada@example.com", 2),
    ],
    ids=["digest", "time", "channel", "recipient", "part"],
)
def test_every_delivery_has_its_own_message_id(other: tuple[str, datetime, str, str, int]) -> None:
    assert message_id(BASE, "example.com") != message_id(other, "example.com")


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


@pytest.mark.parametrize("letter", ["x", "é", "日", "e\u0301", "👍🏽", "नि"])
def test_the_subject_is_cut_at_120_graphemes(letter: str) -> None:
    subject = received(built(edition(subject=letter * 300)))["Subject"]

    assert graphemes(subject) == 120
    assert subject == letter * 119 + "…"


def test_white_space_in_a_subject_is_one_space() -> None:
    subject = "\t A\u00a0 title\r\n\u2003of \x00\x9b many\u2028words\u202e \ud800 "

    assert received(built(edition(subject=subject)))["Subject"] == "A title of many words \ufffd"


def test_a_subject_of_120_graphemes_stays_whole() -> None:
    assert received(built(edition(subject="é" * 120)))["Subject"] == "é" * 120


def visible(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and not c.isspace())


@settings(deadline=None)
@given(
    st.text('ab =?_:<>"\\,()@ÄéΩ日本😀\u00a0\r\n\t', max_size=100)
    | st.lists(st.sampled_from(["=?utf-8?q?", "=0D=0A", "Bcc: x", "?=", " ", "é"])).map("".join)
    | st.text(max_size=100)
)
def test_any_subject_comes_back_as_it_was(subject: str) -> None:
    subject = subject[:100]
    raw = built(edition(subject=f"Weekly: {subject} end"))

    mail = received(raw)
    assert visible(mail["Subject"]) == visible(f"Weekly: {subject} end")
    assert mail.keys() == [
        *("To", "Message-ID", "Subject", "List-Id", "Content-Language", "From", "Date"),
        *("Auto-Submitted", "MIME-Version", "Content-Type"),
    ]
    assert raw.partition(b"\r\n\r\n")[0].isascii()


def test_editions_differ_in_subject_and_date() -> None:
    first = received(built(edition(story(1))))
    second = received(
        built(edition(story(2), composed_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC)))
    )

    assert first["Subject"] != second["Subject"]
    assert second["Date"].datetime - first["Date"].datetime == timedelta(days=7)


def test_a_whole_edition_survives_the_wire() -> None:
    whole, templates = ordinary(50), Templates()
    html, text = templates.html(whole), templates.text(whole)

    raw = built(whole, html, text)

    assert content(raw) == (text, f"{html}\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


NOTE = "The whole edition was too large for the mail server, so this is only its text."


def shrunk(raw: bytes) -> bytes:
    plainer = text_only(raw)
    assert plainer is not None
    return plainer


@pytest.mark.parametrize(
    "subject", ["Plain", "Wöchentliches: " + "日本語 " * 30, "=?utf-8?q?=0D?="]
)
def test_what_is_too_large_keeps_its_headers_and_its_text(subject: str) -> None:
    raw = built(edition(subject=subject, title="Wöchentliche Lektüre"), text="Größe\n\nEnde\n")

    plainer = shrunk(raw)

    whole, text = received(raw), received(plainer)
    kept = [name for name in whole if name != "Content-Type"]
    assert [*kept, "Content-Type", "Content-Transfer-Encoding"] == text.keys()
    # To the byte: what the library writes anew it folds and encodes anew.
    assert plainer.startswith(raw.partition(b"MIME-Version")[0])
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n") == f"Größe\n\nEnde\n\n{NOTE}\n"
    assert text.defects == []


def test_what_is_too_large_is_shrunk_once_and_always_alike() -> None:
    raw = built()

    assert shrunk(raw) == shrunk(raw)
    assert text_only(shrunk(raw)) is None


@pytest.mark.parametrize("line", ["x" * 5_000, "é" * 5_000, ".", "From here"])
def test_a_whole_edition_survives_being_shrunk(line: str) -> None:
    whole, templates = ordinary(50), Templates()
    text = f"{templates.text(whole)}{line}\n"

    plainer = shrunk(built(whole, templates.html(whole), text))

    content = received(plainer).get_content().replace("\r\n", "\n")
    assert content == f"{text}\n{NOTE}\n"
    assert max(map(len, plainer.split(b"\r\n"))) <= 998
    assert b"\n" not in plainer.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("recipient", "to"),
    [
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
        ("Jürgen <jürgen@bücher.example>", "Jürgen <jürgen@xn--bcher-kva.example>"),
    ],
)
def test_a_local_part_that_is_not_ascii_is_written_in_utf_8(recipient: str, to: str) -> None:
    headers = personal_headers(recipient, MESSAGE_ID)

    assert headers == f"To: {to}\r\nMessage-ID: {MESSAGE_ID}\r\n".encode()
