"""The questions about email: to whom, and through which server; asked until the login works."""

from __future__ import annotations

import ipaddress

import click
from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError

from digest.cli import aio
from digest.cli.setup.probe import one_line, send_greeting, try_login
from digest.cli.setup.prompts import HOST, PORT, SENDER, agree, ask, ask_secret, tell, transcript
from digest.config import SmtpSettings
from digest.config.providers import provider_of
from digest.errors import DeliveryError, UsageError

SECURITY = ("starttls", "tls", "none")
_NO_LOGIN = "none"


class Server(Struct, frozen=True):
    """What is known of a mail server; None is not known yet, a `username` of none is no login."""

    host: str | None = None
    port: int | None = None
    security: str | None = None
    username: str | None = None
    password: str | None = None
    sender: str | None = None

    def filled(self, address: str) -> Server:
        """With what goes without saying, given an address it sends to."""
        provider = None if self.host else provider_of(address)
        if provider:
            return replace(
                self,
                host=provider.host,
                port=self.port or provider.port,
                security=self.security or provider.security,
                username=self.username or address,
                sender=self.sender or self.username or address,
            )
        security = self.security or _usual_security(self.host, self.port)
        login = self.username if self.username and "@" in self.username else None
        return replace(
            self,
            port=self.port or (465 if security == "tls" else 25 if security == "none" else 587),
            security=security,
            sender=self.sender or login or address,
        )

    def settings(self) -> SmtpSettings:
        """As the configuration has it.

        Raises:
            UsageError: it does not fit together.
        """
        login = self.username not in {None, _NO_LOGIN}
        try:
            return SmtpSettings.model_validate(
                {
                    "host": self.host,
                    "port": self.port,
                    "security": self.security,
                    "username": self.username if login else None,
                    "password": self.password if login else None,
                    "from": self.sender,
                }
            )
        except ValidationError as error:
            reason = error.errors()[0].get("ctx", {}).get("error") or error.errors()[0]["msg"]
            raise UsageError(f"the mail server: {reason}") from None


def missing_options(server: Server, address: str) -> list[str]:
    """The options without which a server cannot be used, where nobody can be asked."""
    filled = server.filled(address)
    missing = [] if filled.host else ["--smtp-host"]
    if filled.username not in {None, _NO_LOGIN} and not filled.password:
        missing.append("--smtp-password-file or SMTP_PASSWORD")
    return missing


def ask_for_server(server: Server, address: str, *, test: bool) -> Server:
    """Ask for what is not known, and again for all of it as long as the login does not work."""
    provider = None if server.host else provider_of(address)
    if provider and provider.hint:
        tell(provider.hint)
    answers = server
    while True:
        answers = _ask_login(answers, address) if provider else _ask_all(answers, address)
        if not test or _works(answers.filled(address).settings(), address):
            return answers
        answers = replace(answers, password=None)


def _works(settings: SmtpSettings, address: str) -> bool:
    try:
        found = transcript.attempt(lambda: aio.run(try_login(settings, [address])))
        tell(f"  {one_line(found)}")
        if agree(f"Send a test email to {address} now?"):
            sent = transcript.attempt(lambda: aio.run(send_greeting(settings, address)))
            tell(f"  sent: {one_line(sent)}")
    except DeliveryError as error:
        tell(f"! {settings.host}:{settings.port}: {one_line(error.reason)}")
        return False
    return True


def _ask_login(known: Server, address: str) -> Server:
    host = known.filled(address).host
    username = ask(f"Login at {host}", click.STRING, known.username or address)
    return replace(known, username=username, password=known.password or _password())


def _ask_all(known: Server, address: str) -> Server:
    host = ask("Mail server", HOST, known.host)
    guess = replace(known, host=host).filled(address)
    port = ask("Port", PORT, str(known.port or guess.port))
    guess = replace(guess, port=port, security=known.security).filled(address)
    security = ask("Encryption", click.Choice(SECURITY), guess.security)
    username, password = _NO_LOGIN, None
    if security != "none":
        username = ask(f"Login, or {_NO_LOGIN}", click.STRING, known.username or address)
    if username != _NO_LOGIN:
        password = known.password or _password()
    sender = ask("Sender", SENDER, known.sender or guess.sender)
    return Server(host, port, security, username, password, sender)


def _password() -> str:
    return ask_secret("Password")


def _usual_security(host: str | None, port: int | None) -> str:
    if port == 465:
        return "tls"
    return "none" if host and port != 587 and _is_here(host) else "starttls"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
