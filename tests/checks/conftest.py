"""An operator's folder with servers beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.forked import Forking
    from tests.servers import HttpServer, MailServer


@pytest.fixture
def project(
    tmp_path: Path,
    feed_server: HttpServer,
    mail_server: MailServer,
    slack_server: HttpServer,
    forking: Forking,
) -> Project:
    return Project(tmp_path, feed_server, mail_server, slack_server, forking)
