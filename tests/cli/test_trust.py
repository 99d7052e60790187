"""Servers are trusted by the authorities of this machine, and by no others."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.certificates import Certificate, make_certificate
from tests.conftest import environment
from tests.feed_xml import item, rss
from tests.servers import HttpServer, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.project import Project


class Encrypted(NamedTuple):
    """A server of a feed and of a Slack webhook, and its certificate."""

    server: HttpServer
    certificate: Certificate

    @property
    def url(self) -> str:
        return self.server.url.replace("http://", "https://")


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Encrypted]:
    folder = tmp_path / "127.0.0.1"
    folder.mkdir()
    certificate = make_certificate(folder)
    server = HttpServer()
    listening = server._server.socket
    server._server.socket = certificate.context.wrap_socket(listening, server_side=True)
    server.replies["/feed"] = Reply(rss(item(1)))
    server.replies["/services/T0/B0/x"] = Reply("ok")
    server.start()
    yield Encrypted(server, certificate)
    server.stop()


def configured(project: Project, encrypted: Encrypted) -> Project:
    project.configure(f"{encrypted.url}/feed", send_to="team")
    path = project.folder / "config.yaml"
    text = path.read_text("utf-8")
    posted = f"{project.slack.url}/services/T0/B0/s3cretpath"
    path.write_text(text.replace(posted, f"{encrypted.url}/services/T0/B0/x"), "utf-8")
    return project


def test_an_authority_of_the_machine_is_trusted(project: Project, encrypted: Encrypted) -> None:
    configured(project, encrypted)
    authority = str(encrypted.certificate.path)

    done = project.command("run", "--once", SSL_CERT_FILE=authority)

    assert done.returncode == 0, done.stderr
    assert [seen.method for seen in encrypted.server.seen] == ["GET", "POST"]


def test_no_other_is(project: Project, encrypted: Encrypted) -> None:
    configured(project, encrypted)
    polled = project.command("poll")
    assert polled.returncode == 1
    assert "the certificate is not valid: self-signed certificate" in polled.stdout

    known = project.command("poll", SSL_CERT_FILE=str(encrypted.certificate.path))
    assert known.returncode == 0, known.stderr
    sent = project.command("run", "--once")
    assert sent.returncode == 1
    assert [seen.method for seen in encrypted.server.seen] == ["GET"]
    assert "the certificate is not valid: self-signed certificate" in sent.stderr


@pytest.mark.parametrize("module", ["app.http_clients", "channels.http", "cli.run", "http_client"])
def test_authorities_are_not_loaded_before_they_are_needed(module: str, tmp_path: Path) -> None:
    authority = str(make_certificate(tmp_path).path)
    say = "print(aiohttp.connector._SSL_CONTEXT_VERIFIED.cert_store_stats()['x509_ca'])"
    program = f"import os, digest.{module}, aiohttp; {say}; print(os.environ['SSL_CERT_FILE'])"

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(SSL_CERT_FILE=authority),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["0", authority]
