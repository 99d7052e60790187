"""A certificate made for the occasion."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 that nobody trusts yet, and a server's context with it."""

    path: Path
    key: Path
    context: ssl.SSLContext


def make_certificate(folder: Path, signer: Certificate | None = None) -> Certificate:
    """A new one, signed by another or by itself; skips the test where nothing can make it."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not here to make a certificate")
    path, key = folder / "cert.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]
    command += ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", f"/CN={folder.name}"]
    # Without it Python 3.13 and later trust no signer (RFC 5280, section 4.2.1.3).
    command += ["-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(path)]
    command += ["-CA", str(signer.path), "-CAkey", str(signer.key)] if signer else []
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path, key)
    return Certificate(path, key, context)
