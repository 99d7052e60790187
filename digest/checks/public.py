"""The address at which readers reach the web server."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from digest.checks import Finding, Trouble, found
from digest.checks.certificates import Certificates
from digest.web.control import daemon_is_alive

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import Settings

_SECONDS = 15.0


async def check_public_url(settings: Settings, now: datetime) -> list[Finding]:
    """Whether the web server answers where the configuration says; nothing where it has none."""
    if settings.web is None or settings.web.public_url is None:
        return []
    url = settings.web.public_url.rstrip("/")
    certificates = Certificates()
    host = urlsplit(url).hostname or ""
    said = await _answer(f"{url}/healthz", certificates)
    troubles = [await _silence(settings, said)] if said else []
    if urlsplit(url).scheme == "http":
        mend = "serve it over https, and write https:// in web.public_url"
        troubles.append(Trouble("warn", "links in emails lead there in clear", mend))
    troubles += certificates.troubles(host, now)
    facts = ([] if said else ["answers"]) + list(certificates.facts(host, now))
    return [found("public URL", url, facts, troubles)]


async def _answer(url: str, certificates: Certificates) -> str | None:
    """What is wrong with the answer of an address; None for nothing."""
    connector = aiohttp.TCPConnector(ssl=certificates.noting(ssl.create_default_context()))
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        try:
            async with session.get(url, allow_redirects=False) as answer:
                return None if answer.status == 200 else f"/healthz answers {answer.status}"
        except aiohttp.ClientConnectorCertificateError as error:
            return f"its certificate is not trusted: {error.certificate_error}"
        except (aiohttp.ClientError, OSError) as error:
            return f"does not answer: {str(error) or 'timed out'}"


async def _silence(settings: Settings, said: str) -> Trouble:
    assert settings.web is not None
    if not await daemon_is_alive(settings.database_path):
        return Trouble(
            "warn", f"{said}, and no daemon runs here", "start `digest run`, check again"
        )
    mend = f"have the proxy in front lead to web.listen ({settings.web.listen})"
    return Trouble("fail", said, mend)
