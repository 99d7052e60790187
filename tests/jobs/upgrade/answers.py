"""Reported cases as a fetcher answers them: bodies without a server, at addresses that last."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from digest.feeds.http.fetch import Fetcher, utc_now
from digest.feeds.http.host_backoffs import HostBackoffs
from digest.feeds.http.messages import Request, Response

if TYPE_CHECKING:
    from pathlib import Path

_CHARSET = re.compile(rb"^content-type:[^\r\n]*charset=\"?([\w-]+)", re.IGNORECASE | re.MULTILINE)
_CODED = re.compile(rb"^(?:transfer|content)-encoding:", re.IGNORECASE | re.MULTILINE)
Bodies = dict[str, tuple[bytes, str | None]]


class Answers(Fetcher):
    """Answers with the bodies that it is given, by address, each with its charset."""

    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies
        self.backoffs = HostBackoffs(utc_now)

    async def fetch(
        self, request: Request, ready: object = None, allowance: object = None
    ) -> Response:
        del ready, allowance
        body, charset = self.bodies[request.url]
        body_hash = hashlib.sha256(body).hexdigest()
        return Response(200, request.url, body=body, body_hash=body_hash, charset=charset)


def bodies_of(folder: Path, poll: int) -> Bodies:
    """The bodies of the answers to a poll, where they are plain and well sent."""
    found = {}
    for path in sorted(folder.glob(f"*.{poll}.http")):
        head, _, body = path.read_bytes().partition(b"\r\n\r\n")
        if b" 200 " in head.partition(b"\r\n")[0] and body.strip() and not _CODED.search(head):
            charset = _CHARSET.search(head)
            url = f"http://site.example/{path.name.partition('.')[0]}/feed.xml"
            found[url] = (body.replace(b"PORT", b"8080"), charset and charset[1].decode())
    return found
