"""Where the web server listens, and the address at which readers reach it."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.checks import Finding, Trouble, failed, found
from digest.checks.certificates import Certificates
from digest.feeds.http.failures import explain
from digest.http_client import aiohttp, plain_session
from digest.network import listening_trouble
from digest.store import database_of
from digest.web.control_client import daemon_is_alive

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import Settings

_SECONDS = 15.0
_MENDS = {
    "does not resolve": "publish the name in DNS, or mend web.public_url",
    "is not valid": "renew the certificate of what serves it",
}


async def check_public_url(settings: Settings, now: datetime) -> list[Finding]:
    """Whether the web server answers where the configuration says; nothing where it has none."""
    if settings.web is None or settings.web.public_url is None:
        return []
    url = settings.web.public_url.rstrip("/")
    certificates = Certificates()
    host = urlsplit(url).hostname or ""
    text = await _answer(f"{url}/healthz", certificates)
    troubles = [await _silence(settings, text)] if text else []
    if urlsplit(url).scheme == "http":
        mend = "serve it over https, and write https:// in web.public_url"
        troubles.append(Trouble("warn", "links in emails lead there in clear", mend))
    troubles += certificates.troubles(host, now)
    facts = ([] if text else ["answers"]) + list(certificates.facts(host, now))
    return [found("public URL", url, facts, troubles)]


async def _answer(url: str, certificates: Certificates) -> str | None:
    """What is wrong with the answer of an address; None for nothing."""
    connector = aiohttp.TCPConnector(ssl=certificates.noting(ssl.create_default_context()))
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with plain_session(connector, timeout=timeout) as session:
        try:
            # What the answer says beside its status is not read.
            async with session.get(url, allow_redirects=False) as answer:
                return None if answer.status == 200 else f"/healthz answers {answer.status}"
        except TimeoutError:
            return f"no answer within {_SECONDS:g} s"
        except (aiohttp.ClientError, OSError) as error:
            return explain(error)


async def _silence(settings: Settings, text: str) -> Trouble:
    assert settings.web is not None
    for words, mend in _MENDS.items():
        # These are wrong whether a daemon runs or not.
        if words in text:
            return Trouble("fail", text, mend)
    if not await daemon_is_alive(database_of(settings)):
        return Trouble(
            "warn", f"{text}, and no daemon runs here", "start `digest run`, check again"
        )
    mend = f"have the proxy in front lead to web.listen ({settings.web.listen})"
    return Trouble("fail", text, mend)


async def check_listening(settings: Settings) -> list[Finding]:
    """Whether the web server can listen where it is to; nothing where there is none."""
    if settings.web is None:
        return []
    host, port = settings.web.address
    if await daemon_is_alive(database_of(settings)):
        # What listens there is the daemon's own, or it would not run.
        return [Finding("listen", settings.web.listen, "ok", "a daemon runs, which listens there")]
    try:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(asyncio.Protocol, host, port, start_serving=False)
    except (OSError, UnicodeError) as error:
        mend = "change web.listen"
        return [failed("listen", settings.web.listen, listening_trouble(error, host, port), mend)]
    server.close()
    return [Finding("listen", settings.web.listen, "ok", "it is free")]
