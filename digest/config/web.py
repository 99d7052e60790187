"""The settings of the web server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from digest.config.base import Model
from digest.config.fields import WebUrl


def _listening(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host.strip("[]") or not port.isdecimal() or not 0 <= int(port) <= 65_535:
        raise ValueError("must be an address and a port, like 127.0.0.1:8080 or [::1]:8080")
    return text


class WebSettings(Model):
    """Pages for the operator and for readers; without this section there is no web server."""

    listen: Annotated[str, AfterValidator(_listening)] = Field(
        "127.0.0.1:8080", description="Address and port."
    )
    public_url: WebUrl | None = Field(
        None,
        description="Where readers reach it, for links in emails, like https://digest.example.com.",
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
