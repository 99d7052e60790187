"""The settings of the web server."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from digest.config.base import Model
from digest.config.fields import WebUrl


def _listening(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host.strip("[]") or not port.isdecimal() or not 0 <= int(port) <= 65_535:
        raise ValueError("must be an address and a port, like 127.0.0.1:8080 or [::1]:8080")
    return text


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError("must be an address or a network, like 127.0.0.1 or 10.0.0.0/8") from None
    return text


Network = Annotated[str, AfterValidator(_network)]


class WebSettings(Model):
    """Pages for the operator and for readers; without this section there is no web server."""

    listen: Annotated[str, AfterValidator(_listening)] = Field(
        "127.0.0.1:8080", description="Address and port."
    )
    public_url: WebUrl | None = Field(
        None,
        description="Where readers reach it, for links in emails, like https://digest.example.com.",
    )
    proxies: Annotated[
        tuple[Network, ...], BeforeValidator(lambda one: [one] if isinstance(one, str) else one)
    ] = Field(
        (),
        description="Addresses or networks of proxies whose X-Forwarded-For is believed, to tell"
        " apart who subscribes.",
    )
    password: SecretStr | None = Field(
        None, min_length=8, description="For the operator's pages; without it there are none."
    )
    password_file: Path | None = Field(None, description="A file with the password.")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
