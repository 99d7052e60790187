"""Newsletters from a Maildir on disk, and the settings of both kinds of mailboxes."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from digest.cli.source_names import source_named
from digest.config.sources.mail import MailSettings
from digest.errors import FeedError, UsageError
from digest.feeds.mailboxes.letters import Wanted, is_allowed
from digest.feeds.mailboxes.maildir import read_maildir
from digest.feeds.requests import AnswerLimits
from digest.feeds.sources import Document, source_of
from tests.feed_xml import NOW
from tests.feeds.sources.mail.letters import letter

if TYPE_CHECKING:
    from pathlib import Path

    from digest.feeds.http.messages import Response

HOUR = 3_600 * 10**9
SINCE = (NOW - timedelta(days=30)).date()
NUMBERS = count(1)
IMAP = {"kind": "mail", "host": "imap.example.com", "username": "ada", "senders": "*"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "News" / name).mkdir(parents=True)
    return tmp_path / "News"


def put(folder: Path, raw: bytes, *, part: str = "new", flags: str = "", days: int = 1) -> Path:
    """Deliver a message as the format has it, by way of tmp."""
    name = f"{next(NUMBERS)}.P1.host{flags}"
    (folder / "tmp" / name).write_bytes(raw)
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(folder / "tmp" / name, (at, at))
    return (folder / "tmp" / name).rename(folder / part / name)


def answer(folder: Path, after: str | None = None, size: int = 1_000_000, **more: Any) -> Response:
    wanted = Wanted(("*@a.example",), SINCE, after, **more)
    limits = AnswerLimits(20, size)
    # What has just come waits for the next poll, which is an hour later.
    return read_maildir(folder, wanted, folder.as_uri(), limits, lambda: time.time_ns() + HOUR)


def titles(response: Response) -> list[str]:
    assert response.body is not None
    documents = [Document(response.body, response.url)]
    return sorted(
        entry.title for entry in source_of("mail").parse(documents, {"title": "News"}).entries
    )


def test_what_is_there_is_read_once(folder: Path) -> None:
    put(folder, letter(1))
    put(folder, letter(2), part="cur", flags=":2,S")
    put(folder, letter(3, sender="spam@b.example"))
    put(folder, letter(4), days=40)
    (folder / "cur" / ".lock").write_bytes(b"")

    first = answer(folder)
    second = answer(folder, first.etag)

    assert titles(first) == ["Letter 1", "Letter 2"]
    assert (second.status, second.etag) == (304, first.etag)


def test_what_comes_then_is_read_and_nothing_is_changed(folder: Path) -> None:
    put(folder, letter(1))
    etag = answer(folder).etag
    put(folder, letter(2))
    before = sorted(path.name for path in folder.rglob("*"))

    response = answer(folder, etag)

    assert titles(response) == ["Letter 2"]
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert answer(folder, response.etag).status == 304


def test_what_has_just_come_waits(folder: Path) -> None:
    put(folder, letter(1))
    wanted = Wanted(("*",), SINCE)

    response = read_maildir(folder, wanted, folder.as_uri(), AnswerLimits(20, 1_000))

    assert titles(response) == []
    assert titles(answer(folder, response.etag)) == ["Letter 1"]


def test_only_where_it_is_wanted_messages_are_marked(folder: Path) -> None:
    new = put(folder, letter(1))
    put(folder, letter(2), part="cur", flags=":2,F")

    answer(folder, mark_read=True)

    names = {path.name for path in (folder / "cur").iterdir()}
    assert f"{new.name}:2,S" in names
    assert sum(name.endswith(":2,FS") for name in names) == 1


def test_more_than_has_room_comes_with_the_next(folder: Path) -> None:
    put(folder, letter(1))
    etag = answer(folder).etag
    for number in range(2, 6):
        put(folder, letter(number, text="words " * 3_000))

    found = []
    for _ in range(2):
        response = answer(folder, etag, size=60_000)
        etag = response.etag
        found += titles(response)

    assert found == [f"Letter {number}" for number in range(2, 6)]


def test_an_empty_one_is_an_answer_and_a_missing_one_is_an_error(folder: Path) -> None:
    assert titles(answer(folder)) == []

    with pytest.raises(FeedError, match=r"there is no Maildir at .* cur, new and tmp"):
        answer(folder / "nowhere")


@pytest.mark.parametrize(
    ("short", "address"),
    [
        ("mail:ada@imap.example.com/News", "mail:ada@imap.example.com/News"),
        ("mail:ada@imap.example.com", "mail:ada@imap.example.com/INBOX"),
        ("mail:ada@imap.example.com/inbox", "mail:ada@imap.example.com/INBOX"),
        ("mail:a@b.org@imap.example.com/A/B c", "mail:a@b.org@imap.example.com/A/B c"),
        ("mail:s%2Fa@imap.example.com:1143/通信", "mail:s%2Fa@imap.example.com:1143/通信"),
        ("mail:ada@[::1]/News", "mail:ada@[::1]/News"),
    ],
)
def test_short_forms(short: str, address: str) -> None:
    found = source_named(short, senders="*", password="x")

    assert found.address == address


def test_a_short_form_alone_says_what_is_missing() -> None:
    with pytest.raises(UsageError, match="needs senders: write it into feeds as a map"):
        source_named("mail:ada@imap.example.com/News")
    with pytest.raises(UsageError, match="must be mail:USER@HOST/FOLDER"):
        source_named("mail:News")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "host needs username, and password or access_token"),
        ({"password": "x", "access_token": "y"}, "and password or access_token"),
        ({"password": "x", "maildir": "/m"}, "give host or maildir, and not both"),
        ({"password": "x", "tls": "none"}, "tls: none would send the login in clear"),
        ({"password": "x", "senders": []}, "at least 1"),
        ({"password": "x", "senders": "example.org"}, r"write '\*@example.org'"),
        ({"password": "x", "full_text": True}, "is not for mail: nothing that a message links to"),
        ({"host": None, "maildir": "/m"}, "username goes with host, and not with maildir"),
    ],
)
def test_settings_that_are_wrong(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        MailSettings.model_validate({**IMAP, **given})


@pytest.mark.parametrize(
    ("sender", "senders", "allowed"),
    [
        (b"News <news@a.example>", ("*@a.example",), True),
        (b"News, Daily <news@a.example>", ("*@a.example",), True),
        (b"news@a.example <spam@b.example>", ("*@a.example",), False),
        (b"News <news@a.example>, x@b.example", ("*@a.example",), False),
        (b"nobody", ("*",), True),
        (b"", ("*",), True),
        (b"", ("*@a.example",), False),
    ],
)
def test_whose_mail_is_read(sender: bytes, senders: tuple[str, ...], allowed: bool) -> None:
    header = b"From: " + sender + b"\n\n" if sender else b"\n"

    assert is_allowed(header, senders) == allowed


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"host": "imap.example.com", "folder": "Lists/News"}, "News"),
        ({"host": "imap.example.com"}, "INBOX"),
        ({"maildir": "/var/mail/ada/.News"}, "News"),
    ],
)
def test_it_is_called_by_its_folder_and_never_by_whose_it_is(
    given: dict[str, str], name: str
) -> None:
    login = {"username": "ada", "password": "x"} if "host" in given else {}
    settings = MailSettings.model_validate({"kind": "mail", "senders": "*", **login, **given})

    assert settings.default_name == name
    assert "ada" not in source_of("mail").request(settings, None, NOW).url.replace("mail/ada", "")
