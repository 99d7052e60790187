"""The settings of channels, and of the mail server that some of them need."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from digest.config.addresses import mail_key
from digest.config.base import Model
from digest.config.fields import (
    Addresses,
    CertificateFile,
    Command,
    HelloName,
    Host,
    SecretUrl,
    Selector,
    Sender,
    WebUrl,
    anchored,
)

# RFC 8301, section 3.2
_LEAST_KEY_BITS = 1024
_FORMATS = Literal["markdown", "html", "text", "json"]


class DkimSettings(Model):
    """How emails are signed (DKIM), so that their receivers see that they are the domain's."""

    domain: Host = Field(description="Whose signature it is: the domain of smtp.from.")
    selector: Selector = Field(description="Its public key is at SELECTOR._domainkey.DOMAIN.")
    key: SecretStr = Field(description="The private key, RSA in PEM form; a secret.")
    key_file: Path | None = Field(None, description="A file with the key.")

    @field_validator("key")
    @classmethod
    def _can_sign(cls, key: SecretStr) -> SecretStr:
        if not find_spec("dkim"):
            raise ValueError("signing needs an extra: pip install 'feed-digest[dkim]'")
        from dkim.crypto import UnparsableKeyError, parse_pem_private_key

        lines = key.get_secret_value().replace("\r\n", "\n")
        try:
            size = parse_pem_private_key(lines.encode())["modulus"].bit_length()
        except (UnparsableKeyError, LookupError, TypeError, ValueError):
            raise ValueError("is no RSA private key in PEM form") from None
        if size < _LEAST_KEY_BITS:
            raise ValueError(f"has {size} bits; receivers take no less than {_LEAST_KEY_BITS}")
        return SecretStr(lines)


class SmtpSettings(Model):
    """The mail server that email channels send through."""

    host: Host = Field(description="The server's name.")
    port: int = Field(587, ge=1, le=65535, description="587 for starttls, 465 for tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="none sends in clear, and so refuses credentials."
    )
    username: str | None = Field(None, description="Where the server asks for a login.")
    password: SecretStr | None = Field(None, description="A secret; for username.")
    password_file: Path | None = Field(None, description="A file with the password.")
    token_command: Command | None = Field(
        None,
        description="Instead of password: a command whose first line is a token (XOAUTH2).",
    )
    hello: HelloName | None = Field(
        None,
        description="What it calls itself (EHLO). Default: this machine's full name, or its"
        " address.",
    )
    ca_file: CertificateFile | None = Field(
        None, description="Whose certificates are trusted, in PEM form. Default: the system's."
    )
    max_per_minute: int | None = Field(
        None, ge=1, description="The most messages a minute, in all. Default: no limit."
    )
    dkim: DkimSettings | None = Field(None, description="Signs what is sent; see below.")
    sender: Sender = Field(alias="from", description="`Name <address>`, or an address.")

    @model_validator(mode="after")
    def _credentials_need_encryption(self) -> SmtpSettings:
        if self.password is not None and self.token_command is not None:
            raise ValueError("give password or token_command, not both")
        if (self.username is None) != (self.password is None and self.token_command is None):
            raise ValueError(
                "username and password belong together, or username and token_command;"
                " give both or neither"
            )
        if self.security == "none" and self.username is not None:
            raise ValueError("security: none would send the login in clear; use starttls or tls")
        return self


class EmailSettings(Model):
    """A channel that sends email through `smtp`."""

    kind: Literal["email"]
    to: Addresses = Field(description="The recipients; each gets a message of their own.")
    subscribe: Literal["closed", "open"] = Field(
        "closed",
        description="open: a page where anybody can subscribe, and confirms by email; needs"
        " web.public_url.",
    )

    @field_validator("to")
    @classmethod
    def _each_once(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        keys = [mail_key(address) for address in to]
        for n, key in enumerate(keys):
            if key in keys[:n]:
                raise ValueError(f"{key} is given twice")
        return to


class SlackSettings(Model):
    """A channel that posts to Slack, through an incoming webhook or as an app with a bot token."""

    kind: Literal["slack"]
    webhook_url: SecretUrl | None = Field(
        None, description="The incoming webhook's address; a secret."
    )
    webhook_url_file: Path | None = Field(None, description="A file with the webhook's address.")
    bot_token: SecretStr | None = Field(
        None, description="The token of an app with chat:write, instead of a webhook; a secret."
    )
    bot_token_file: Path | None = Field(None, description="A file with the token.")
    channel: str | None = Field(
        None, min_length=1, description="With bot_token: the channel's id, like C0123456789."
    )
    api_url: WebUrl = Field(
        "https://slack.com/api/", description="With bot_token: where Slack is, for proxies."
    )
    threads: bool = Field(
        False, description="With bot_token: a short post, and each section in its thread."
    )

    @field_validator("threads")
    @classmethod
    def _replies_need_a_bot(cls, threads: bool, info: ValidationInfo) -> bool:
        if threads and info.data.get("bot_token") is None:
            raise ValueError("needs bot_token and channel; a webhook cannot post replies")
        return threads

    @model_validator(mode="after")
    def _one_way_to_post(self) -> SlackSettings:
        if (self.webhook_url is None) == (self.bot_token is None):
            raise ValueError("give webhook_url, or bot_token and channel")
        if (self.bot_token is None) != (self.channel is None):
            raise ValueError("bot_token and channel belong together")
        return self


class FileSettings(Model):
    """A channel that writes each edition to a file."""

    kind: Literal["file"]
    path: str = Field(
        min_length=1,
        description="`{digest}` and `{date}` are filled in; relative to the configuration file.",
    )
    format: _FORMATS = Field("markdown", description="`markdown`, `html`, `text` or `json`.")

    @field_validator("path")
    @classmethod
    def _known_placeholders(cls, path: str, info: ValidationInfo) -> str:
        rest = path.replace("{digest}", "").replace("{date}", "")
        if "{" in rest or "}" in rest:
            raise ValueError("the only placeholders are {digest} and {date}")
        if path.endswith("/") or Path(path).name in {"", ".", ".."}:
            raise ValueError("must name a file, like 'digests/{digest}-{date}.md'")
        return str(anchored(Path(path), info))


ChannelSettings = Annotated[
    EmailSettings | SlackSettings | FileSettings, Field(discriminator="kind")
]
