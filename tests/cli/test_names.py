"""What hands type: options anywhere, names in any case or none, help, completion."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import get_completion_class

from digest.cli import COMPLETION_VARIABLE, cli, run_command
from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = """\
timezone: Europe/Berlin
feeds: [{url: "https://a.example/feed", name: Blog A}, "https://b.example/feed"]
channels:
  Vault: {kind: file, path: "out/{date}.md"}
  letters: {kind: email, to: [ada@one.example]}
smtp: {host: 127.0.0.1, from: digest@sender.example, username: ada, password: "${UNSET}"}
digests:
  weekly: {schedule: friday 5pm, send_to: Vault}
"""
ANOTHER = "  daily: {schedule: daily, send_to: Vault}\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, "utf-8")
    monkeypatch.setenv("DIGEST_CONFIG", str(path))
    monkeypatch.setenv("UNSET", "x")
    return path


@pytest.fixture
def run(
    config: Path,  # noqa: ARG001 - it is what they read
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    def called(*arguments: str) -> tuple[int, str, str]:
        code = run_command(list(arguments))
        return code, *capsys.readouterr()

    return called


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "feeds", "list"),
        ("feeds", "--json", "list"),
        ("feeds", "list", "--json"),
        ("feeds", "list", "-q", "--json"),
        ("FEEDS", "List", "--json"),
    ],
)
def test_options_stand_anywhere(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...]
) -> None:
    code, out, _ = run(*arguments)

    assert code == 0
    assert [feed["name"] for feed in json.loads(out)["feeds"]] == ["Blog A", "b.example"]


def test_the_file_is_named_behind_the_command(
    run: Callable[..., tuple[int, str, str]], config: Path
) -> None:
    elsewhere = config.with_name("other.yaml")
    elsewhere.write_text(CONFIG.replace("Blog A", "Blog B"), "utf-8")

    assert "Blog B" in run("feeds", "list", "-c", str(elsewhere))[1]
    assert "Blog A" in run("feeds", "list")[1]


@pytest.mark.parametrize("verbose", [("-v", "status"), ("status", "-v")])
def test_verbose_stands_anywhere(
    run: Callable[..., tuple[int, str, str]], verbose: tuple[str, ...]
) -> None:
    assert "well" not in run("status")[1].partition("Feeds:")[2]
    assert "not polled yet  Blog A" in run(*verbose)[1]


@pytest.mark.parametrize("command", ["preview", "send"])
def test_of_several_digests_one_is_named(
    run: Callable[..., tuple[int, str, str]], config: Path, command: str
) -> None:
    config.write_text(CONFIG + ANOTHER, "utf-8")

    assert run(command) == (2, "", "digest: say which digest: weekly, daily\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("preview", "weekyl"), "there is no digest 'weekyl'; did you mean 'weekly'?"),
        (("send", "weekly", "--to", "valt"), "there is no channel 'valt'; did you mean 'Vault'?"),
        (("poll", "blog b"), "there is no feed 'blog b'; did you mean 'Blog A'?"),
        (("recipients", "list", "--channel", "leters"), "did you mean 'letters'?"),
        (("stauts",), "there is no command 'stauts'; did you mean 'status'?"),
    ],
)
def test_what_is_misspelt_is_answered_with_the_nearest(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], error: str
) -> None:
    code, _, shown = run(*arguments)

    assert code == 2
    assert error in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ("recipients", "list", "--channel", "LETTERS"),
        ("feeds", "pause", "blog a"),
        ("held", "BLOG A"),
        ("recipients", "add", "eve@one.example"),
        ("test", "VAULT"),
    ],
)
def test_names_are_found_whatever_their_capitals(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...]
) -> None:
    assert run(*arguments)[0] == 0


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (("help",), "Feeds and recipients:"),
        (("help", "status"), " status [OPTIONS]\n"),
        (("help", "feeds"), " feeds [OPTIONS] COMMAND"),
        (("help", "feeds", "add"), " feeds add [OPTIONS] URL\n"),
    ],
)
def test_help_of_a_command(
    run: Callable[..., tuple[int, str, str]], asked: tuple[str, ...], shown: str
) -> None:
    code, out, _ = run(*asked)

    assert code == 0
    assert shown in out


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert cli.summary(context, name) == command.get_short_help_str(200)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (("help", "stauts"), "did you mean 'status'?"),
        (("help", "status", "more"), "status has no commands of its own"),
    ],
)
def test_help_of_what_is_not_there(
    run: Callable[..., tuple[int, str, str]], asked: tuple[str, ...], error: str
) -> None:
    code, _, shown = run(*asked)

    assert code == 2
    assert error in shown


def completed(words: str) -> list[str]:
    """What a shell would offer for the last of these words."""
    *before, incomplete = words.split(" ")
    kind = get_completion_class("bash")
    assert kind is not None
    program = kind(cli, {}, "digest", COMPLETION_VARIABLE)
    return [item.value for item in program.get_completions(before, incomplete)]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("stat", ["status"]),
        ("feeds re", ["remove", "resume"]),
        ("preview ", ["weekly"]),
        ("preview W", ["weekly"]),
        ("send --to v", ["Vault"]),
        ("send --test v", ["Vault"]),
        ("test l", ["letters"]),
        ("recipients list --channel l", ["letters"]),
        ("poll ", ["Blog A", "https://b.example/feed"]),
        ("feeds pause b", ["Blog A"]),
        ("deliveries --digest ", ["weekly"]),
        ("deliveries --state s", ["sending", "sent"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("digests move gone ", ["weekly"]),
        ("help fe", ["feeds"]),
        ("help feeds a", ["add"]),
    ],
)
@pytest.mark.usefixtures("config")
def test_a_shell_is_offered(words: str, offered: list[str]) -> None:
    assert completed(words) == offered


def test_a_shell_is_offered_the_names_of_the_file_that_was_named(config: Path) -> None:
    config.rename(config.with_name("other.yaml"))

    assert completed(f"preview -c {config.with_name('other.yaml')} ") == ["weekly"]
    assert completed(f"-c {config.with_name('other.yaml')} preview ") == ["weekly"]


@pytest.mark.parametrize(
    "text",
    ["", "digests: [a", "digests: weekly", "digests: {weekly: }", "a: *b", "[1]", "feeds: 3"],
)
def test_a_file_with_errors_is_no_trouble_to_completion(config: Path, text: str) -> None:
    config.write_text(text, "utf-8")

    assert set(completed("preview ")) <= {"weekly"}
    assert completed("poll ") == []
    config.unlink()
    assert completed("preview ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_the_program(
    run: Callable[..., tuple[int, str, str]], shell: str, tmp_path: Path
) -> None:
    code, script, _ = run("completion", shell)

    assert code == 0
    assert f"{COMPLETION_VARIABLE}={shell}_complete" in script
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(script, "utf-8")
        check = [program, "-n", str(tmp_path / "script")]
        assert subprocess.run(check, check=True, capture_output=True).stderr == b""


@pytest.mark.usefixtures("config")
def test_bash_gets_names_that_it_takes_for_one_word(tmp_path: Path) -> None:
    words = {"COMP_WORDS": "digest poll B", "COMP_CWORD": "B", COMPLETION_VARIABLE: "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-m", "digest"],
        env=environment(DIGEST_CONFIG=str(tmp_path / "config.yaml"), **words),
        check=True,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("plain,Blog\\\\ A\n", "")
