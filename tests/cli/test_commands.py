"""Each command as an operator calls it: results, exit codes, and nothing changed by looking."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest import PROJECT_URL, __version__
from digest.cli import run_command
from tests.conftest import environment
from tests.feed_xml import NOW, item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project


@pytest.fixture
def polled(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(rss(item(1), item(2, html="<p>Two words.</p>")))
    project.configure("/feed")
    project.json("poll")
    return project


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_poll_prints_the_contract(polled: Project) -> None:
    result = polled.json("poll", f"{polled.feeds.url}/feed")
    assert result == {
        "feeds": [
            {
                "url": f"{polled.feeds.url}/feed",
                "name": "A feed",
                "outcome": "unchanged",
                "new": 0,
                "known": 2,
                "status": 200,
                "error": None,
                "waits_for": None,
                "waits_until": None,
            }
        ],
        "new": 0,
        "failed": 0,
        "waiting": [],
    }


def test_preview_prints_the_contract(polled: Project) -> None:
    result = polled.json("preview", "weekly")
    period = result.pop("period")
    assert set(period) == {"from", "to"}
    story = {
        "title": "Story 2",
        "url": "https://site.example/2",
        "feed": "A feed",
        "author": "",
        "published": NOW.isoformat(),
        "excerpt": "Two words.",
        "html": "",
        "image": "",
        "reading_minutes": 0,
        "recording": False,
        "video": False,
        "also_in": [],
        "related": [],
        "facts": [],
        "discussion": "",
        "brief": False,
        "had": None,
        "watched": [],
        "updated": False,
        "group": "",
        "summary": None,
    }
    assert result["sections"][0]["stories"][1] == story
    assert (result["digest"], result["held_back"]) == ("weekly", 0)
    assert result["subject"] == "Weekly reading: Story 1, and 1 more"


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("email", "<!DOCTYPE html>"),
        ("text", "* Story 2"),
        ("markdown", "# Weekly reading"),
        ("slack", '"type": "rich_text"'),
    ],
)
def test_preview_shows_each_form(polled: Project, form: str, sign: str) -> None:
    assert sign in polled.command("preview", "weekly", "--as", form).stdout
    polled.command("preview", "weekly", "--as", form, "-o", "out.file")
    assert sign in (polled.folder / "out.file").read_text("utf-8")


def test_preview_shows_the_week_so_far(polled: Project) -> None:
    assert polled.json("preview", "weekly.weekly")["sections"] == []
    polled.json("send", "weekly")
    shown = polled.command("preview", "weekly.weekly").stdout
    assert all(words in shown for words in (", weekly", "Story 1", "Story 2"))
    assert "taken: Story 1" in polled.command("preview", "weekly.weekly", "--why").stdout


@pytest.mark.parametrize(
    ("form", "suffix", "sign"),
    [
        (None, ".html", "<h2>Email</h2><h2>Slack</h2><h2>Text</h2>"),
        ("text", ".txt", "* Story 2"),
    ],
)
def test_preview_opens_all_forms_side_by_side_or_the_one_that_was_asked_for(
    polled: Project, form: str | None, suffix: str, sign: str
) -> None:
    chosen = ["--as", form] if form else []
    done = polled.command(
        "preview", "weekly", "--open", *chosen, BROWSER="echo", TMPDIR=str(polled.folder)
    )
    (page,) = polled.folder.glob(f"tmp*{suffix}")
    assert sign in page.read_text("utf-8")
    assert page.as_uri() in done.stdout
    assert done.stderr == f"written to {page}\n"


def test_preview_shows_a_thread_where_the_digest_has_one(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8")
    webhook = text.partition("team: {kind: slack, ")[2].partition("}")[0]
    app = "bot_token: x, channel: C1, threads: true"
    config.write_text(text.replace(webhook, app), "utf-8")
    page = polled.folder / "page.html"
    chosen = ("--as", "slack", "--open", "-o", str(page))
    polled.command("preview", "weekly", *chosen, BROWSER="true")
    assert "In the thread: 2 stories in 1 section" in page.read_text("utf-8")
    assert "1 reply" in page.read_text("utf-8")


def test_preview_changes_nothing(polled: Project) -> None:
    before = contents(polled.folder)
    first = polled.json("preview", "weekly")
    assert contents(polled.folder) == before
    again = polled.json("preview", "weekly")
    assert again["sections"] == first["sections"]
    assert polled.json("send", "weekly")["entries"] == 2


def test_preview_works_before_anything_else_and_leaves_no_trace(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed")
    assert len(project.json("preview", "weekly")["sections"]) == 1
    assert set(contents(project.folder)) == {"config.yaml"}


def test_send_prints_the_contract_and_once_is_enough(polled: Project) -> None:
    result = polled.json("send", "weekly")
    deliveries = result.pop("deliveries")
    assert result == {"edition": 1, "digest": "weekly", "entries": 2}
    (path,) = (polled.folder / "out").iterdir()
    assert [tuple(delivery.values()) for delivery in deliveries] == [
        ("inbox", "ada@one.example", "sent", None),
        ("inbox", "grace@two.example", "sent", None),
        ("team", "webhook", "sent", None),
        ("vault", str(path), "sent", None),
    ]
    assert "Story 1" in path.read_text("utf-8")
    nothing: dict[str, object] = {
        "edition": None,
        "digest": "weekly",
        "entries": 0,
        "deliveries": [],
    }
    assert polled.json("send", "weekly") == nothing


def test_send_to_one_channel(polled: Project) -> None:
    assert [d["channel"] for d in polled.json("send", "weekly", "--to", "team")["deliveries"]] == [
        "team"
    ]
    assert polled.mail.mails == []


def test_a_refused_recipient_is_named_and_the_others_get_theirs(polled: Project) -> None:
    polled.mail.refuse_recipient = lambda to: "550 no such user" if "ada" in to else None
    result = polled.json("send", "weekly", code=1)
    states = {d["recipient"]: (d["state"], d["error"]) for d in result["deliveries"][:2]}
    assert states == {
        "ada@one.example": ("failed", "550 no such user"),
        "grace@two.example": ("sent", None),
    }
    # Nobody is there, so nothing more is sent there, and nobody has to mend it.
    status = polled.json("status")
    assert status["attention"] == []
    assert (status["deliveries"]["failed"], status["deliveries"]["settled"]) == (0, 1)


def test_a_refused_message_needs_a_person(polled: Project) -> None:
    polled.mail.refuse_recipient = lambda to: "554 5.7.1 not you" if "ada" in to else None
    polled.json("send", "weekly", code=1)
    status = polled.json("status")
    (need,) = status["attention"]
    assert (need["kind"], need["message"]) == ("delivery", "failed: 554 5.7.1 not you")
    assert (status["deliveries"]["failed"], status["deliveries"]["settled"]) == (1, 0)


def test_what_a_greylist_puts_off_needs_nobody(polled: Project) -> None:
    polled.mail.refuse_recipient = lambda to: "451 4.7.1 greylisted" if "ada" in to else None
    polled.json("send", "weekly", code=1)
    status = polled.json("status")
    assert status["attention"] == []
    assert status["deliveries"]["retrying"] == 1
    late = polled.command("status", "--exit-code")
    assert (late.returncode, late.stdout.partition("\n")[0]) == (
        4,
        "No daemon runs now: nothing happens until `digest run`",
    )
    assert "All well" not in late.stdout


def test_all_times_are_of_the_time_zone_of_the_file(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace("    title:", "    timezone: Asia/Tokyo\n    title:")
    config.write_text(f"timezone: America/Anchorage\n{text}", "utf-8")
    polled.slack.replies["/services/T0/B0/s3cretpath"] = Reply("no_service", 404)
    polled.command("send", "weekly")
    for command in ("status", "deliveries", "show 1", "incidents", "explain story"):
        shown = polled.command(*command.split()).stdout
        assert re.search(r"\d\d:\d\d(:\d\d)? AK[SD]T", shown), shown
        assert not re.search("UTC|JST", shown), shown


def test_run_once_publishes_a_new_digest_then_waits_for_its_schedule(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed")
    first = project.json("run", "--once")
    assert (first["new"], first["delivered"], len(first["editions"])) == (1, 4, 1)
    project.feeds.replies["/feed"] = Reply(rss(item(2), item(1)))
    project.json("poll")
    assert project.json("run", "--once")["editions"] == []
    assert project.json("send", "weekly")["entries"] == 1


def test_status_prints_the_contract(polled: Project) -> None:
    result = polled.json("status")
    assert set(result) == {
        "feeds",
        "digests",
        "deliveries",
        "attention",
        "storage",
        "waiting",
        "file",
        "paused",
        "models",
    }
    assert result["deliveries"] == {
        "pending": 0,
        "sent": 0,
        "retrying": 0,
        "failed": 0,
        "unknown": 0,
        "settled": 0,
    }
    assert result["digests"][0]["next_edition"].startswith("Mon ")
    assert result["attention"] == []


def test_status_works_before_the_first_run_and_changes_nothing(project: Project) -> None:
    project.configure("/feed")
    assert project.json("status")["feeds"][0]["health"] == "not polled yet"
    assert set(contents(project.folder)) == {"config.yaml"}


def test_check_online_tries_everything_and_sends_nothing(polled: Project) -> None:
    before = contents(polled.folder)
    polled.slack.replies["/services/T0/B0/s3cretpath"] = Reply("no_text", 400)
    result = polled.json("check", "--online")
    assert {(c["what"], c["verdict"]) for c in result["checks"]} == {
        *(
            (what, "ok")
            for what in (
                "settings",
                "schedule",
                "templates",
                "access",
                "database",
                "disk",
                "zone data",
            )
        ),
        *((what, "ok") for what in ("clock", "feed", "smtp", "sender", "channel")),
    }
    assert polled.mail.mails == []
    assert [seen.json for seen in polled.slack.seen] == [{"text": ""}]
    assert contents(polled.folder) == before

    feed = f"{polled.feeds.url}/feed"
    polled.feeds.replies["/feed"] = Reply("gone", 410)
    polled.slack.replies["/services/T0/B0/s3cretpath"] = Reply("no_service", 404)
    result = polled.json("check", "--online", code=1)
    assert [(c["said"], c["remedy"]) for c in result["checks"] if c["verdict"] == "fail"] == [
        (
            "answered 410 Gone",
            f"it is gone for good: `digest feeds remove {feed}`",
        ),
        ("404 no_service", "make a new webhook"),
    ]


def test_a_template_error_names_file_line_and_variable(polled: Project) -> None:
    folder = polled.folder / "mine"
    folder.mkdir()
    (folder / "edition.html").write_text("<html>\n{{ edition.titel }}\n</html>", "utf-8")
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace("    title:", "    template: mine\n    title:")
    config.write_text(text, "utf-8")
    checked = polled.command("check")
    assert checked.returncode == 2
    assert f"fail templates {folder}: {folder}/edition.html:2: " in checked.stdout
    for command in (["run"], ["send", "weekly"]):
        done = polled.command(*command)
        assert done.returncode == 2
        assert done.stderr.startswith(f"digest: {folder}/edition.html:2: ")
        assert "'titel'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--version"], 0, __version__),
        (["poll", "nope"], 2, "there is no feed 'nope'"),
        (["preview", "nope"], 2, "there is no digest 'nope'"),
        (["send", "weekly", "--to", "nope"], 2, "there is no channel 'nope'"),
        (["sned"], 2, "there is no command 'sned'; did you mean 'send'?"),
        (["-c", "missing.yaml", "status"], 2, "missing.yaml: cannot be read"),
    ],
)
def test_exit_codes(polled: Project, arguments: list[str], code: int, says: str) -> None:
    done = polled.command(*arguments)
    assert done.returncode == code
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "group", ["", "feeds", "recipients", "digests", "templates", "service", "schema"]
)
def test_every_summary_fits_a_terminal_of_80_columns(project: Project, group: str) -> None:
    listed = project.command(*group.split(), "--help", COLUMNS="80").stdout
    commands = listed.partition("--help")[2].partition("\n\n")[2].splitlines()
    lines = [line for line in commands if line and not line.endswith((":", PROJECT_URL))]
    assert [line for line in lines if not re.match(r"  [a-z]+ +[A-Z].*[^.]\.$", line)] == []


def test_commands_are_listed_by_what_they_are_for(project: Project) -> None:
    listed = project.command("--help").stdout
    headings = re.findall(r"^(\w.*):$", listed, re.MULTILINE)
    assert headings == [
        "Options",
        *("Set up", "Every day", "Feeds and recipients"),
        "Deliveries",
        "More",
    ]
    assert re.search(r"^Set up:\n  init ", listed, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("statsu",), "there is no command 'statsu'; did you mean 'status'?"),
        (("feeds", "lst"), "there is no command 'lst'; did you mean 'list'?"),
        (("preview", "weakly"), "there is no digest 'weakly'; did you mean 'weekly'?"),
        (("send", "weekly", "--to", "inbx"), "there is no channel 'inbx'; did you mean 'inbox'?"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(
    polled: Project, arguments: tuple[str, ...], hint: str
) -> None:
    done = polled.command(*arguments)
    assert (done.returncode, hint in done.stderr) == (2, True)


def test_without_a_configuration_the_way_to_one_is_told(project: Project) -> None:
    done = project.command("status")
    assert (done.returncode, done.stderr.rstrip().endswith("`digest init` makes one")) == (2, True)


def test_no_secret_in_anything_said(polled: Project) -> None:
    polled.slack.replies["/services/T0/B0/s3cretpath"] = Reply("no: /s3cretpath", 500)
    outputs = [
        polled.command("-v", "poll"),
        polled.command("-v", "--json", "preview", "weekly"),
        polled.command("-v", "send", "weekly"),
        polled.command("-v", "run", "--once"),
        polled.command("--json", "status"),
        polled.command("check", "--online"),
    ]
    said = "".join(done.stdout + done.stderr for done in outputs)
    assert "500 no" in said
    assert "s3cretpath" not in said
    assert b"s3cretpath" not in (polled.folder / "data/digest.db").read_bytes()


def test_log_lines_are_json_off_a_terminal(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="team")
    lines = [json.loads(line) for line in project.command("run", "--once").stderr.splitlines()]
    assert [line["event"] for line in lines] == ["polled", "published", "delivered"]


def test_a_database_that_cannot_be_written_is_one_line(polled: Project) -> None:
    database = polled.folder / "data/digest.db"
    database.write_bytes(b"this is no database, and longer than a header of one hundred bytes " * 3)
    for command in ("poll", "status"):
        done = polled.command(command)
        assert done.returncode == 1
        assert done.stderr == (
            f"digest: {database}: file is not a database; restore a backup, or set another"
            " database\n"
        )


def test_what_a_server_repeats_of_a_secret_is_not_shown(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply("no", 401)
    project.configure("/feed")
    config = project.folder / "config.yaml"
    feed = f"{project.feeds.url}/feed"
    secret = f"{{url: {feed}, headers: {{Authorization: Bearer t0psecret}}}}"
    config.write_text(config.read_text("utf-8").replace(f"- {feed}", f"- {secret}"), "utf-8")
    # Its own address stands for what a server says of the request.
    project.feeds.replies["/feed"] = Reply(
        status=302, headers={"Location": "ftp://t0psecret@site.example"}
    )
    project.json("poll", code=1)
    assert project.feeds.seen[0].headers["Authorization"] == "Bearer t0psecret"
    assert "t0psecret" not in project.command("status").stdout


def test_an_edition_that_a_template_fails_on_goes_out_and_is_said(polled: Project) -> None:
    folder = polled.folder / "mine"
    folder.mkdir()
    # Right for the sample that templates are tried on, wrong for what comes.
    (folder / "edition.txt").write_text("{{ 1 // (edition.stories[0].url|length - 22) }}", "utf-8")
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace("    title:", "    template: mine\n    title:")
    config.write_text(text.replace("every monday", "daily"), "utf-8")
    result = polled.json("run", "--once")
    assert (result["delivered"], result["unpublished"]) == (4, {})
    (attention,) = polled.json("status")["attention"]
    assert (attention["kind"], attention["name"]) == ("template", "weekly")
    assert attention["message"].startswith(f"{folder}/edition.txt:1: ")


def test_a_preview_says_which_feeds_are_not_in_it(project: Project) -> None:
    project.feeds.replies["/good"] = Reply(rss(item(1)))
    project.configure("/good", "/missing")
    done = project.command("preview", "weekly")
    assert done.returncode == 1
    assert "* Story 1" in done.stdout
    assert done.stderr.endswith("is not in it: answered 404 Not Found\n")


def test_deliveries_of_a_channel_that_is_gone_are_pointed_out(polled: Project) -> None:
    polled.slack.replies["/services/T0/B0/s3cretpath"] = Reply("later", 500)
    polled.json("send", "weekly", "--to", "team", code=1)
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace("  team: {kind: slack", "  chat: {kind: slack")
    config.write_text(text.replace("inbox, team, vault", "inbox"), "utf-8")
    messages = [item_["message"] for item_ in polled.json("status")["attention"]]
    assert "1 to make, but there is no channel 'team' of kind slack now" in messages


class FullStream(io.StringIO):
    """A stream that takes nothing."""

    def write(self, _: str, /) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("arguments", [["nonsense"], ["-c", "none.yaml", "status"]])
def test_what_nobody_can_be_told_has_its_exit_code(
    tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stderr", FullStream())
    assert run_command(arguments) == 2


def test_the_output_on_a_full_device_is_one_line(polled: Project) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "digest", "--json", "status"],
            cwd=polled.folder,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "digest: the output could not be written: No space left on device\n"
