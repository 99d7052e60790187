"""Mail servers of well-known providers, as they document them for programs that send."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from digest.config.addresses import mail_key

_GMAIL_HINT = (
    "Google takes an app password here, not the one of the account:"
    " https://myaccount.google.com/apppasswords"
)
_OUTLOOK_HINT = (
    "Outlook.com may refuse passwords of programs; smtp.token_command takes tokens instead"
    " (docs/configuration.md), and any other mailbox can send to this one."
)
_FASTMAIL_HINT = "Fastmail takes an app password here: Settings, Privacy & Security, app passwords."
_ICLOUD_HINT = "Apple takes an app-specific password here: https://account.apple.com"
_YAHOO_HINT = "Yahoo takes an app password here: Account security, app passwords."
_GMX_HINT = "Sending by programs has to be allowed first: E-Mail settings, POP3 & IMAP."


class Provider(Struct, frozen=True):
    """Where a provider's customers hand in what they send, and what they should know."""

    host: str
    port: int
    security: Literal["starttls", "tls"]
    hint: str = ""


_PROVIDERS = {
    ("gmail.com", "googlemail.com"): Provider("smtp.gmail.com", 587, "starttls", _GMAIL_HINT),
    ("outlook.com", "hotmail.com", "live.com", "msn.com"): Provider(
        "smtp-mail.outlook.com", 587, "starttls", _OUTLOOK_HINT
    ),
    ("fastmail.com", "fastmail.fm"): Provider("smtp.fastmail.com", 465, "tls", _FASTMAIL_HINT),
    ("icloud.com", "me.com", "mac.com"): Provider(
        "smtp.mail.me.com", 587, "starttls", _ICLOUD_HINT
    ),
    ("yahoo.com", "ymail.com"): Provider("smtp.mail.yahoo.com", 465, "tls", _YAHOO_HINT),
    ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"): Provider("mail.gmx.net", 587, "starttls", _GMX_HINT),
    ("gmx.com",): Provider("mail.gmx.com", 587, "starttls", _GMX_HINT),
    ("web.de",): Provider("smtp.web.de", 587, "starttls", _GMX_HINT),
    ("posteo.de", "posteo.net"): Provider("posteo.de", 465, "tls"),
    ("mailbox.org",): Provider("smtp.mailbox.org", 465, "tls"),
}
_BY_DOMAIN = {domain: provider for domains, provider in _PROVIDERS.items() for domain in domains}


def provider_of(address: str) -> Provider | None:
    """The provider of an email address, where its domain is a known one's."""
    return _BY_DOMAIN.get(mail_key(address).rpartition("@")[2])
