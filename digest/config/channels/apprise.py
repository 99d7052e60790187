"""The settings of channels that send through apprise, for services that have no kind of their own.

Apprise is an extra; it is loaded by who has such a channel.
"""

from __future__ import annotations

import logging
from email import charset
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field

from digest.config.channels.base import ChannelSettings
from digest.config.extras import Extra
from digest.config.secrets import MAY_BE_MISSING, UrlSecret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apprise import NotifyBase
    from pydantic import SecretStr

_EXTRA = Extra("apprise", "apprise")
# Schemes of what is no service on the network: this machine's screen, log and lights, and a log
# elsewhere that answers nothing.
_LOCAL = (
    *("blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "rsyslog", "syslog"),
    "windows",
)
# How often, where, in how many pieces and with what verdict is ours to say.
_OURS = {"optional", "overflow", "redirect", "retry", "wait"}
_LEAST_TOKEN = 8


class ServiceSecret(UrlSecret):
    """An address of apprise, which holds what logs a service's user in wherever there is room."""

    def parts(self) -> Iterator[str]:
        """Those of an address, with names of users, and of hosts where tokens stand in their place.

        A folder of the path is one that has digits.
        """
        yield from super().parts()
        user, _, host = urlsplit(self.get_secret_value()).netloc.rpartition("@")
        yield from user.split(":")
        if not {".", ":"} & set(host) and host != "localhost":
            yield host
        for folder in urlsplit(self.get_secret_value()).path.split("/"):
            if len(folder) >= _LEAST_TOKEN and any(letter.isdigit() for letter in folder):
                yield folder


def service_of(url: str) -> NotifyBase | None:
    """What sends to an address; None where apprise knows none. It tells nothing to our log."""
    import apprise

    for name in ("apprise", "urllib3"):
        # What these say has the address in it; of warnings, the result of a call has a copy.
        logging.getLogger(name).propagate = False
        logging.getLogger(name).setLevel(logging.WARNING)
    # Once, in the thread that asks, for as long as that waits, and with nothing kept on the disk.
    # A redirect is not followed: the page that it leads to would pass for a receipt.
    asset = apprise.AppriseAsset(async_mode=False, service_timeout=0, http_redirects=False)
    registered = dict(charset.CHARSETS)
    try:
        return apprise.Apprise.instantiate(url, asset=asset)
    finally:
        # With all plugins comes one that changes how Python writes emails, and so ours. Never
        # empty in between, since an email may be written in another thread.
        charset.CHARSETS.update(registered)
        for name in set(charset.CHARSETS) - set(registered):
            del charset.CHARSETS[name]


def _can_send(value: ServiceSecret) -> ServiceSecret:
    """Refuse what is no one service on the network, in words that do not repeat the address."""
    _EXTRA.require()
    url = value.get_secret_value()
    scheme, separator, _ = url.partition("://")
    if not separator or not url.isprintable():
        raise ValueError("must be an address of apprise, like service://token/target")
    if scheme.lower() in _LOCAL:
        raise ValueError(f"must lead to a service that answers, which {scheme}:// does not")
    if own := sorted(_OURS & {name for name, _ in parse_qsl(url.partition("?")[2])}):
        raise ValueError(f"must not say {', '.join(own)}, which digest decides by itself")
    _check_service(service_of(url))
    return value


def _check_service(service: NotifyBase | None) -> None:
    if service is None:
        raise ValueError(
            "is no address that apprise takes, or one that needs another package;"
            " try it with the command apprise"
        )
    if native := _native_kind(service):
        raise ValueError(f"has a kind of channel of its own, which keeps more promises: {native}")
    if len(service) > 1:
        raise ValueError(
            f"has {len(service)} targets; write a channel for each, so that none is repeated"
            " where another fails"
        )


def _native_kind(service: NotifyBase) -> str | None:
    """The kind of channel that sends to the same service without apprise."""
    from digest.config.channels import CHANNEL_KINDS

    # Like apprise.plugins.google_chat, or apprise.plugins.email.base.
    name = type(service).__module__.split(".")[2].replace("_", "")
    return name if name in CHANNEL_KINDS else None


class AppriseSettings(ChannelSettings):
    """A channel that sends through apprise to one of its services, which are over a hundred."""

    kind: Literal["apprise"]
    url: Annotated[ServiceSecret, AfterValidator(_can_send), MAY_BE_MISSING] = Field(
        description="The service's address as apprise writes it, with one target; a secret."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "url": "urls apprise_url apprise_urls address endpoint webhook_url service_url uri",
    }
    remedy: ClassVar[str] = (
        "look whether the service still takes what the address says, with the command apprise, and"
        " at the network"
    )

    @property
    def hook_address(self) -> SecretStr:
        """The address, by which channels share their pace."""
        return self.url

    @property
    def server_url(self) -> None:
        """None: who is asked only apprise knows."""
        return None

    @property
    def service(self) -> Any:
        """What sends to the address."""
        return service_of(self.url.get_secret_value())
