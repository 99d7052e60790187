"""What is filled into a message that is built once: the message says the same, but for it."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.channels.email.wire_format import on_the_wire
from digest.model import PictureFile
from digest.rendering.email.message import build_email, text_only
from digest.rendering.email.mime import text_part
from digest.rendering.email.personal import Personal, links_of, marker_of
from digest.rendering.templates import Templates
from digest.signing.tokens import Tokens
from tests.pictures import png
from tests.rendering.samples import edition, ordinary, story

URL = "https://digest.example.com/reading"
TOKEN = Tokens(b"k" * 32).of_recipient("inbox", "ada@example.com")
MARKER = "0123456789abcdef0123456789abcdef0123"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=300)
JAPANESE = "週刊の読み物をお届けします。" * 30


def filled(message: bytes, marker: str = MARKER, token: str = TOKEN) -> bytes:
    return Personal(message, marker.encode()).with_token(token)


def content(part: bytes) -> str:
    said: str = message_from_bytes(part, policy=SMTP).get_content()
    return said.replace("\r\n", "\n")


@settings(max_examples=60)
@given(
    start=st.sampled_from(["", JAPANESE]),
    pieces=st.tuples(TEXTS, TEXTS, TEXTS),
    token=st.integers(1, 30).map(lambda times: "tok" * times),
)
def test_text_says_the_token_where_it_said_the_marker(
    start: str, pieces: tuple[str, str, str], token: str
) -> None:
    def told(own: str) -> str:
        before, between, after = pieces
        return f"{start}{before}https://a/{own}{between}https://b/{own} {after}\n"

    part = text_part(told(MARKER), "plain", MARKER)
    assert content(part) == told(MARKER)
    personal = filled(part, token=token)
    assert content(personal) == told(token)
    assert max(map(len, personal.split(b"\r\n"))) <= 76


def test_both_encodings_are_tried() -> None:
    assert b"quoted-printable" in text_part(f"Hi {MARKER}!", "plain", MARKER)
    assert b"base64" in text_part(f"{JAPANESE}{MARKER}!", "plain", MARKER)


def whole(of: str = "A story") -> bytes:
    made = edition(*(story(number, title=of, excerpt=of) for number in range(3)))
    links = links_of(made, URL)
    templates = Templates()
    html, text = templates.html(made, links), templates.text(made, links)
    return build_email(made, html, text, "d@example.com", {}, links)


@pytest.mark.parametrize("title", ["A story", JAPANESE])
def test_a_message_has_the_recipients_links(title: str) -> None:
    message = whole(title)
    marker = marker_of(message).decode()
    assert marker
    parsed = message_from_bytes(filled(message, marker), policy=SMTP)
    assert parsed["List-Unsubscribe"] == f"<{URL}/u/{TOKEN}>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = parsed.get_body((kind,))
        assert body is not None
        said = body.get_content()
        assert f"{URL}/u/{TOKEN}" in said
        assert f"{URL}/p/{TOKEN}" in said
        assert marker not in said


def test_the_header_is_one_line_that_is_not_encoded() -> None:
    token = Tokens(b"k" * 32).of_recipient("c" * 64, "a" * 64 + "@" + "b" * 185 + ".com")
    message = filled(whole(), marker_of(whole()).decode(), token)
    (line,) = re.findall(rb"(?m)^List-Unsubscribe: .*\r$", message)
    assert line == f"List-Unsubscribe: <{URL}/u/{token}>\r".encode()
    assert len(line) < 998


def test_what_an_edition_quotes_gets_nobodys_token() -> None:
    first = marker_of(whole()).decode()
    # Who knows how markers are made cannot know this one: what is quoted is a part of it.
    quoting = whole(f"https://evil.example/?t={first}")
    assert marker_of(quoting).decode() != first
    parsed = message_from_bytes(filled(quoting, marker_of(quoting).decode()), policy=SMTP)
    body = parsed.get_body(("plain",))
    assert body is not None
    assert f"https://evil.example/?t={first}" in body.get_content().replace("\n", "")


def test_without_links_nothing_is_personal() -> None:
    made = ordinary(3)
    message = build_email(made, "<p>Hi</p>", "Hi", "d@example.com")
    assert marker_of(message) == b""
    assert Personal(message, b"").with_token(TOKEN) == message
    assert b"unsubscribe" not in message.lower()


def test_a_body_that_says_the_header_makes_nothing_personal() -> None:
    said = f"List-Unsubscribe: <https://x/u/{MARKER}>\r\n\r\n"
    message = build_email(edition(story()), f"<pre>{said}</pre>", said, "d@example.com")
    assert marker_of(message) == b""


@pytest.mark.parametrize("title", ["A story", JAPANESE])
def test_the_text_alone_is_personal_too(title: str) -> None:
    alone = text_only(whole(title))
    assert alone is not None
    marker = marker_of(alone).decode()
    said = content(filled(alone, marker))
    assert f"{URL}/u/{TOKEN}" in said
    assert marker not in said


def test_the_same_edition_makes_the_same_message() -> None:
    assert whole() == whole()


def test_pictures_stay_as_they_are() -> None:
    made = edition(story())
    links = links_of(made, URL)
    picture = PictureFile("png", png(8, 8))
    html = f'<img src="cid:a@b"> <a href="{links.unsubscribe}">x</a>'
    message = build_email(made, html, "Hi", "d@example.com", {"a@b": picture}, links)
    parsed = message_from_bytes(filled(message, links.marker), policy=SMTP)
    (image,) = (part for part in parsed.walk() if part.get_content_type() == "image/png")
    assert image.get_content() == png(8, 8)


@pytest.mark.parametrize("title", ["A story", JAPANESE])
def test_a_message_is_the_same_taken_apart_before_or_after_the_wire(title: str) -> None:
    message = whole(title)
    marker = marker_of(message).decode()
    assert filled(on_the_wire(message), marker) == on_the_wire(filled(message, marker))
