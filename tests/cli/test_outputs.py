"""Every command's `--json` has a schema that its real output keeps to; and exit codes hold.

`Project.json` holds what every other test gets against the schemas too.
"""

from __future__ import annotations

import json
import signal
import threading
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from digest.app.wiring import utc_now
from digest.cli import run_command
from digest.cli.results import RESULTS, WITHOUT_RESULT
from digest.model import Recipient
from tests import limits
from tests.cli.schemas import conforms
from tests.command_docs import commands
from tests.databases import database_at, store_at
from tests.servers import Reply
from tests.store.build import publish

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.project import Project
    from tests.servers import Seen

# One run or more of each command, in this order, and the exit code of each.
RUNS: dict[str, list[tuple[str, int]]] = {
    "run": [("run --once", 1)],
    "check": [("check", 0), ("check --online", 1)],
    "poll": [("poll", 1)],
    "preview": [("preview weekly", 0), ("preview weekly --why", 0)],
    "status": [("status", 0)],
    "deliveries": [("deliveries", 0)],
    "show": [("show 1", 0)],
    "incidents": [("incidents --all", 0)],
    "explain": [("explain owls", 0), ("explain nonsense", 1)],
    "held": [("held", 0), ("held --discard", 0)],
    "pair": [("pair", 0)],
    "send": [("send weekly --to folder", 0)],
    "test": [("test folder", 0)],
    "retry": [("retry 2", 1)],
    "drop": [("drop 2", 0)],
    "resend": [("resend 1 --to ada@example.com", 0)],
    "backup": [("backup copy.db", 0)],
    "keys rotate": [("keys rotate", 0), ("keys rotate --forget", 0)],
    "feeds discover": [("feeds discover SITE", 0), ("feeds discover SITE/nothing", 1)],
    "feeds test": [("feeds test SITE/journal.xml", 0), ("feeds test SITE/news.xml", 1)],
    "feeds import": [("feeds import feeds.opml", 0)],
    "feeds export": [("feeds export", 0)],
    "feeds list": [("feeds list", 0)],
    "feeds kinds": [("feeds kinds", 0)],
    "feeds add": [("feeds add SITE/extra.xml", 0)],
    "feeds pause": [("feeds pause SITE/extra.xml", 0)],
    "feeds resume": [("feeds resume SITE/extra.xml", 0)],
    "feeds remove": [("feeds remove SITE/extra.xml", 0)],
    "recipients list": [("recipients list", 0)],
    "recipients add": [("recipients add new@example.com --channel inbox", 0)],
    "recipients set": [("recipients set new@example.com --frequency weekly", 0)],
    "recipients move": [("recipients move gone inbox", 0)],
    "recipients forget": [("recipients forget lost", 0)],
    "recipients export": [("recipients export -o recipients.csv", 0)],
    "recipients import": [("recipients import recipients.csv", 0)],
    "recipients remove": [("recipients remove new@example.com", 0)],
    "recipients restore": [("recipients restore grace@example.com", 0)],
    "recipients allow": [("recipients allow never@example.com", 0)],
    "digests move": [("digests move gone weekly", 0)],
    "digests forget": [("digests forget lost", 0)],
    "templates list": [("templates list", 0)],
    "templates export": [("templates export compact mine", 0)],
    "templates check": [("templates check mine", 0)],
}
COMMANDS = [name for name, _ in commands()]
# Tests of their own run them.
ELSEWHERE = {
    *("demo", "init", "reload", "service install", "service status", "service remove"),
    "summaries test",
}


def test_every_command_has_a_schema_or_a_reason() -> None:
    assert sorted(COMMANDS) == sorted({**RESULTS, **WITHOUT_RESULT})


def test_every_schema_is_held_against_a_run() -> None:
    assert set(RUNS) | ELSEWHERE == set(RESULTS)


def know_what_is_gone(project: Project) -> None:
    """As after a channel and a digest were taken out of the file."""
    with closing(store_at(project.folder / "data" / "digest.db")) as store:
        for name in ("gone", "lost"):
            publish(store, digest=name)
            store.recipients.put([Recipient(name, "eve@example.com")], utc_now())
        store.asking.never("never@example.com", utc_now())


def test_real_output_is_as_the_schemas_say(troubled: Project) -> None:
    know_what_is_gone(troubled)
    for line, code in (run for runs in RUNS.values() for run in runs):
        arguments = line.replace("SITE", troubled.feeds.url).split()
        done = troubled.command("--json", *arguments)
        assert done.returncode == code, (line, done.stderr)
        if line != "feeds discover SITE/nothing":
            conforms(arguments, json.loads(done.stdout))


@pytest.mark.parametrize(
    "wrong",
    [
        {"feeds": [], "new": 0},
        {"feeds": [], "new": 0, "failed": 0, "more": 1},
        {"feeds": [], "new": "0", "failed": 0},
        {"feeds": [{"url": "https://feeds.example/"}], "new": 0, "failed": 0},
    ],
)
def test_a_schema_refuses_what_is_missing_more_or_other(wrong: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        conforms(["poll"], wrong)


def test_a_time_has_a_zone_and_is_iso_8601() -> None:
    one: dict[str, Any] = {"id": 1, "kind": "disk", "subject": "", "message": "", "closed_at": None}
    conforms(["incidents"], {"incidents": [one | {"opened_at": "2026-11-16T09:00:00+00:00"}]})
    for wrong in ("2026-11-16 09:00:00+00:00", "2026-11-16T09:00:00", "today"):
        with pytest.raises(jsonschema.ValidationError):
            conforms(["incidents"], {"incidents": [one | {"opened_at": wrong}]})


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run_command(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_schema_output_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = outcome(capsys, "schema", "output", "feeds", "test")
    schema = json.loads(out)
    assert (code, err) == (0, "")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "digest --json feeds test"
    assert schema["properties"]["seconds"]["description"] == "The whole answer."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["pol"], "there is no command 'pol'; did you mean 'poll'?"),
        (["feeds"], "there is no command 'feeds'; did you mean 'feeds add'?"),
        (["xyzzy"], "there is no command 'xyzzy'; there are: run, check, poll, "),
        (["schema"], "schema has no schema: what it prints is a JSON Schema"),
    ],
)
def test_schema_output_says_what_there_is(
    capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    code, out, err = outcome(capsys, "schema", "output", *asked)
    assert (code, out) == (2, "")
    assert err.startswith(f"digest: {said}")


# Exit codes. 0 and 1 are those of RUNS.


@pytest.mark.parametrize("command", COMMANDS)
def test_a_wrong_option_is_2_for_every_command(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    code, out, err = outcome(capsys, *command.split(), "--unheard-of")
    assert (code, out) == (2, "")
    assert "No such option" in err


# With arguments that would do, so that only the file is wrong.
ARGUMENTS = {
    "recipients add": "new@example.com --channel inbox",
    "recipients set": "new@example.com --at 07:30",
    "recipients remove": "new@example.com",
    "recipients restore": "new@example.com",
    "recipients move": "gone inbox",
    "recipients allow": "never@example.com",
    "recipients forget": "lost",
    "digests move": "gone weekly",
    "digests forget": "lost",
    "recipients import": "feeds.opml",
    "preview": "weekly",
    "send": "weekly",
    "test": "inbox",
    "show": "1",
    "retry": "1",
    "drop": "1",
    "resend": "1",
    "backup": "copy.db",
    "explain": "owls",
    "feeds discover": "https://feeds.invalid/",
    "feeds test": "https://feeds.invalid/",
    "feeds import": "feeds.opml",
    "feeds add": "https://feeds.invalid/",
    "feeds pause": "https://feeds.invalid/",
    "feeds resume": "https://feeds.invalid/",
    "feeds remove": "https://feeds.invalid/",
}


# Nor does what is told of a service depend on it; a reload leaves the file to the daemon.
NO_CONFIGURATION = {
    *("demo", "init", "reload", "service status", "service remove", "feeds kinds"),
    *("templates list", "templates export", "templates check"),
}


@pytest.mark.parametrize("command", [name for name in RESULTS if name not in NO_CONFIGURATION])
def test_a_wrong_configuration_is_2_for_every_command_that_has_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    config, opml = tmp_path / "config.yaml", tmp_path / "feeds.opml"
    config.write_text("feeds: [https://feeds.invalid/1]\ndigest: {}\n", "utf-8")
    opml.write_text("<opml><body/></opml>", "utf-8")
    asked = ARGUMENTS.get(command, "").replace("feeds.opml", str(opml)).split()
    code, out, err = outcome(capsys, "--json", "-c", str(config), *command.split(), *asked)
    assert (code, out) == (2, "")
    assert f"{config}:2: digest: " in err


BEFORE_THE_FIRST_RUN = ["deliveries", "show", "incidents", "explain", "backup"]


@pytest.fixture
def configured(project: Project) -> Project:
    project.configure("/feed", send_to="vault")
    return project


@pytest.mark.parametrize("command", BEFORE_THE_FIRST_RUN)
def test_no_database_is_1_for_those_that_read_it(configured: Project, command: str) -> None:
    assert "there is no database yet" in RESULTS[command].fails
    done = configured.command("--json", *command.split(), *ARGUMENTS.get(command, "").split())
    assert (done.returncode, done.stdout) == (1, "")
    assert "not there yet" in done.stderr


def test_a_health_check_without_a_daemon_is_1_and_silent(configured: Project) -> None:
    done = configured.command("status", "--healthcheck")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


WRITING = {
    "recipients add": ["recipients add new@example.com --channel inbox"],
    "recipients set": ["recipients set new@example.com --at 07:30"],
    "recipients remove": ["recipients remove new@example.com"],
    "recipients restore": ["recipients restore new@example.com"],
    "recipients move": ["recipients move gone inbox"],
    "recipients allow": ["recipients allow never@example.com"],
    "recipients forget": ["recipients forget lost"],
    "digests move": ["digests move gone weekly"],
    "digests forget": ["digests forget lost"],
    "recipients import": ["recipients import recipients.csv"],
    "run": ["run", "run --once"],
    "poll": ["poll"],
    "send": ["send weekly"],
    "summaries test": ["summaries test weekly"],
    "test": ["test vault"],
    "held": ["held --release"],
    "keys rotate": ["keys rotate"],
    "pair": ["pair QQQQQQQQ"],
    "retry": ["retry 1"],
    "drop": ["drop 1"],
    "resend": ["resend 1"],
}
READING = ["status", "held", "preview weekly"]


def test_a_database_that_another_holds_is_3_for_those_that_write(configured: Project) -> None:
    assert set(WRITING) == {name for name, result in RESULTS.items() if result.writes}
    (configured.folder / "data").mkdir()
    listed = "address,channel\nnew@example.com,inbox\n"
    (configured.folder / "recipients.csv").write_text(listed, "utf-8")
    with database_at(configured.folder / "data/digest.db").lock("a test"):
        for line in (line for lines in WRITING.values() for line in lines):
            done = configured.command("--json", *line.split())
            assert (done.returncode, done.stdout) == (3, ""), line
            assert "(a test, process " in done.stderr
        for line in READING:
            assert configured.command(*line.split()).returncode != 3, line


def test_what_is_interrupted_is_130_whether_it_writes_or_looks(configured: Project) -> None:
    never, begun = threading.Event(), {name: threading.Event() for name in ("poll", "check")}

    def hold(request: Seen) -> Reply:
        begun[request.path.strip("/")].set()
        return Reply(hold=never)

    asked = {"poll": ["poll"], "check": ["check", "--online"]}
    signals = {"poll": signal.SIGTERM, "check": signal.SIGINT}
    text = (configured.folder / "config.yaml").read_text("utf-8")
    with ExitStack() as stack:
        stack.callback(never.set)
        processes = {}
        for name, arguments in asked.items():
            (configured.folder / name).mkdir()
            config = configured.folder / name / "config.yaml"
            config.write_text(text.replace("/feed", f"/{name}"), "utf-8")
            configured.feeds.replies[f"/{name}"] = hold
            started = configured.start("-c", str(config), *arguments)
            processes[name] = stack.enter_context(started)
        for name, process in processes.items():
            assert begun[name].wait(limits.seconds(20))
            process.send_signal(signals[name])
        ended = [(*process.communicate(), process.wait()) for process in processes.values()]
    assert ended == [("", "\ndigest: interrupted\n", 130)] * len(asked)
