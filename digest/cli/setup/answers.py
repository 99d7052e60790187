"""What a first configuration is to say: given by options or asked for, and tried at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.cli.setup.ask_channels import (
    Targets,
    ask_for_targets,
    read_secret,
    targets_given,
)
from digest.cli.setup.ask_feeds import ask_for_feeds, feeds_given
from digest.cli.setup.ask_smtp import Server
from digest.cli.setup.first_config import Start, StartChannel, StartMail, name_and_title
from digest.cli.setup.kinds import QUESTIONS, SETUPS
from digest.cli.setup.prompts import (
    BACK,
    SCHEDULE,
    ZONE,
    agree,
    ask,
    tell,
    transcript,
    zone_here,
)
from digest.cli.setup.write import secret_file
from digest.config.schedule import parse_schedule
from digest.config.units import duration_text
from digest.errors import UsageError
from digest.jobs.first_edition import REACHES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.cli.setup.first_config import StartFeed
    from digest.cli.setup.kinds import Answers

DEFAULT_TIME = "daily at 09:00"
_PAGES = "Pages in a browser, on this machine, to see how all is?"
PASSWORD_VARIABLE = "SMTP_PASSWORD"  # noqa: S105 - a variable's name


class Given(Struct, frozen=True):
    """What the options say; None and what is empty is not given."""

    feed: tuple[str, ...]
    email: tuple[str, ...]
    kinds: dict[str, dict[str, str | Path]]
    """What is given of other kinds of channels; of a secret the file with it."""
    folder: str | None
    at: str | None
    timezone: str | None
    digest: str | None
    first_edition: str | None
    smtp_host: str | None
    smtp_port: int | None
    smtp_security: str | None
    smtp_username: str | None
    smtp_password_file: Path | None
    smtp_from: str | None
    allow_private_networks: bool
    no_test: bool

    def reaches(self, schedule: str) -> tuple[str, ...]:
        """How far back the first edition may go, the shortest first: as little as will do."""
        if self.first_edition:
            return (self.first_edition,)
        period = parse_schedule(schedule).period
        further = (reach for reach in REACHES if reach > period)
        return tuple(duration_text(reach) for reach in (period, *further))

    def targets(self) -> Targets:
        """Where it is to go, as far as that is known.

        Raises:
            UsageError: a file with a secret cannot be read.
        """
        file = self.smtp_password_file
        password = read_secret(file) if file else os.environ.get(PASSWORD_VARIABLE)
        server = Server(
            self.smtp_host,
            self.smtp_port,
            self.smtp_security,
            self.smtp_username,
            password,
            self.smtp_from,
        )
        kinds = {
            kind: {
                key: read_secret(value) if isinstance(value, Path) else value
                for key, value in given.items()
            }
            for kind, given in self.kinds.items()
        }
        return Targets(self.email, server, kinds, self.folder)


def gather_answers(config: Path, given: Given) -> tuple[Start, dict[str, str]]:
    """What the configuration is to say, and the secrets by the files they are to be in.

    Raises:
        UsageError: nobody is there to be asked for what is not given.
        DigestError: something given does not work.
    """
    targets = given.targets()
    person = sys.stdin.isatty() and sys.stderr.isatty()
    if not person:
        _refuse_missing(given, targets)
    asks = person and not (given.feed and targets)
    if asks:
        tell(f"This makes {config}. Each answer is tried at once; Ctrl-C leaves nothing.")
        tell(f"To be asked the question before again, write `{BACK}`.")
    feeds, targets, (schedule, zone), web = transcript.play(
        lambda: (
            _feeds(given),
            _tried(targets, test=not given.no_test, person=person),
            _time(given, asks=asks),
            asks and agree(_PAGES, default=False),
        )
    )
    secrets = _SecretFiles(config)
    start = Start(
        feeds,
        schedule,
        zone,
        *name_and_title(given.digest, parse_schedule(schedule)),
        given.first_edition,
        _mail(targets, secrets),
        _channels(targets, secrets),
        targets.folder,
        secrets.add("web_password", token_urlsafe(12)) if web else "",
    )
    return start, secrets.texts


def _refuse_missing(given: Given, targets: Targets) -> None:
    missing = [] if given.feed else ["--feed"]
    missing += targets.missing_options()
    if missing:
        raise UsageError(f"give {' and '.join(missing)}; on a terminal, it asks")


def _feeds(given: Given) -> tuple[StartFeed, ...]:
    test, private = not given.no_test, given.allow_private_networks
    if given.feed:
        return feeds_given(given.feed, private=private, test=test)
    return ask_for_feeds(private=private, test=test)


def _tried(targets: Targets, *, test: bool, person: bool) -> Targets:
    """The targets that are given, or else asked for."""
    if targets:
        return targets_given(targets, test=test, person=person)
    return ask_for_targets(targets, test=test)


def _time(given: Given, *, asks: bool) -> tuple[str, str]:
    """The schedule, and the time zone that it is in."""
    schedule, zone = given.at or DEFAULT_TIME, given.timezone or zone_here()
    if asks:
        schedule = given.at or ask("When", SCHEDULE, DEFAULT_TIME)
        zone = given.timezone or ask("Time zone", ZONE, zone)
    return schedule, zone


class _SecretFiles:
    """The secrets of a new configuration, by the files they are to be in."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self.texts: dict[str, str] = {}

    def add(self, name: str, secret: str) -> str:
        """A file for a secret, relative to the configuration."""
        file = secret_file(self._config, name, secret)
        self.texts[file] = secret
        return file


def _channels(targets: Targets, secrets: _SecretFiles) -> tuple[StartChannel, ...]:
    made: list[StartChannel] = []
    for kind, answers in targets.kinds.items():
        taken = {channel.name for channel in made}
        name = SETUPS[kind].name
        settings = dict(_settings(kind, answers, secrets))
        made.append(StartChannel(kind if name in taken else name, kind, settings))
    return tuple(made)


def _settings(kind: str, answers: Answers, secrets: _SecretFiles) -> Iterator[tuple[str, str]]:
    """What the file says of a channel: the answers, secrets by their files."""
    for question in QUESTIONS[kind]:
        answer = answers.get(question.key)
        if answer and question.is_secret:
            yield f"{question.key}_file", secrets.add(question.name, answer)
        elif answer:
            yield question.key, answer


def _mail(targets: Targets, secrets: _SecretFiles) -> StartMail | None:
    if not targets.to:
        return None
    smtp = targets.smtp
    username, file = None, ""
    if smtp.username is not None and smtp.password is not None:
        username = smtp.username
        file = secrets.add("smtp_password", smtp.password.get_secret_value())
    return StartMail(targets.to, smtp.host, smtp.port, smtp.security, smtp.sender, username, file)
