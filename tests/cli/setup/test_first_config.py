"""The first configuration file loads, says what was answered, and what it hints at loads too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.cli.setup.first_config import (
    Start,
    StartChannel,
    StartFeed,
    StartMail,
    config_text,
    name_and_title,
)
from digest.config import load_settings
from digest.config.channels.email import EmailSettings
from digest.config.channels.file import FileSettings
from digest.config.channels.slack import SlackSettings
from digest.config.providers import provider_of
from digest.config.schedule import parse_schedule

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings

SECRETS = {"secrets/smtp_password": "pw: #x", "secrets/slack_webhook": "https://hooks.example/T0"}
SECRETS["secrets/web_password"] = "tops3cret page"
MAIL = StartMail(
    ("Ada <ada@one.example>", "grace@two.example"),
    *("smtp.example.com", 465, "tls", "ada@one.example"),
    *("ada@one.example", "secrets/smtp_password"),
)
WHOLE = Start(
    (StartFeed("https://a.example/f?x=${HOME}&y=#1"), StartFeed("http://10.0.0.1/", private=True)),
    "0 9 * * mon",
    "Europe/Berlin",
    "briefing",
    "Morning briefing",
    mail=MAIL,
    channels=(StartChannel("team", "slack", {"webhook_url_file": "secrets/slack_webhook"}),),
    folder="~/my digests",
    web_password_file="secrets/web_password",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    (folder / "secrets").mkdir()
    for name, text in SECRETS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def load(folder: Path, text: str) -> Settings:
    (folder / "config.yaml").write_text(text, "utf-8")
    return load_settings(folder / "config.yaml", {})


def test_everything_that_was_answered_is_in_it(folder: Path) -> None:
    settings = load(folder, config_text(WHOLE))
    assert [feed.address for feed in settings.feeds] == [
        "https://a.example/f?x=$%7BHOME}&y=#1",
        "http://10.0.0.1/",
    ]
    assert [feed.allow_private_networks for feed in settings.feeds] == [None, True]
    assert settings.timezone == "Europe/Berlin"
    inbox, team, files = settings.channels.values()
    assert isinstance(inbox, EmailSettings)
    assert inbox.to == MAIL.to
    assert isinstance(team, SlackSettings)
    assert isinstance(files, FileSettings)
    assert files.path.endswith("/my digests/{digest}-{date}.md")
    assert set(SECRETS.values()) <= set(settings.secrets())
    briefing = settings.digests["briefing"]
    assert (briefing.title, briefing.schedule.text) == ("Morning briefing", "0 9 * * mon")
    assert briefing.send_to == tuple(settings.channels)
    # It follows the schedule, also of what is added later.
    assert briefing.first_edition is None
    assert briefing.reach.days == 7
    assert settings.web is not None
    assert settings.web.listen == "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("schedule", "given", "expected"),
    [
        ("daily at 09:00", None, ("briefing", "Morning briefing")),
        ("weekdays at 18:30", None, ("briefing", "Evening briefing")),
        ("every friday at 17:00", None, ("weekly", "Weekly digest")),
        ("0 9 * * mon", None, ("weekly", "Weekly digest")),
        ("monthly on the 1st at 09:00", None, ("monthly", "Monthly digest")),
        ("every monday, thursday at 09:00", None, ("digest", "Digest")),
        ("daily at 13:00", "briefing", ("briefing", "Afternoon briefing")),
        ("daily at 13:00", "end-of-day", ("end-of-day", "End of day")),
    ],
)
def test_it_is_called_by_when_it_comes(
    schedule: str, given: str | None, expected: tuple[str, str]
) -> None:
    assert name_and_title(given, parse_schedule(schedule)) == expected


BARE = replace(WHOLE, mail=None, channels=(), folder=None)


@pytest.mark.parametrize(
    "start",
    [
        replace(BARE, mail=MAIL),
        replace(BARE, channels=WHOLE.channels),
        replace(BARE, folder=WHOLE.folder),
    ],
    ids=["mail", "slack", "folder"],
)
def test_one_place_to_send_to_will_do(folder: Path, start: Start) -> None:
    settings = load(folder, config_text(start))
    assert len(settings.channels) == 1
    assert (settings.smtp is not None) == (start.mail is not None)


def test_a_mail_server_without_a_login(folder: Path) -> None:
    mail = replace(MAIL, username=None, password_file="", security="none")
    smtp = load(folder, config_text(replace(WHOLE, mail=mail))).smtp
    assert smtp is not None
    assert (smtp.username, smtp.password) == (None, None)


def test_what_it_hints_at_loads_too(folder: Path) -> None:
    text = re.sub(r"^#(?=  )", "", config_text(WHOLE), flags=re.MULTILINE)
    settings = load(folder, text)
    assert settings.feeds[-1].tags == ("news",)
    assert len(settings.digests["briefing"].watch) == 2
    assert len(settings.digests["briefing"].exclude) == 1


def test_lines_are_short_and_few() -> None:
    lines = config_text(WHOLE).splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100


@hypothesis.settings(max_examples=40)
@given(
    folder_name=st.from_regex(r"[^\x00-\x1f\x7f-\x9f{}/]*", fullmatch=True).filter(str.isprintable),
    name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True).filter(
        lambda name: name != "alerts"
    ),
    login=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(
        lambda text: "${" not in text
    ),
)
def test_any_answer_comes_back_as_it_was_given(
    folder: Path, folder_name: str, name: str, login: str
) -> None:
    start = replace(
        WHOLE, folder=f"/x{folder_name}", digest=name, mail=replace(MAIL, username=login)
    )
    loaded = load(folder, config_text(start))
    assert list(loaded.digests) == [name]
    assert loaded.smtp is not None
    assert loaded.smtp.username == login
    files = loaded.channels["folder"]
    assert isinstance(files, FileSettings)
    assert files.path == f"/x{folder_name}/{{digest}}-{{date}}.md"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("ada@gmail.com", "smtp.gmail.com"),
        ("Ada <Ada@GMX.de>", "mail.gmx.net"),
        ("ada@posteo.net", "posteo.de"),
        ("ada@mail.gmail.com", None),
        ("ada@one.example", None),
    ],
)
def test_a_provider_is_known_by_the_domain(address: str, host: str | None) -> None:
    provider = provider_of(address)
    assert (provider and provider.host) == host
    assert provider is None or (provider.security == "tls") == (provider.port == 465)
