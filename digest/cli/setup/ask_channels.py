"""Where a first digest goes: asked for or given, and tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from digest.cli import aio
from digest.cli.setup.ask_smtp import Server, ask_for_server, missing_options
from digest.cli.setup.probe import HookProbe, one_line, try_login
from digest.cli.setup.prompts import (
    ADDRESS,
    FOLDER,
    Answer,
    agree,
    ask,
    ask_secret,
    choose,
    setting,
    tell,
    transcript,
)
from digest.config.addresses import mail_address
from digest.config.channels import CHANNEL_KINDS, refuse_foreign
from digest.config.fields import WebUrl
from digest.domains import with_port
from digest.errors import DeliveryError, DigestError, UsageError
from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.config import SmtpSettings

_EMAIL, _FILES = "email", "files"
# The kinds that one secret address is enough for, with how it is asked for.
HOOKS = {kind: model.hook for kind, model in CHANNEL_KINDS.items() if model.hook}
# What each of these addresses is called, as a file with it is.
HOOK_FILES = {kind: f"{kind}_{hook.key.removesuffix('_url')}" for kind, hook in HOOKS.items()}
HOOK_OPTIONS = {kind: f"--{file.replace('_', '-')}-file" for kind, file in HOOK_FILES.items()}


class Targets(Struct, frozen=True):
    """Where it goes: any of addresses, webhooks by kind and a folder; false without one of them."""

    to: tuple[str, ...] = ()
    server: Server = field(default_factory=Server)
    hooks: dict[str, str] = {}
    folder: str | None = None

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.to or self.hooks or self.folder)

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
            return [f"one of {', '.join(['--email', *HOOK_OPTIONS.values(), '--folder'])}"]
        return missing_options(self.server, self.address) if self.to else []


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
    for kind, url in targets.hooks.items():
        _check_hook(kind, url, test=test)
    if not targets.to:
        return targets
    if person and targets.missing_options():
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


def _webhook(kind: str) -> Callable[[str], str]:
    """Reads the address of a webhook of this kind."""

    def read(text: str) -> str:
        url = setting(WebUrl)(text)
        refuse_foreign(kind, url)
        return url

    return read


def _check_hook(kind: str, url: str, *, test: bool) -> None:
    try:
        _webhook(kind)(url)
    except ValueError as error:
        raise UsageError(f"{kind.capitalize()}, the webhook's address: {error}") from None
    if test:
        probe = HookProbe(kind, url)
        try:
            answer = transcript.attempt(lambda: aio.run(probe.check()))
            tell(f"  {kind.capitalize()}: {answer}")
        except DeliveryError as error:
            raise DigestError(f"{kind.capitalize()}: {probe.one_line(error.reason)}") from None


def ask_for_targets(server: Server, *, test: bool) -> Targets:
    """Ask where it goes; a visible post is made only where that is agreed to."""
    tell("Where should it go?")
    options = {
        _EMAIL: "email",
        **{kind: kind.capitalize() for kind in HOOKS},
        _FILES: "files in a folder",
    }
    places = choose("One or more", list(options.values()), list(options))
    chosen = [list(options)[place] for place in places]
    targets = Targets()
    if _EMAIL in chosen:
        targets = Targets(to=(ask("Email address", ADDRESS),))
        server = ask_for_server(server, targets.address, test=test)
        targets = replace(targets, server=server)
    hooks = {kind: _ask_for_hook(kind, test=test) for kind in HOOKS if kind in chosen}
    targets = replace(targets, hooks=hooks)
    if _FILES in chosen:
        targets = replace(targets, folder=ask("Folder", FOLDER, "digests"))
    return targets


def _ask_for_hook(kind: str, *, test: bool) -> str:
    while True:
        url = ask_secret(HOOKS[kind].question, Answer("url", _webhook(kind)))
        if not test or _works(kind, HookProbe(kind, url)):
            return url


def _works(kind: str, probe: HookProbe) -> bool:
    """Whether the address is known there; posts a line if that is agreed to."""
    name = kind.capitalize()
    try:
        tell(f"  {name}: {transcript.attempt(lambda: aio.run(probe.check()))}")
        if probe.can_greet and agree("Post a line there, to see it?"):
            transcript.attempt(lambda: aio.run(probe.greet()))
    except DeliveryError as error:
        tell(f"! {name}: {probe.one_line(error.reason)}")
        return False
    return True
