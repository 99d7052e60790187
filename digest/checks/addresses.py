"""Addresses in the file that stand for another source: what each is read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.checks import Finding
from digest.config.sources import addresses_of, page_address

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_addresses(data: dict[str, Any]) -> Iterator[Finding]:
    """The items of `feeds` that are addresses of pages, each with the source it stands for."""
    for item in data["feeds"]:
        if address := page_address(item):
            yield Finding("feed", address, "ok", f"is read as {', '.join(addresses_of(item))}")
