"""`init`: from a few answers, each tried at once, to a configuration that works."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from digest.cli import aio
from digest.cli.output import print_result, say
from digest.cli.preview import compose_first
from digest.cli.setup.answers import (
    DEFAULT_TIME,
    PASSWORD_VARIABLE,
    Given,
    gather_answers,
)
from digest.cli.setup.ask_smtp import SECURITY
from digest.cli.setup.example import EXAMPLES, fill_example
from digest.cli.setup.first_config import (
    PAGES,
    SCHEMA_FILE,
    Start,
    StartFeed,
    config_text,
)
from digest.cli.setup.kinds import QUESTIONS, KindQuestion
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
    tell,
)
from digest.cli.setup.write import place, refuse_existing, staged
from digest.config import load_settings
from digest.errors import ConfigError, UsageError
from digest.language import counted
from digest.log import Redactor, configure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.cli.options import Options
    from digest.cli.setup.first_config import Start
    from digest.config import Settings
    from digest.model import Edition

_FILE = click.Path(path_type=Path)


def _option(question: KindQuestion) -> Callable[[Any], Any]:
    """The option of a question about a kind of channel."""
    kind = _FILE if question.is_secret else Answer(question.key, question.read)
    return click.option(question.option, question.name, type=kind, help=question.help)


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--example",
        type=click.Choice(EXAMPLES),
        help="Start from an example (docs/examples), and be asked for what only you know.",
    ),
    click.option(
        "--feed",
        multiple=True,
        type=SITE,
        help="A feed, a site with one, or another source; repeatable.",
    ),
    click.option("--email", multiple=True, type=ADDRESS, help="Whom to send to; repeatable."),
    *(_option(question) for questions in QUESTIONS.values() for question in questions),
    click.option("--folder", type=FOLDER, help="Where to write each edition as Markdown."),
    click.option("--at", type=SCHEDULE, help=f"When. Default: {DEFAULT_TIME}."),
    click.option("--timezone", type=ZONE, help="An IANA name. Default: this machine's."),
    click.option("--digest", type=NAME, help="Its name. Default: by its schedule."),
    click.option(
        "--first-edition",
        type=DURATION,
        help="How far back into a new feed's past. Default: a period of the schedule; the first"
        " edition of all goes further until it has something.",
    ),
    click.option("--smtp-host", type=HOST, help="Default: that of the address, where known."),
    click.option("--smtp-port", type=click.IntRange(1, 65535), help="The port of the mail server."),
    click.option(
        "--smtp-security", type=click.Choice(SECURITY), help="How the connection is encrypted."
    ),
    click.option("--smtp-username", help="If the server needs a login."),
    click.option(
        "--smtp-password-file",
        type=_FILE,
        help=f"A file with the password. Default: the variable {PASSWORD_VARIABLE}.",
    ),
    click.option("--smtp-from", type=SENDER, help="Default: the login, or the first recipient."),
    click.option(
        "--allow-private-networks", is_flag=True, help="Feeds may be on this machine or network."
    ),
    click.option("--no-test", is_flag=True, help="Contact nobody: answers are used as they are."),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class FirstEdition(Struct, frozen=True):
    """The first edition, as it would be now."""

    subject: str
    stories: int
    reach: str
    """How far back it goes; those that follow have what is new."""


class Init(Struct, frozen=True):
    """`init`: what was written."""

    config: str
    secrets: tuple[str, ...]
    """A file for each secret."""
    schema: str
    """The JSON Schema of the configuration, for editors."""
    digest: str
    feeds: tuple[StartFeed, ...]
    first_edition: FirstEdition | None
    """Null with --no-test, and with --example."""


@click.command()
@_with_options
@click.pass_obj
def init(options: Options, /, **given: Any) -> None:
    """Make a configuration, by questions or by options.

    It asks for feeds, where to send and when, and tries each answer. What is given is not asked
    for: with a feed and a place to send to, nothing is, but for what that place needs.
    """
    config = options.config or Path(os.environ.get("DIGEST_CONFIG") or "config.yaml")
    refuse_existing(config)
    configure("debug" if options.verbose else "error", "auto", Redactor())
    if example := given.pop("example"):
        _refuse_others(given)
        written = _write_example(config, example, given["timezone"], test=not given["no_test"])
        print_result(written, lambda written: _show_example(written, options.config))
        return
    kinds = {kind: _taken(given, questions) for kind, questions in QUESTIONS.items()}
    answers = Given(**given, kinds={kind: known for kind, known in kinds.items() if known})
    start, secrets = gather_answers(config, answers)
    reaches = () if answers.no_test else answers.reaches(start.schedule)
    written = _write(config, start, secrets, reaches)
    command = f"digest -c {config}" if options.config else "digest"
    print_result(written, lambda written: _show(written, command, start))


def _taken(given: dict[str, Any], questions: Sequence[KindQuestion]) -> dict[str, str | Path]:
    """What the options say about a kind of channel, taken out of all that they say."""
    values = {question.key: given.pop(question.name) for question in questions}
    return {key: value for key, value in values.items() if value is not None}


def _write(config: Path, start: Start, secrets: Mapping[str, str], reaches: Sequence[str]) -> Init:
    """Put a configuration in its place once it loads; answers what is where.

    The first edition is composed to see how far back it has to go, unless there are no `reaches`.
    """
    edition, reach = None, ""
    beside = {**secrets, SCHEMA_FILE: _schema()}
    with staged(config, config_text(start), beside) as stage:
        settings = _load(stage, config)
        if reaches:
            reach, edition = _first_edition(settings, start.digest, reaches)
        files = list(map(str, place(stage, config, beside)))
    first = None
    if edition:
        first = FirstEdition(edition.subject, len(edition.stories), reach)
    written, *secret_files, schema = files
    return Init(written, tuple(secret_files), schema, start.digest, start.feeds, first)


_WITH_EXAMPLE = {"timezone", "no_test"}


def _refuse_others(given: Mapping[str, Any]) -> None:
    parameters = click.get_current_context().command.params
    options = {parameter.name: parameter.opts[0] for parameter in parameters}
    others = [options[name] for name, value in given.items() if value and name not in _WITH_EXAMPLE]
    if others:
        raise UsageError(f"--example goes with --timezone and --no-test, not with {others[0]}")


def _write_example(config: Path, name: str, zone: str | None, *, test: bool) -> Init:
    text, secrets = fill_example(config, name, zone, test=test)
    beside = {**secrets, SCHEMA_FILE: _schema()}
    with staged(config, text, beside) as stage:
        settings = _load(stage, config)
        written, *secret_files, schema = map(str, place(stage, config, beside))
    feeds = tuple(StartFeed(feed.address) for feed in settings.feeds)
    return Init(written, tuple(secret_files), schema, next(iter(settings.digests)), feeds, None)


def _show_example(written: Init, config: Path | None) -> None:
    command = f"digest -c {config}" if config else "digest"
    say(f"Written: {', '.join([written.config, *written.secrets])}")
    say(f"Editors complete and check it with {written.schema}")
    say("Next:")
    steps = {
        "check --online": "whether all that it names can be reached",
        f"preview {written.digest}": "the first edition, as it would be now",
        "service install": "an edition whenever one is due",
        "run": "the same in this terminal",
    }
    width = max(len(f"{command} {step}") for step in steps)
    for step, effect in steps.items():
        say(f"  {f'{command} {step}':<{width}} {effect}")


def _schema() -> str:
    from digest.config.schema import json_schema

    return json.dumps(json_schema(), indent=2) + "\n"


def _load(stage: Path, config: Path) -> Settings:
    try:
        return load_settings(stage)
    except ConfigError as error:
        raise ConfigError(config, error.problems) from None


def _first_edition(settings: Settings, digest: str, reaches: Sequence[str]) -> tuple[str, Edition]:
    """The first edition with the shortest reach that gives it stories; else with the first."""
    drafts, failed = aio.run(compose_first(settings, digest, reaches))
    for feed in failed:
        tell(f"! {feed.name}: {feed.error}")
    for reach, edition in drafts.items():
        if edition.stories:
            if reach != reaches[0]:
                tell(f"Nothing in the feeds is younger than {reaches[0]}: it goes back {reach}.")
            return reach, edition
    tell(f"Nothing in the feeds is younger than {reaches[-1]}.")
    return reaches[0], drafts[reaches[0]]


def _show(written: Init, command: str, start: Start) -> None:
    first = written.first_edition
    nothing = first is not None and not first.stories
    if nothing:
        say("The first edition goes out once the feeds have something new.")
    elif first:
        stories = counted(first.stories, "story", "stories")
        say(f"The first edition, {stories}: {first.subject}")
    say(f"Written: {', '.join([written.config, *written.secrets])}")
    say(f"Editors complete and check it with {written.schema}")
    say("Next:")
    then = f"{start.schedule}, from now on"
    steps = {
        "run --once": "the first edition, now",
        "service install": f"an edition {then}" if nothing else f"then one {then}",
        "run": "the same in this terminal",
    }
    if nothing:
        del steps["run --once"]
    width = max(28, len(f"{command} service install"))
    for subcommand, effect in steps.items():
        say(f"  {f'{command} {subcommand}':<{width}} {effect}")
    if start.web_password_file:
        say(f"Pages, while it runs: http://{PAGES}, password in {start.web_password_file}")
