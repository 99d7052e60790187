"""Where a first digest goes: asked for or given, and tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from digest.cli import aio
from digest.cli.setup.ask_kind import ask_about, refuse_bad, try_given
from digest.cli.setup.ask_smtp import Server, ask_for_server, missing_options
from digest.cli.setup.kinds import QUESTIONS, SETUPS, Answers, is_chosen, unanswered
from digest.cli.setup.probe import one_line, try_login
from digest.cli.setup.prompts import ADDRESS, FOLDER, ask, choose, tell, transcript
from digest.config.addresses import mail_address
from digest.config.channels import CHANNEL_KINDS, service_name
from digest.domains import with_port
from digest.errors import DeliveryError, DigestError, UsageError
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import SmtpSettings

_EMAIL, _FILES = "email", "files"
# Where these stand among the kinds, by how many people want them.
_RANKS = {_EMAIL: 10, _FILES: 40}
# The others go by their names, so that the question stays short.
_MOST_NUMBERED = 6


class Targets(Struct, frozen=True):
    """Where it goes: any of addresses, other kinds and a folder; false without one of them.

    `kinds` has what is known of channels of other kinds, by the kind.
    """

    to: tuple[str, ...] = ()
    server: Server = field(default_factory=Server)
    kinds: dict[str, Answers] = {}
    folder: str | None = None

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.to or self.chosen or self.folder)

    @property
    def chosen(self) -> list[str]:
        """The other kinds that it goes to."""
        return [kind for kind in self.kinds if is_chosen(kind, self.kinds[kind])]

    @property
    def address(self) -> str:
        """The first address, without a name."""
        return mail_address(self.to[0])

    @property
    def smtp(self) -> SmtpSettings:
        """The mail server."""
        return self.server.filled(self.address).settings()

    def missing_options(self) -> list[str]:
        """What has to be given where nobody can be asked."""
        if not self:
            options = [asked[0].option for asked in QUESTIONS.values()]
            usual = ["--email", *options[: _MOST_NUMBERED - 2], "--folder"]
            return [f"one of {', '.join(usual)} (`digest init --help` has all)"]
        missing = missing_options(self.server, self.address) if self.to else []
        questions = [each for kind in self.chosen for each in unanswered(kind, self.kinds[kind])]
        return missing + [question.option for question in questions]


def read_secret(path: Path) -> str:
    """The text of a file, without white space around.

    Raises:
        UsageError: it has none, or cannot be read.
    """
    try:
        text = path.read_text("utf-8").strip()
    except OSError as error:
        raise UsageError(f"{path}: {file_trouble(path, error)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    if not text:
        raise UsageError(f"{path}: is empty")
    return text


def targets_given(targets: Targets, *, test: bool, person: bool) -> Targets:
    """The targets, tried; a `person` is asked for what the mail server still needs.

    Raises:
        DigestError: one does not work.
    """
    kinds = {
        kind: _given(kind, targets.kinds[kind], test=test, person=person) for kind in targets.chosen
    }
    targets = replace(targets, kinds=kinds)
    if not targets.to:
        return targets
    if person and missing_options(targets.server, targets.address):
        return replace(targets, server=ask_for_server(targets.server, targets.address, test=test))
    smtp = targets.smtp
    if test:
        try:
            answer = transcript.attempt(lambda: aio.run(try_login(smtp, targets.to)))
            tell(f"  {one_line(answer)}")
        except DeliveryError as error:
            raise DigestError(
                f"{with_port(smtp.host, smtp.port)}: {one_line(error.reason)}"
            ) from None
    return targets


def _given(kind: str, answers: Answers, *, test: bool, person: bool) -> Answers:
    refuse_bad(kind, answers)
    if person and unanswered(kind, answers):
        return ask_about(kind, answers, test=test)
    if test:
        try_given(kind, answers)
    return answers


def ask_for_targets(known: Targets, *, test: bool) -> Targets:
    """Ask where it goes; a visible post is made only where that is agreed to."""
    chosen = _ask_where()
    targets = Targets()
    if _EMAIL in chosen:
        targets = Targets(to=(ask("Email address", ADDRESS),))
        server = ask_for_server(known.server, targets.address, test=test)
        targets = replace(targets, server=server)
    kinds = {
        kind: ask_about(kind, known.kinds.get(kind, {}), test=test)
        for kind in SETUPS
        if kind in chosen
    }
    targets = replace(targets, kinds=kinds)
    if _FILES in chosen:
        targets = replace(targets, folder=ask("Folder", FOLDER, "digests"))
    return targets


def _ask_where() -> set[str]:
    """The names of the places that are chosen."""
    ranks = {**_RANKS, **{kind: CHANNEL_KINDS[kind].rank for kind in SETUPS}}
    names = sorted(ranks, key=lambda name: (ranks[name], name))
    titles = {kind: service_name(kind) for kind in SETUPS}
    titles |= {_EMAIL: "email", _FILES: "files in a folder"}
    tell("Where should it go?")
    more = names[_MOST_NUMBERED:]
    options = [titles[name] for name in names[:_MOST_NUMBERED]]
    if more:
        tell(f"  By its number, or by name also: {', '.join(more)}")
    return {names[place] for place in choose("One or more", options, names)}
