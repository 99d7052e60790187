"""The settings of sources that read newsletters from a mailbox: an IMAP folder or a Maildir."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any, ClassVar, Literal, Self
from urllib.parse import unquote

from pydantic import Field, field_validator, model_validator

from digest.config.extras import Extra
from digest.config.fields import CertificateFile, Host, Label, Names, RelativePath
from digest.config.secrets import Secret
from digest.config.sources.base import SourceSettings
from digest.domains import is_address

_IMAP = Extra("mail", "imap_tools")
_PORTS = {"implicit": 993, "starttls": 143, "none": 143}
_INBOX = "INBOX"
_OF_IMAP = ("username", "password", "access_token")
# What matches addresses: a local part and a domain, with * for any text.
_PATTERN = re.compile(r"[^\s@]+@[^\s@]+|\*")


class MailSettings(SourceSettings):
    """Newsletters by mail, in a folder of an IMAP account or in a Maildir on this machine."""

    example: ClassVar[str] = (
        "{kind: mail, host: imap.example.com, username: ada, password: '${MAIL}', senders: '*'}"
    )
    extra: ClassVar[Extra | None] = _IMAP

    kind: Literal["mail"]
    server: Host | None = Field(None, alias="host", description="The IMAP server.")
    port: int | None = Field(
        None, ge=1, le=65535, description="Default: 993, without implicit TLS 143."
    )
    tls: Literal["implicit", "starttls", "none"] = Field(
        "implicit", description="none is for a server on this machine only."
    )
    ca_file: CertificateFile | None = Field(
        None, description="The authorities that are trusted, as a PEM file. Default: the system's."
    )
    username: Label | None = Field(None, description="The account, often the whole address.")
    password: Secret | None = Field(
        None, description="A secret; many providers want an app password here."
    )
    access_token: Secret | None = Field(
        None, description="Instead of password: an OAuth 2 token (XOAUTH2); a secret."
    )
    folder: Label = Field(_INBOX, description="The folder, in any alphabet, or the label.")
    maildir: RelativePath | None = Field(
        None, description="Instead of host: the folder of a Maildir on this machine."
    )
    senders: Names = Field(
        description='Whose mail is read: addresses, `*` for any text; "*" alone is everybody.'
    )
    mark_read: bool = Field(
        default=False, description="Mark what was read as read; else nothing is changed."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "host": "server hostname server_name imap_server imap_host imap url",
        "tls": "ssl security encryption use_ssl use_tls starttls secure",
        "ca_file": "ca ca_cert ca_certs ca_bundle certificate certificates cert tls_ca",
        "username": "user user_name login account email mail address",
        "password": "pass passwd pw pwd secret app_password",
        "access_token": "token oauth oauth2 oauth_token xoauth2 bearer",
        "folder": "mailbox imap_folder directory",
        "maildir": "path maildir_path dir",
        "senders": "allow allowed allowed_senders allow_from whitelist",
        "mark_read": "mark_seen mark_as_read set_seen seen",
    }

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        """The folder or the Maildir alone, as in `mail:ada@imap.example.com/News`.

        In `feeds` it takes a map, since `senders` are to be given.
        """
        if argument.startswith(("/", "~")):
            return {"maildir": argument}
        account, _, folder = argument.partition("/")
        username, _, host = account.rpartition("@")
        if not username:
            raise ValueError("must be mail:USER@HOST/FOLDER or mail:/path/of/a/Maildir")
        name, colon, port = host.rpartition(":")
        of_host = {"host": name, "port": port} if colon and port.isdecimal() else {"host": host}
        return {**of_host, "username": unquote(username), "folder": folder or _INBOX}

    @property
    def host(self) -> str | None:
        """The IMAP server."""
        return self.server

    @property
    def address(self) -> str:
        """Its folder, and whose it is; with other senders it is the same source."""
        if self.maildir:
            return f"{self.kind}:{self.maildir}"
        name = (self.username or "").replace("%", "%25").replace("/", "%2F")
        port = "" if self.asked_port == _PORTS["implicit"] else f":{self.asked_port}"
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host
        return f"{self.kind}:{name}@{host}{port}/{self.folder}"

    @property
    def default_name(self) -> str:
        """The last part of its folder, and never whose it is: readers see it."""
        if self.maildir:
            return self.maildir.name.removeprefix(".") or _INBOX
        return self.folder.rstrip("/").rpartition("/")[2] or self.folder

    @property
    def asked_port(self) -> int:
        """The port of the server."""
        return self.port or _PORTS[self.tls]

    @field_validator("folder")
    @classmethod
    def _in_one_spelling(cls, folder: str) -> str:
        # RFC 3501, section 5.1: in any case it is the same folder.
        return _INBOX if folder.upper() == _INBOX else folder

    @field_validator("senders")
    @classmethod
    def _match_addresses(cls, senders: tuple[str, ...]) -> tuple[str, ...]:
        for sender in senders:
            if not _PATTERN.fullmatch(sender):
                domain = sender if "." in sender and "@" not in sender else "example.org"
                raise ValueError(f"{sender!r} matches no address; write '*@{domain}'")
        return tuple(sender.lower() for sender in senders)

    @field_validator("full_text")
    @classmethod
    def _has_pages(cls, wanted: bool) -> bool:
        # The link of a message may be the one that confirms, or tells its sender who reads.
        if wanted:
            raise ValueError("is not for mail: nothing that a message links to is ever asked for")
        return wanted

    @model_validator(mode="after")
    def _one_mailbox(self) -> Self:
        if (self.host is None) == (self.maildir is None):
            raise ValueError("give host or maildir, and not both")
        if self.maildir:
            given = [name for name in _OF_IMAP if getattr(self, name) is not None]
            if given:
                raise ValueError(f"{given[0]} goes with host, and not with maildir")
            return self
        if self.username is None or (self.password is None) == (self.access_token is None):
            raise ValueError("host needs username, and password or access_token")
        if self.tls == "none" and not _is_this_machine(self.host or ""):
            raise ValueError("tls: none would send the login in clear; use implicit or starttls")
        _IMAP.require("IMAP")
        return self


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)
