"""Nothing that others wrote acts on a terminal, whichever command shows it."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from digest.cli.output import say
from digest.store import tables
from tests.cli.hostile import HOSTILE, OUR_WORDS, hostile_acts, hostile_servers, planted
from tests.cli.terminal import CTRL_C, on_terminal
from tests.cli.test_outputs import COMMANDS, RUNS
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

NAME = "n\x1b]0;owned\x07\u202e"
# Beside the runs of each command that test_outputs has: what is about to be shown is not JSON.
MORE = {
    "run": ["-v run --once"],
    "status": ["status", "-v status", "status --healthcheck"],
    "check": ["check --online"],
    "preview": [
        *("preview weekly --as text", "preview weekly --as markdown", "preview weekly --as email"),
        *("preview weekly --as slack", "preview weekly --why", f"preview weekly -o {NAME}.html"),
    ],
    "show": ["show 1", f"show {NAME}"],
    "feeds export": [f"feeds export -o {NAME}"],
    "feeds import": [f"feeds import {NAME}.opml"],
    "feeds list": [f"feeds list {NAME}"],
    "feeds pause": [f"feeds pause {NAME}"],
    "recipients export": ["recipients export", f"recipients export -o {NAME}.csv"],
    "recipients import": [f"recipients import {NAME}.csv"],
    "recipients add": [f"recipients add {NAME}@example.com --channel {NAME}"],
    "recipients list": ["recipients list", f"recipients list --channel {NAME}"],
    "templates check": [f"templates check {NAME}"],
    "templates export": [f"templates export compact {NAME}"],
    "backup": [f"backup {NAME}.db"],
    "summaries test": ["summaries test weekly", f"summaries test {NAME}"],
    "explain": ["explain owls", f"explain {NAME}"],
    "send": [f"send {NAME}", f"send weekly --to {NAME}"],
    "held": ["held", f"held {NAME}"],
    "poll": ["-v poll", f"poll {NAME}"],
    "reload": ["reload", f"-c {NAME} reload"],
    "test": [f"test {NAME}"],
    "help": ["help", f"help {NAME}"],
    "completion": ["completion bash", f"completion {NAME}"],
    "schema": ["schema"],
    "schema output": ["schema output poll", f"schema output {NAME}"],
    "service install": ["service install --user --manager systemd --print"],
    "service status": ["service status --user"],
    "service remove": ["service remove --user"],
    "demo": [f"demo -o {NAME}/config.yaml"],
    "init": [f"-c {NAME}/{NAME} init", f"-c new.yaml init --feed {NAME} --email {NAME}"],
    "": [NAME, f"--{NAME}", f"feeds {NAME}", f"-c {NAME} status", "-c broken.yaml status"],
}
_BROKEN = {NAME: NAME, "feeds": [f"https://{NAME}/"], "digests": {NAME: {"schedule": NAME}}}


def runs() -> list[str]:
    """Every command there is, and what was seen to quote what it is given."""
    listed = {command: [line for line, _ in lines] for command, lines in RUNS.items()}
    assert {*listed, *MORE} - {""} == set(COMMANDS), "a command needs a run"
    each = [line for every in (listed, MORE) for lines in every.values() for line in lines]
    return list(dict.fromkeys(each))


def shown(project: Project, *arguments: str) -> str:
    with on_terminal(project.forking, project.folder, *arguments, HOME=str(project.folder)) as it:
        it.finish()
        return it.raw


@pytest.fixture
def hostile(troubled: Project) -> Project:
    hostile_servers(troubled)
    (troubled.folder / "broken.yaml").write_text(json.dumps(_BROKEN), "utf-8")
    (troubled.folder / f"{NAME}.opml").write_text("<opml><body/></opml>", "utf-8")
    (troubled.folder / f"{NAME}.csv").write_text(f"address,{NAME}\n{NAME},x\n", "utf-8")
    return planted(troubled)


def test_every_column_of_text_is_known_to_be_ours_or_planted() -> None:
    columns = {f"{t.name}.{c.name}" for t in tables.metadata.tables.values() for c in t.columns}
    assert columns >= OUR_WORDS


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_command_lets_words_of_others_act_on_a_terminal(
    hostile: Project, options: tuple[str, ...]
) -> None:
    # What is refused is refused in the same words with --json.
    lines = runs() if not options else [line for one in RUNS.values() for line, _ in one]
    for line in lines:
        arguments = line.replace("SITE", hostile.feeds.url).split(" ")
        out = shown(hostile, *options, *arguments)
        assert hostile_acts(out) == [], (line, out)


def test_status_that_is_watched_is_as_harmless(hostile: Project) -> None:
    with on_terminal(hostile.forking, hostile.folder, "-v", "status", "--watch") as terminal:
        terminal.expect("World Desk")
        terminal.type("q")
        assert terminal.finish() == 0
    assert hostile_acts(terminal.raw) == []


def test_the_log_of_a_daemon_on_a_terminal_is_as_harmless(hostile: Project) -> None:
    with on_terminal(hostile.forking, hostile.folder, "-v", "run") as terminal:
        terminal.expect("channel rests")
        terminal.type(CTRL_C)
        assert terminal.finish() == 0
    assert hostile_acts(terminal.raw) == []


def test_what_is_shown_can_still_be_read(hostile: Project) -> None:
    with sqlite3.connect(hostile.folder / "data/digest.db") as database:
        database.execute("UPDATE deliveries SET last_error = ?", ("550 \x1b[31mno\r\n! \u202eyes",))
        database.execute("UPDATE entries SET title = ?", ("[bold]Plain[/bold] :skull:",))
    database.close()
    said = hostile.command("deliveries").stdout
    assert r"550 \x1b[31mno ! \u202eyes" in said
    assert "[bold]Plain[/bold] :skull:" in hostile.command("explain", "Plain").stdout


def test_what_keeps_a_service_from_making_links_shows_nothing(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1, title="Owls.example @ada :skull:")))
    project.configure("/feed", send_to="phone")
    config = project.folder / "config.yaml"
    channel = 'phone: {kind: telegram, bot_token: "1:x", chat: 77}\n  vault:'
    config.write_text(config.read_text("utf-8").replace("vault:", channel), "utf-8")
    preview = shown(project, "preview", "weekly", "--as", "telegram")
    assert "Owls.example @ada :skull:" in preview


def test_a_reason_of_before_goes_out_as_csv_and_comes_back(hostile: Project) -> None:
    with sqlite3.connect(hostile.folder / "data/digest.db") as database:
        database.execute("UPDATE recipients SET address = key, name = '', reason = ?", (HOSTILE,))
        database.execute("UPDATE recipients SET address = 'grace@example.com'")
    database.close()
    assert hostile.command("recipients", "export", "-o", "all.csv").returncode == 0
    assert hostile.command("recipients", "import", "all.csv").stderr == ""


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\u2028b", "\x1b[31m", "\x85", "\ud800"])
def test_a_line_is_one_line(capfd: pytest.CaptureFixture[str], text: str) -> None:
    say(f"{text}, ends")
    out, _ = capfd.readouterr()
    assert out.splitlines() == [out.removesuffix("\n")]
    assert out.removesuffix("\n").isprintable()
