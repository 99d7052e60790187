"""The settings of channels that send email, and of the mail server that they share."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from digest.config.addresses import mail_address, mail_key
from digest.config.base import Model
from digest.config.channels.base import ChannelSettings
from digest.config.extras import Extra
from digest.config.fields import (
    Addresses,
    CertificateFile,
    Command,
    HelloName,
    Host,
    Selector,
    Sender,
)
from digest.config.secrets import MAY_BE_MISSING, KeySecret, Secret

# RFC 8301, section 3.2
_LEAST_KEY_BITS = 1024
# How senders are called that nobody reads the answers to.
_NOBODY = re.compile(r"(?:no|do[-_.]?not)[-_.]?reply", re.IGNORECASE)


def _can_sign(key: KeySecret) -> KeySecret:
    Extra("dkim", "dkim").require("signing")
    from dkim.crypto import UnparsableKeyError, parse_pem_private_key

    lines = key.get_secret_value().replace("\r\n", "\n")
    try:
        size = parse_pem_private_key(lines.encode())["modulus"].bit_length()
    except (UnparsableKeyError, LookupError, TypeError, ValueError):
        raise ValueError("is no RSA private key in PEM form") from None
    if size < _LEAST_KEY_BITS:
        raise ValueError(f"has {size} bits; receivers take no less than {_LEAST_KEY_BITS}")
    return KeySecret(lines)


class DkimSettings(Model):
    """How emails are signed (DKIM), so that their receivers see that they are the domain's."""

    domain: Host = Field(description="The domain that signs: that of smtp.from, or one above it.")
    selector: Selector = Field(description="Its public key is at SELECTOR._domainkey.DOMAIN.")
    key: Annotated[KeySecret, AfterValidator(_can_sign), MAY_BE_MISSING] = Field(
        description="The private key, RSA in PEM form; a secret."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "domain": "d sdid signing_domain",
        "selector": "s key_selector",
        "key": "private_key pem dkim_key",
    }


class SmtpSettings(Model):
    """The mail server that email channels send through."""

    host: Host = Field(description="The server's name.")
    port: int = Field(587, ge=1, le=65535, description="587 for starttls, 465 for tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="none sends without encryption, and refuses a login."
    )
    username: str | None = Field(None, description="If the server needs a login.")
    password: Secret | None = Field(None, description="A secret; for username.")
    token_command: Command | None = Field(
        None,
        description="Instead of password: a command whose first line is a token (XOAUTH2).",
    )
    hello: HelloName | None = Field(
        None,
        description="The name said to the server (EHLO). Default: this machine's full name, or its"
        " address.",
    )
    ca_file: CertificateFile | None = Field(
        None, description="The authorities that are trusted, as a PEM file. Default: the system's."
    )
    max_per_minute: int | None = Field(
        None, ge=1, description="The most messages a minute, in all. Default: no limit."
    )
    dkim: DkimSettings | None = Field(None, description="Signs what is sent; see below.")
    sender: Sender = Field(alias="from", description="`Name <address>`, or an address.")
    reply_to: Sender | None = Field(
        None,
        description="Who reads what readers answer; without web.public_url also what they write to"
        " unsubscribe. Default: from.",
    )

    synonyms: ClassVar[dict[str, str]] = {
        "host": "server hostname server_name address relay smarthost mailhost url",
        "security": "ssl tls starttls ssl_tls encryption use_ssl use_tls use_starttls enable_ssl"
        " enable_tls require_tls secure smtps disable_tls disable_start_tls disable_starttls",
        "username": "user user_name login account auth_user auth_username user_id"
        " auth authentication",
        "password": "pass passwd pw pwd secret auth_password app_password api_key",
        "token_command": "token oauth oauth2 xoauth2 access_token refresh_token auth_command",
        "hello": "ehlo helo ehlo_name helo_name helo_host local_hostname client_name",
        "ca_file": "ca ca_cert ca_certs ca_bundle certificate certificates cert tls_ca",
        "max_per_minute": "rate rate_limit limit throttle max_rate per_minute",
        "from": "sender from_address from_addr from_email from_name mail_from email_from"
        " force_from sender_email sender_address sender_name sent_from email envelope_from"
        " return_path",
        "reply_to": "reply reply_address reply_to_address",
    }

    @property
    def read_by(self) -> str | None:
        """The address that a person reads; None where `from` says that nobody does."""
        if self.reply_to is None and _NOBODY.match(mail_address(self.sender)):
            return None
        return mail_address(self.reply_to or self.sender)

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


class EmailSettings(ChannelSettings):
    """A channel that sends email through `smtp`."""

    kind: Literal["email"]
    to: Addresses = Field(description="The recipients; each gets a message of their own.")
    subscribe: Literal["closed", "open"] = Field(
        "closed",
        description="open: a page where anybody can subscribe, and confirms by email; needs"
        " web.public_url.",
    )

    synonyms: ClassVar[dict[str, str]] = {
        "to": "recipients recipient addresses address email emails email_address email_addresses"
        " to_address to_addresses to_email mail_to send_to receivers subscribers mailing_list list"
        " cc bcc users rcpt rcpt_to",
        "subscribe": "subscriptions subscription allow_subscribe signup sign_up open public",
    }

    needs_smtp: ClassVar[bool] = True
    keeps_list: ClassVar[bool] = True
    remedy: ClassVar[str] = "mend the section smtp, or ask whoever runs the server"

    @property
    def recipients(self) -> tuple[str, ...]:
        """The recipients that the file names, each of whom gets a delivery."""
        return self.to

    @property
    def open_to_all(self) -> bool:
        """Whether anybody can subscribe on a page."""
        return self.subscribe == "open"

    @property
    def shares(self) -> str:
        """The mail server of the file, which sends for all of them."""
        return "smtp"

    @field_validator("to")
    @classmethod
    def _each_once(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        keys = [mail_key(address) for address in to]
        for n, key in enumerate(keys):
            if key in keys[:n]:
                raise ValueError(f"{key} is given twice")
        return to
