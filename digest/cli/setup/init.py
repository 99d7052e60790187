"""`init`: from a few answers, each tried at once, to a configuration that works."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from digest.cli import Options, aio
from digest.cli.output import print_result, say
from digest.cli.preview import compose_first
from digest.cli.setup.ask_channels import (
    HOOK_FILES,
    HOOK_OPTIONS,
    HOOKS,
    Targets,
    ask_for_targets,
    read_secret,
    targets_given,
)
from digest.cli.setup.ask_feeds import ask_for_feeds, feeds_given
from digest.cli.setup.ask_smtp import SECURITY, Server
from digest.cli.setup.first_config import (
    BRIEFING,
    Start,
    StartFeed,
    StartHook,
    StartMail,
    config_text,
)
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
    ask,
    tell,
)
from digest.cli.setup.write import place, refuse_existing, secret_file, staged
from digest.config import load_settings
from digest.errors import ConfigError, UsageError
from digest.language import counted
from digest.log import Redactor, configure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.config import Settings
    from digest.model import Edition

_AT = "daily at 09:00"
# How far back a first edition goes: as little as will do.
_REACHES = ("1d", "7d", "30d", "365d")
_PASSWORD_VARIABLE = "SMTP_PASSWORD"  # noqa: S105 - a variable's name
_FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option(
        "--feed", multiple=True, type=SITE, help="A feed, or a site with one; repeatable."
    ),
    click.option("--email", multiple=True, type=ADDRESS, help="Whom to send to; repeatable."),
    *(
        click.option(option, f"hook_{kind}", type=_FILE, help="A file with a webhook's address.")
        for kind, option in HOOK_OPTIONS.items()
    ),
    click.option("--folder", type=FOLDER, help="Where to write each edition as Markdown."),
    click.option("--at", type=SCHEDULE, help=f"When. Default: {_AT}."),
    click.option("--timezone", type=ZONE, help="An IANA name. Default: this machine's."),
    click.option("--digest", type=NAME, default=BRIEFING, show_default=True, help="Its name."),
    click.option(
        "--first-edition",
        type=DURATION,
        help=f"How far it reaches. Default: {_REACHES[0]}, or more until it has something.",
    ),
    click.option("--smtp-host", type=HOST, help="Default: that of the address, where known."),
    click.option("--smtp-port", type=click.IntRange(1, 65535), help="The port of the mail server."),
    click.option(
        "--smtp-security", type=click.Choice(SECURITY), help="How the connection is encrypted."
    ),
    click.option("--smtp-username", help="Where the server asks for a login."),
    click.option(
        "--smtp-password-file",
        type=_FILE,
        help=f"A file with the password. Default: the variable {_PASSWORD_VARIABLE}.",
    ),
    click.option("--smtp-from", type=SENDER, help="Default: the login, or the first recipient."),
    click.option(
        "--allow-private-networks", is_flag=True, help="Feeds may be on this machine or network."
    ),
    click.option("--no-test", is_flag=True, help="Reach nothing: answers are taken as they are."),
)


class _Given(Struct, frozen=True):
    """The options."""

    feed: tuple[str, ...]
    email: tuple[str, ...]
    hooks: dict[str, Path]
    folder: str | None
    at: str | None
    timezone: str | None
    digest: str
    first_edition: str | None
    smtp_host: str | None
    smtp_port: int | None
    smtp_security: str | None
    smtp_username: str | None
    smtp_password_file: Path | None
    smtp_from: str | None
    allow_private_networks: bool
    no_test: bool

    @property
    def targets(self) -> Targets:
        """Where it is to go, as far as that is known."""
        file = self.smtp_password_file
        password = read_secret(file) if file else os.environ.get(_PASSWORD_VARIABLE)
        server = Server(
            self.smtp_host,
            self.smtp_port,
            self.smtp_security,
            self.smtp_username,
            password,
            self.smtp_from,
        )
        hooks = {kind: read_secret(path) for kind, path in self.hooks.items()}
        return Targets(self.email, server, hooks, self.folder)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class FirstEdition(Struct, frozen=True):
    """The first edition, as it would be now."""

    subject: str
    stories: int
    reach: str
    """How far back it goes, as `first_edition` has it."""


class Init(Struct, frozen=True):
    """`init`: what was written."""

    config: str
    secrets: tuple[str, ...]
    """A file for each secret."""
    digest: str
    feeds: tuple[StartFeed, ...]
    first_edition: FirstEdition | None
    """Null with --no-test."""


@click.command()
@_with_options
@click.pass_obj
def init(options: Options, /, **given: Any) -> None:
    """Make a configuration, by questions or by options.

    It asks for feeds, where to send and when, and tries each answer. What is given is not asked
    for: with a feed, and an address, webhook or folder, nothing is, but for what the mail server
    needs.
    """
    config = options.config or Path(os.environ.get("DIGEST_CONFIG") or "config.yaml")
    refuse_existing(config)
    configure("debug" if options.verbose else "error", "auto", Redactor())
    files = {kind: given.pop(f"hook_{kind}") for kind in HOOKS}
    hooks = {kind: path for kind, path in files.items() if path}
    setup = _Setup(config, _Given(**given, hooks=hooks))
    start, secrets = setup.answers()
    written = setup.write(start, secrets)
    command = f"digest -c {config}" if options.config else "digest"
    print_result(written, lambda written: _tell(written, command, start))


class _Setup:
    """One run of `init`; `person`: somebody is there to be asked."""

    def __init__(self, config: Path, given: _Given) -> None:
        self._config = config
        self._given = given
        self._targets = given.targets
        self._person = sys.stdin.isatty() and sys.stderr.isatty()
        self._asking = self._person and not (given.feed and self._targets)

    def answers(self) -> tuple[Start, dict[str, str]]:
        """What the configuration is to say, and the secrets by the files they are to be in."""
        given = self._given
        if not self._person:
            self._refuse_missing()
        if self._asking:
            tell(f"This makes {self._config}. Each answer is tried at once; Ctrl-C leaves nothing.")
        feeds = self._feeds()
        targets = self._where()
        at, zone = given.at or _AT, given.timezone or _zone_here()
        if self._asking:
            at = given.at or ask("When", SCHEDULE, _AT)
            zone = given.timezone or ask("Time zone", ZONE, zone)
        start = Start(feeds, at, zone, given.digest, self._reaches[0])
        return self._with(targets, start)

    def _refuse_missing(self) -> None:
        missing = [] if self._given.feed else ["--feed"]
        missing += self._targets.missing_options()
        if missing:
            raise UsageError(f"give {' and '.join(missing)}; on a terminal, it asks")

    def _feeds(self) -> tuple[StartFeed, ...]:
        given, private = self._given, self._given.allow_private_networks
        if given.feed:
            return feeds_given(given.feed, private=private, test=not given.no_test)
        return ask_for_feeds(private=private, test=not given.no_test)

    def _where(self) -> Targets:
        test = not self._given.no_test
        if not self._targets:
            return ask_for_targets(self._targets.server, test=test)
        return targets_given(self._targets, test=test, person=self._person)

    def _with(self, targets: Targets, start: Start) -> tuple[Start, dict[str, str]]:
        """What is started with these targets, whose secrets are in files."""
        secrets, hooks = {}, []
        for kind, url in targets.hooks.items():
            hook, name = HOOKS[kind], secret_file(self._config, HOOK_FILES[kind], url)
            secrets[name] = url
            hooks.append(StartHook(hook.name, kind, hook.key, name))
        if targets.to:
            smtp = targets.smtp
            mail = StartMail(targets.to, smtp.host, smtp.port, smtp.security, smtp.sender)
            if smtp.username is not None and smtp.password is not None:
                password = smtp.password.get_secret_value()
                name = secret_file(self._config, "smtp_password", password)
                secrets[name] = password
                mail = replace(mail, username=smtp.username, password_file=name)
            start = replace(start, mail=mail)
        return replace(start, hooks=tuple(hooks), folder=targets.folder), secrets

    @property
    def _reaches(self) -> tuple[str, ...]:
        return (self._given.first_edition,) if self._given.first_edition else _REACHES

    def write(self, start: Start, secrets: Mapping[str, str]) -> Init:
        """Put it in its place once it loads; answers what is where."""
        edition = None
        with staged(self._config, config_text(start), secrets) as stage:
            settings = self._load(stage)
            if not self._given.no_test:
                reach, edition = _first_edition(settings, start.digest, self._reaches)
                if reach != start.first_edition:
                    start = replace(start, first_edition=reach)
                    stage.write_text(config_text(start), "utf-8")
            files = place(stage, self._config, secrets)
        first = None
        if edition:
            reach = start.first_edition
            first = FirstEdition(edition.subject, len(edition.stories), reach)
        secret_files = tuple(str(file) for file in files[1:])
        return Init(str(files[0]), secret_files, start.digest, start.feeds, first)

    def _load(self, stage: Path) -> Settings:
        try:
            return load_settings(stage)
        except ConfigError as error:
            raise ConfigError(self._config, error.problems) from None


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


def _zone_here() -> str:
    from tzlocal import get_localzone_name

    try:
        name = str(get_localzone_name())
        ZONE.convert(name, None, None)
    except (LookupError, OSError, ValueError, click.BadParameter):
        return "UTC"
    return name


def _tell(written: Init, command: str, start: Start) -> None:
    first = written.first_edition
    nothing = first is not None and not first.stories
    if nothing:
        say("The first edition goes out once the feeds have something new.")
    elif first:
        stories = counted(first.stories, "story", "stories")
        say(f"The first edition, {stories}: {first.subject}")
    say(f"Written: {', '.join([written.config, *written.secrets])}")
    say("Next:")
    then = f"{start.schedule}, from now on"
    steps = {
        "run --once": "the first edition, now",
        "service install": f"an edition {then}" if nothing else f"then one {then}",
        "run": "the same in this terminal",
    }
    if nothing:
        del steps["run --once"]
    for words, what in steps.items():
        say(f"  {command + ' ' + words:<28} {what}")
