"""`digest init --example`: from an example and a few answers to a configuration that is well."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from digest.cli.setup.example import EXAMPLES, FOLDER, fill_example, read_example
from digest.config import load_settings
from digest.config.secrets import file_forms
from digest.config.settings import Settings
from digest.config.structure import sections
from digest.errors import UsageError
from tests.cli.setup.examples import WHAT_ONLY_YOU_KNOW
from tests.cli.terminal import on_terminal

if TYPE_CHECKING:
    from tests.cli.project import Project

DOCS = Path(__file__).parents[3] / "docs/examples"
examples = pytest.mark.parametrize("name", EXAMPLES)


@examples
def test_the_documentation_shows_the_file(name: str) -> None:
    """`UPDATE_DOCS=1` writes it anew."""
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    if os.environ.get("UPDATE_DOCS"):
        (DOCS / f"{name}.yaml").write_text(text, "utf-8")
    assert (DOCS / f"{name}.yaml").read_text("utf-8") == text


@examples
def test_an_example_is_valid_and_every_variable_is_explained(name: str) -> None:
    example = read_example(name)
    variables = set(re.findall(r"\$\{(\w+)", example.text))

    settings = load_settings(example.path, WHAT_ONLY_YOU_KNOW)

    assert variables == set(example.questions)
    assert settings.digests
    assert len(example.text.splitlines()) < 90
    assert all(len(line) <= 120 for line in example.text.splitlines())


@examples
def test_a_secret_is_a_variable_on_a_line_of_its_own_and_nothing_else_is(name: str) -> None:
    example = read_example(name)
    found = {
        str(section.data[key])[2:-1]
        for section in sections(Settings, yaml.safe_load(example.text))
        for key in file_forms(section.model)
        if key in section.data
    }

    assert found == example.secrets


@examples
def test_from_variables_it_is_written_whole(project: Project, name: str) -> None:
    known = {name: WHAT_ONLY_YOU_KNOW[name] for name in read_example(name).questions}

    done = project.command("init", "--example", name, **known)
    checked = project.command("check")

    assert f"digest preview {next(iter(load(project).digests))}" in done.stdout
    assert checked.returncode == 0
    written = (project.folder / "config.yaml").read_text("utf-8")
    assert "${" not in written
    assert "To start from it" not in written
    assert "s3cr3t" not in f"{written}{done.stdout}{done.stderr}"
    secrets = {path.read_text("utf-8") for path in (project.folder / "secrets").iterdir()}
    assert secrets == {known[secret] for secret in read_example(name).secrets}


def load(project: Project) -> Settings:
    return load_settings(project.folder / "config.yaml", {})


def test_what_no_variable_has_is_named(project: Project) -> None:
    refused = project.command(
        "init", "--example", "morning-briefing", TELEGRAM_CHAT="77", PLACE="Lyon"
    )
    unknown = project.command("init", "--example", "evening")
    mixed = project.command("init", "--example", "family", "--feed", "https://a.example")

    assert [done.returncode for done in (refused, unknown, mixed)] == [2, 2, 2]
    assert refused.stderr == (
        "digest: morning-briefing: set the variables CALENDAR_URL, TELEGRAM_BOT_TOKEN and"
        " SLACK_WEBHOOK_URL; on a terminal, it asks\n"
    )
    assert all(name in unknown.stderr for name in EXAMPLES)
    assert "--example goes with --timezone and --no-test, not with --feed" in mixed.stderr
    assert not (project.folder / "config.yaml").exists()


def test_each_of_the_family_reads_what_is_in_their_language() -> None:
    settings = load_settings(read_example("family").path, WHAT_ONLY_YOU_KNOW)
    read = {name: {feed.name for feed in settings.feeds_of(name)} for name in settings.digests}

    assert read == {
        "family": {"Positive News", "Smithsonian"},
        "familie": {"Good News Magazin", "GEO"},
    }


def test_what_a_variable_has_wrong_is_told_by_its_name(project: Project) -> None:
    known = {name: WHAT_ONLY_YOU_KNOW[name] for name in read_example("morning-briefing").questions}
    wrong = {"TELEGRAM_BOT_TOKEN": "my bot", "TIMEZONE": "Mars/Olympus"}

    refused = project.command("init", "--example", "morning-briefing", **known | wrong)

    assert refused.returncode == 2
    assert refused.stderr == (
        "digest: TIMEZONE: 'Mars/Olympus' is not a time zone; write an IANA name like"
        " 'Europe/Berlin'\n"
        "TELEGRAM_BOT_TOKEN: must be a bot's token, like 123456789:AAE..., as @BotFather shows it\n"
    )


def test_what_is_not_installed_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.config.extras.find_spec", lambda _: None)

    with pytest.raises(UsageError, match=r"^morning-briefing: a calendar needs an extra: pip"):
        fill_example(tmp_path / "config.yaml", "morning-briefing", None, test=False)


def test_on_a_terminal_it_asks_for_what_is_missing_alone(project: Project) -> None:
    known = {name: WHAT_ONLY_YOU_KNOW[name] for name in ("CALENDAR_URL", "SLACK_WEBHOOK_URL")}
    command = ("init", "--example", "morning-briefing", "--no-test")
    with on_terminal(project.forking, project.folder, *command, TZ="Asia/Tokyo", **known) as screen:
        screen.expect("Morning briefing: what developers")
        screen.expect("in Slack and in a vault of notes. The weather")
        screen.answer("Time zone [Asia/Tokyo]:", "Mars/Olympus")
        screen.expect("Mars/Olympus")
        screen.answer("Time zone [Asia/Tokyo]:")
        screen.answer("Where the weather is to be for, like Berlin, DE:", "Kyoto, JP")
        # Kinds of channels have their own questions, which are those without an example.
        screen.answer("token (not shown):", "no token")
        screen.expect("must be a bot's token")
        screen.answer("token (not shown):", WHAT_ONLY_YOU_KNOW["TELEGRAM_BOT_TOKEN"])
        screen.answer("chat", "@reading_room")
        screen.answer("The folder of your notes [vault]:")
        assert screen.finish() == 0

    settings = load(project)
    assert settings.timezone == "Asia/Tokyo"
    assert settings.digests["briefing"].blocks[0].subject == "Kyoto, JP"
    assert "s3cr3t" not in screen.shown


def test_of_a_channel_that_is_given_in_part_the_rest_is_asked(project: Project) -> None:
    known = {**WHAT_ONLY_YOU_KNOW, "TELEGRAM_CHAT": ""}
    command = ("init", "--example", "morning-briefing", "--no-test")
    with on_terminal(project.forking, project.folder, *command, **known) as screen:
        screen.answer("chat", "@reading_room")
        assert screen.finish() == 0

    assert "token" not in screen.shown.partition("@reading_room")[0]
    assert load(project).channels["phone"].model_dump()["chat"] == "@reading_room"
