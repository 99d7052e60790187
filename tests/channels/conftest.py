"""Fixtures for channels: no proxy in between, and a certificate that is trusted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.certificates import Certificate, make_certificate
from tests.channels.slack.workspace import POST, Workspace

if TYPE_CHECKING:
    from tests.servers import HttpServer


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def other_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The certificate, trusted as the only one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate


@pytest.fixture
def workspace(slack_server: HttpServer) -> Workspace:
    made = Workspace(slack_server)
    slack_server.replies[POST] = made
    return made
