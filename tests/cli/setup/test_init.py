"""`digest init`: from an empty folder to the first email, on a real terminal and without one."""

from __future__ import annotations

import email
import email.policy
import json
import re
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml
from aiosmtpd.smtp import AuthResult, LoginPassword
from jsonschema import Draft202012Validator

from digest.cli.feeds_probe import Candidate
from digest.cli.setup import ask_feeds
from digest.cli.setup.first_config import StartFeed
from digest.cli.setup.init import init
from digest.cli.setup.kinds import QUESTIONS
from digest.cli.setup.prompts import (
    ADDRESS,
    DURATION,
    FOLDER,
    HOST,
    NAME,
    SCHEDULE,
    SENDER,
    SITE,
    ZONE,
    Answer,
)
from digest.cli.setup.write import place, secret_file, staged
from digest.config import load_settings
from digest.errors import UsageError
from tests import limits
from tests.cli.terminal import CTRL_C, on_terminal
from tests.feed_xml import item, rss
from tests.servers import MailServer, Reply, running

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tests.certificates import Certificate
    from tests.cli.project import Project
    from tests.cli.terminal import Terminal

PASSWORD = "s3cret passw0rd"
HOOK = "/services/T0/B0/s3cretpath"


@pytest.fixture
def site(project: Project) -> Project:
    """A site with a feed of two entries of today."""
    now = datetime.now(UTC)
    project.feeds.replies |= {
        "/": Reply("<link rel=alternate type=application/rss+xml href=/feed>"),
        "/feed": Reply(rss(item(1, published=now), item(2, published=now))),
    }
    # On another host, so that nothing waits for a pause between two requests.
    old = rss(item(3, published=now - timedelta(days=3)), title="An old feed")
    project.slack.replies["/old"] = Reply(old)
    project.slack.replies[HOOK] = lambda seen: (
        Reply("ok") if seen.json["text"] else Reply("no_text", 400)
    )
    return project


def terminal(project: Project, *arguments: str, **env: str) -> AbstractContextManager[Terminal]:
    return on_terminal(project.forking, project.folder, *arguments, TZ="Europe/Berlin", **env)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def local_mail(project: Project) -> tuple[str, ...]:
    port = str(project.mail.port)
    return ("--email", "ada@one.example", "--smtp-host", "127.0.0.1", "--smtp-port", port)


def feed(project: Project, path: str = "/feed") -> tuple[str, ...]:
    return ("--feed", project.feeds.url + path, "--allow-private-networks")


def test_from_an_empty_folder_to_the_first_email_in_one_init_and_one_run(site: Project) -> None:
    with terminal(site, "init") as screen:
        screen.expect("`digest feeds kinds` lists all.")
        # Without a scheme it is tried by https first.
        screen.answer("Site or feed:", site.feeds.url.removeprefix("http://"))
        screen.answer("on this machine or network. Read it all the same? [Y/n]:")
        screen.expect(f"A feed: 2 entries, {site.feeds.url}/feed")
        screen.answer("Another site or feed, if any:")
        screen.answer("One or more [1]:")
        screen.answer("Email address:", "eve@one.example")
        screen.answer("Mail server:", "back")
        screen.answer("Email address [eve@one.example]:", "ada@one.example")
        screen.answer("Mail server:", "127.0.0.1")
        screen.answer("Port [25]:", "66000")
        screen.expect("must be a number of 1 to 65535")
        screen.answer("Port [25]:", "26")
        screen.answer("Encryption (starttls, tls, none) [none]:", "Back")
        screen.answer("Port [26]:", str(site.mail.port))
        screen.answer("Encryption (starttls, tls, none) [none]:")
        screen.answer("Sender [ada@one.example]:")
        screen.expect(f"127.0.0.1:{site.mail.port} answers, without encryption, without a login")
        screen.answer("Send a test email to ada@one.example now? [Y/n]:")
        screen.expect("sent: 250 OK: queued")
        screen.answer("When [daily at 09:00]:", "every friday at 10:00")
        screen.answer("Time zone [Europe/Berlin]:")
        screen.answer("to see how all is? [y/N]:", "back")
        screen.answer("Time zone [Europe/Berlin]:", "back")
        screen.answer("When [every friday at 10:00]:", "daily at 09:00")
        screen.answer("Time zone [Europe/Berlin]:")
        screen.answer("to see how all is? [y/N]:")
        screen.expect("The first edition, 2 stories: Morning briefing: Story 1, and 1 more")
        screen.expect("Written: config.yaml")
        screen.expect("digest run --once")
        assert screen.finish() == 0
    assert names(site.folder) == ["config.yaml", "digest.schema.json"]
    # Going back past it sends no second one.
    assert [mail.recipient for mail in site.mail.mails] == ["ada@one.example"]
    site.mail.mails.clear()

    with terminal(site, "run", "--once") as screen:
        assert screen.finish() == 0
        assert "2 new entries, 1 edition, 1 delivered" in screen.shown
    (mail,) = site.mail.mails
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert message["To"] == mail.recipient == "ada@one.example"
    assert message["Subject"] == "Morning briefing: Story 1, and 1 more"
    settings = load_settings(site.folder / "config.yaml", {})
    assert settings.timezone == "Europe/Berlin"
    assert settings.digests["briefing"].schedule.text == "daily at 09:00"


def known_account(*about: Any) -> AuthResult:
    good = about[-1] == LoginPassword(b"digest", PASSWORD.encode())
    return AuthResult(success=good, handled=False)


def test_a_wrong_password_is_asked_for_again_and_never_shown(
    site: Project, certificate: Certificate
) -> None:
    server = MailServer()
    server.smtp_options = {
        "tls_context": certificate.context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": known_account,
    }
    with running(server):
        port = str(server.port)
        to = ("--email", "ada@one.example", "--smtp-host", "127.0.0.1", "--smtp-port", port)
        login = ("--smtp-security", "starttls", "--smtp-username", "digest")
        trusted = {"SSL_CERT_FILE": str(certificate.path)}
        with terminal(site, "init", *feed(site), *to, *login, **trusted) as screen:
            for password in ("wr0ng passw0rd", PASSWORD):
                screen.answer("Mail server [127.0.0.1]:")
                screen.answer(f"Port [{port}]:")
                screen.answer("[starttls]:")
                screen.answer("Login, or none [", "digest")
                screen.answer("Password (not shown):", password)
                screen.answer("Sender [ada@one.example]:")
                if password != PASSWORD:
                    screen.expect(f"! 127.0.0.1:{port}: the login was refused: 535")
            screen.expect("logged in as digest")
            screen.answer("Send a test email to ada@one.example now? [Y/n]:", "n")
            assert screen.finish() == 0
        assert "passw0rd" not in screen.shown
    config = site.folder / "config.yaml"
    assert "passw0rd" not in config.read_text("utf-8")
    made = ["config.yaml", "digest.schema.json", "secrets", "secrets/smtp_password"]
    assert names(site.folder) == made
    assert (mode(site.folder / "secrets"), mode(site.folder / "secrets/smtp_password")) == (
        "0o700",
        "0o600",
    )
    smtp = load_settings(config, {}).smtp
    assert smtp is not None
    assert smtp.password is not None
    assert (smtp.username, smtp.password.get_secret_value()) == ("digest", PASSWORD)


def test_slack_and_a_folder_with_a_post_to_see_and_a_longer_reach(site: Project) -> None:
    page = f"<link rel=feed href=/feed><link rel=feed href={site.slack.url}/old>"
    site.feeds.replies["/two"] = Reply(page)
    dead = "/services/T0/B0/dead"
    site.slack.replies[dead] = Reply(f"nothing at {site.slack.url}{dead}", 404)
    with terminal(site, "init", "--allow-private-networks") as screen:
        screen.answer("Site or feed:", "ftp://files.example/")
        screen.expect("must be a web address that starts with http:// or https://")
        screen.answer("Site or feed:", site.slack.url + "/nothing")
        screen.expect("! answered 404 Not Found")
        screen.answer("Site or feed:", site.feeds.url + "/two")
        screen.expect("1  A feed: 2 entries")
        screen.expect("2  An old feed: 1 entry,")
        screen.answer("Which of them [1]:", "3")
        screen.expect("write one or more numbers of 1 to 2, like '1' or '1, 2'")
        screen.answer("Which of them [1]:", "2")
        screen.answer("Another site or feed, if any:")
        screen.answer("One or more [1]:", "pigeon")
        most = min(6, len(QUESTIONS) + 2)
        screen.expect(f"write one or more numbers of 1 to {most}, like '1' or '1, {most}', or of")
        screen.answer("One or more [1]:", "slack and file")
        screen.answer("The Slack webhook's address (not shown):", site.slack.url + dead)
        screen.expect("! Slack: 404 nothing at ***; make a new token or webhook")
        screen.answer("webhook's address (not shown):", site.slack.url + HOOK)
        screen.expect("Slack: the webhook answers")
        screen.answer("Post a line there, to see it? [Y/n]:", "maybe")
        screen.answer("Post a line there, to see it? [Y/n]:")
        screen.answer("Folder [digests]:", "out here/")
        screen.answer("When [daily at 09:00]:", "sometimes")
        screen.expect("'sometimes' is not a word of a schedule; write like 'daily at 07:30'")
        screen.answer("When [daily at 09:00]:", "weekdays at 8:30")
        screen.answer("Time zone [Europe/Berlin]:", "Europe/Pariss")
        screen.expect("did you mean 'Europe/Paris'?")
        screen.answer("Time zone [Europe/Berlin]:", "Europe/Paris")
        screen.answer("to see how all is? [y/N]:", "y")
        screen.expect("Nothing in the feeds is younger than 3d: it goes back 7d.")
        screen.expect("1 story: Morning briefing: Story 3")
        screen.expect(
            "Pages, while it runs: http://127.0.0.1:8080, password in secrets/web_password"
        )
        assert screen.finish() == 0
    assert HOOK not in screen.shown
    posts = [seen.json["text"] for seen in site.slack.requests_to(HOOK)]
    assert posts == ["", "digest is set up, and will post the next edition here."]
    assert {mode(path) for path in (site.folder / "secrets").iterdir()} == {"0o600"}
    settings = load_settings(site.folder / "config.yaml", {})
    assert [one.address for one in settings.feeds] == [site.slack.url + "/old"]
    assert (settings.timezone, bool(settings.web)) == ("Europe/Paris", True)
    assert settings.secrets()[0] == site.slack.url + HOOK

    done = site.json("run", "--once")
    assert (done["delivered"], done["undelivered"]) == (2, 0)
    (written,) = (site.folder / "out here").iterdir()
    assert "Story 3" in written.read_text("utf-8")


def test_ctrl_c_leaves_nothing_behind(site: Project) -> None:
    hold, previewing = threading.Event(), threading.Event()
    feed_now = site.feeds.replies["/feed"]
    assert isinstance(feed_now, Reply)

    def held_the_second_time(_: object) -> Reply:
        if len(site.feeds.requests_to("/feed")) == 1:
            return feed_now
        previewing.set()
        return Reply(feed_now.body, hold=hold)

    site.feeds.replies["/feed"] = held_the_second_time
    with terminal(site, "init", *feed(site)) as screen:
        screen.answer("One or more [1]:", "slack")
        discord = "https://discord.com/api/webhooks/1/s3cret"
        screen.answer("webhook's address (not shown):", discord)
        screen.expect("the address is a webhook of Discord, for a channel of kind discord")
        screen.answer("webhook's address (not shown):", site.slack.url + HOOK)
        screen.answer("to see it? [Y/n]:", "n")
        screen.answer("When [")
        screen.answer("Time zone [")
        screen.answer("to see how all is? [y/N]:")
        assert previewing.wait(limits.seconds(10))
        assert len(names(site.folder)) == 5  # a folder with all that there will be
        screen.type(CTRL_C)
        assert screen.finish() == 130
    hold.set()
    assert names(site.folder) == []
    assert screen.shown.endswith("digest: interrupted\n")


def test_without_questions(site: Project) -> None:
    given = ("--at", "every friday at 17:00", "--timezone", "Asia/Tokyo", "--digest", "end-of-week")
    result = site.json("init", *feed(site), *local_mail(site), "--folder", "out", *given)
    assert result == {
        "config": "config.yaml",
        "secrets": [],
        "schema": "digest.schema.json",
        "digest": "end-of-week",
        "feeds": [{"url": f"{site.feeds.url}/feed", "private": True}],
        "first_edition": {
            "subject": "End of week: Story 1, and 1 more",
            "stories": 2,
            "reach": "7d",
        },
    }
    assert (names(site.folder), site.mail.mails) == (["config.yaml", "digest.schema.json"], [])
    settings = load_settings(site.folder / "config.yaml", {})
    assert settings.digests["end-of-week"].send_to == ("inbox", "folder")
    assert settings.digests["end-of-week"].schedule.text == "every friday at 17:00"
    assert settings.timezone == "Asia/Tokyo"
    assert settings.smtp is not None
    assert settings.smtp.security == "none"


@pytest.mark.parametrize(("days", "reach"), [(3, "7d"), (20, "30d"), (300, "365d")])
def test_a_first_edition_goes_back_until_it_has_something(
    site: Project, days: int, reach: str
) -> None:
    published = datetime.now(UTC) - timedelta(days=days)
    site.feeds.replies["/old"] = Reply(rss(item(3, published=published)))
    done = site.command("init", *feed(site, "/old"), "--folder", "out")
    assert done.returncode == 0, done.stderr
    assert f"Nothing in the feeds is younger than 1d: it goes back {reach}.\n" in done.stderr
    assert done.stdout.startswith("The first edition, 1 story: Morning briefing: Story 3\n")
    # Once to find the feed, and once for all reaches.
    assert len(site.feeds.requests_to("/old")) == 2
    # What it says comes next does what it says.
    assert "  digest run --once            the first edition, now\n" in done.stdout
    assert len(site.json("run", "--once")["editions"]) == 1
    # It went further once: a feed that is added later brings what its period holds.
    site.feeds.replies["/later"] = Reply(
        rss(item(4, published=published), item(5, published=datetime.now(UTC)))
    )
    site.json("feeds", "add", f"{site.feeds.url}/later", "--allow-private-networks")
    site.json("poll")
    assert site.json("send", "briefing")["entries"] == 1


@pytest.mark.parametrize(
    ("days", "given", "said"), [(3, ("--first-edition", "2d"), "2d"), (400, (), "365d")]
)
def test_where_no_first_edition_can_be_made_none_is_promised(
    site: Project, days: int, given: tuple[str, ...], said: str
) -> None:
    published = datetime.now(UTC) - timedelta(days=days)
    site.feeds.replies["/old"] = Reply(rss(item(3, published=published)))
    done = site.command("init", *feed(site, "/old"), "--folder", "out", *given)
    assert done.returncode == 0, done.stderr
    assert f"Nothing in the feeds is younger than {said}.\n" in done.stderr
    assert "The first edition goes out once the feeds have something new.\n" in done.stdout
    assert "run --once" not in done.stdout
    assert "an edition daily at 09:00, from now on\n" in done.stdout
    assert load_settings(site.folder / "config.yaml", {}).digests["briefing"].reach.days == (
        2 if given else 1
    )


def test_a_known_provider_needs_a_password_only(site: Project) -> None:
    arguments = ("init", "--no-test", "--feed", "a.example", "--email", "Ada <ada@gmail.com>")
    refused = site.command(*arguments)
    assert (refused.returncode, names(site.folder)) == (2, [])
    assert refused.stderr == (
        "digest: give --smtp-password-file or SMTP_PASSWORD; on a terminal, it asks\n"
    )
    result = site.command(*arguments, SMTP_PASSWORD="x y")
    assert result.returncode == 0, result.stderr
    smtp = load_settings(site.folder / "config.yaml", {}).smtp
    assert smtp is not None
    assert smtp.password is not None
    assert smtp.password.get_secret_value() == "x y"
    assert (smtp.host, smtp.port, smtp.security, smtp.username, smtp.sender) == (
        *("smtp.gmail.com", 587, "starttls", "ada@gmail.com", "ada@gmail.com"),
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give --feed and one of --email, --telegram-token-file, --discord-webhook-file, "),
        (("--feed", "a.example", "--email", "ada@b.example"), "give --smtp-host; on a terminal"),
        (("--feed", "a.example", "--slack-webhook-file", "none"), "none: No such file"),
        (("--at", "daily at 25:00"), "'25:00' is not a time of day"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, tuple) else "",
)
def test_what_is_missing_or_wrong_is_one_error(
    site: Project, arguments: tuple[str, ...], says: str
) -> None:
    done = site.command("init", *arguments)
    assert (done.returncode, done.stdout, names(site.folder)) == (2, "", [])
    assert says in done.stderr


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (SITE, "https://ada:x@a.example/", "leave the password out; `headers_file` takes it"),
        (SITE, "", "must be a web address"),
        (ADDRESS, "ada", "'ada' is not an email address"),
        (SENDER, "ädä@a.example", "has letters that mail servers do not all take"),
        (SITE, "hackernews:gold", "'hackernews:gold' must be one of front"),
        (SITE, "hackernew:front", "there is no kind 'hackernew'"),
        (HOST, "a b", "must be the name or address of a server"),
        (SCHEDULE, "25:00", "not a schedule: '25:00'"),
        (NAME, "a b", "must be letters, digits, - and _"),
        (ZONE, "Mars", "'Mars' is not a time zone"),
        (DURATION, "soon", "'soon' is not a duration"),
        (FOLDER, "a{b", "without braces"),
        (FOLDER, "/", "must be a path"),
    ],
)
def test_a_wrong_answer_is_told_in_the_words_of_the_settings(
    kind: Answer, text: str, says: str
) -> None:
    with pytest.raises(click.BadParameter, match=re.escape(says)):
        kind.convert(text, None, None)


def test_what_does_not_work_is_told_and_nothing_is_written(site: Project) -> None:
    (site.folder / "hook").write_text(site.slack.url + "/gone", "utf-8")
    hook = ("--slack-webhook-file", "hook")
    for arguments, says in (
        ((*feed(site, "/none"), "--folder", "out"), f"{site.feeds.url}/none: answered 404"),
        (
            (*feed(site)[:2], "--folder", "out"),
            "127.0.0.1 is not a public address; --allow-private-networks reads it all the same\n",
        ),
        ((*feed(site), *hook), "Slack: 404 nothing here; make a new token or webhook"),
        (
            (*feed(site), *local_mail(site)[:-1], "1"),
            "127.0.0.1:1: cannot connect: connection refused\n",
        ),
    ):
        done = site.command("init", *arguments)
        assert (done.returncode, names(site.folder)) == (1, ["hook"]), done.stderr
        assert says in done.stderr


def test_an_existing_configuration_is_never_touched(site: Project) -> None:
    config = site.folder / "config.yaml"
    config.write_text("mine", "utf-8")
    done = site.command("init", *feed(site), "--folder", "out")
    assert done.returncode == 2
    assert (
        done.stderr
        == "digest: config.yaml is here already, and stays as it is; move it away first\n"
    )
    assert (config.read_text("utf-8"), site.feeds.seen) == ("mine", [])
    missing = site.command("-c", "no/where.yaml", "init", *feed(site), "--folder", "out")
    assert missing.stderr == "digest: there is no folder no\n"


def test_no_test_reaches_nothing(site: Project) -> None:
    (site.folder / "hook").write_text(site.slack.url + HOOK, "utf-8")
    given = (*feed(site, "/"), *local_mail(site), "--slack-webhook-file", "hook", "--no-test")
    done = site.command("-c", "other.yaml", "init", *given)
    assert done.returncode == 0, done.stderr
    assert "Written: other.yaml, secrets/slack_webhook\n" in done.stdout
    assert "  digest -c other.yaml run --once" in done.stdout
    assert "Editors complete and check it with digest.schema.json\n" in done.stdout
    head, *_ = (site.folder / "other.yaml").read_text("utf-8").splitlines()
    assert head == "# yaml-language-server: $schema=digest.schema.json"
    schema = json.loads((site.folder / "digest.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(
        yaml.safe_load((site.folder / "other.yaml").read_text("utf-8"))
    )
    assert (site.feeds.seen, site.slack.seen, site.mail.mails) == ([], [], [])
    assert len(load_settings(site.folder / "other.yaml", {}).channels) == 2


def test_another_secret_is_not_overwritten(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    assert secret_file(config, "smtp_password", "new") == "secrets/smtp_password"
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/smtp_password").write_text("old", "utf-8")
    (tmp_path / "secrets/smtp_password_2").symlink_to("nowhere")
    assert secret_file(config, "smtp_password", "old") == "secrets/smtp_password"
    assert secret_file(config, "smtp_password", "new") == "secrets/smtp_password_3"


def test_a_configuration_that_comes_in_between_stays_and_takes_no_secrets(tmp_path: Path) -> None:
    config, secrets = tmp_path / "config.yaml", {"secrets/smtp_password": "pw"}
    with staged(config, "ours", secrets) as stage:
        config.write_text("theirs", "utf-8")
        with pytest.raises(UsageError, match="is here already"):
            place(stage, config, secrets)
    assert names(tmp_path) == ["config.yaml", "secrets"]
    assert config.read_text("utf-8") == "theirs"


def test_the_quick_start_names_options_that_exist() -> None:
    text = (Path(__file__).parents[3] / "docs/quick-start.md").read_text("utf-8")
    part = text.partition("## Without questions")[2].partition("\n## ")[0]
    named = set(re.findall(r"(?<!`)--[a-z-]+", part)) | {"--no-test"}
    known = {name for parameter in init.params for name in parameter.opts}
    assert len(named) > 5
    assert named <= known


def test_a_feed_elsewhere_that_a_page_inside_names_may_not_be_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, elsewhere = "http://nas.local/", "https://feeds.example/feed"
    found = [Candidate(elsewhere), Candidate("http://nas.local/feed")]
    monkeypatch.setattr(ask_feeds, "_look", lambda *_, **__: found)
    monkeypatch.setattr(ask_feeds, "choose", lambda *_: [0, 1])
    assert ask_feeds.feeds_given([page], private=True, test=True) == (StartFeed(elsewhere, False),)
    assert ask_feeds._chosen(page, private=True) == [
        StartFeed(elsewhere, False),
        StartFeed("http://nas.local/feed", True),
    ]
