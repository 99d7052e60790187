"""The settings of the web server."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, ClassVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, WithJsonSchema

from digest.config.base import Model
from digest.config.fields import WebUrl
from digest.config.secrets import MAY_BE_MISSING
from digest.domains import ascii_host
from digest.errors import DomainError

_MUST_BE = "must be scheme and host, like https://digest.example.com"
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 3986, section 3.3, and what is encoded already.
_IN_PATHS = "/%:@!$&'()*+,;=~"


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


_ADDRESS_AND_PORT = WithJsonSchema({"type": "string", "pattern": r".:[0-9]+$"})
Network = Annotated[str, AfterValidator(_network)]


def _public(url: str) -> str:
    """A public address as links have it: in ASCII, without a default port or a slash at the end."""
    parts = urlsplit(url)
    if "@" in parts.netloc or "?" in url or "#" in url:
        # What stands there may be secret, and would be in every link.
        raise ValueError(f"{_MUST_BE}; take out {_too_much(parts.netloc)}")
    try:
        host = ascii_host(parts.hostname or "").removesuffix(".")
    except DomainError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError(_MUST_BE)
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}{quote(parts.path, safe=_IN_PATHS).rstrip('/')}"


def _too_much(netloc: str) -> str:
    return "user and password" if "@" in netloc else "what begins with ? or #"


class WebSettings(Model):
    """Pages for the operator and for readers; without this section there is no web server."""

    listen: Annotated[str, AfterValidator(_listening), _ADDRESS_AND_PORT] = Field(
        "127.0.0.1:8080", description="Address and port."
    )
    public_url: Annotated[WebUrl, AfterValidator(_public)] | None = Field(
        None,
        description="Where readers reach it, for links in emails, like https://digest.example.com:"
        " no user, password, query or fragment. A proxy stands there.",
    )
    proxies: Annotated[
        tuple[Network, ...],
        BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    ] = Field(
        (),
        description="Addresses or networks of proxies whose X-Forwarded-For is believed, to tell"
        " apart who subscribes or sends a wrong token. All others are one client each.",
    )
    password: Annotated[SecretStr, Field(min_length=8), MAY_BE_MISSING] | None = Field(
        None, description="For the operator's pages; without it there are none."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "listen: 127.0.0.1:8080": "port host bind ip interface address addr listen_address"
        " bind_address listen_on http_port",
        "public_url": "url base_url external_url site_url root_url public_address domain hostname",
        "proxies": "proxy trusted_proxies trust_proxy behind_proxy forwarded_allow_ips",
        "password": "auth basic_auth pass passwd admin_password secret token api_key",
        "password: SECRET": "username user login admin",
    }

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
