"""An operator's folder: one configuration file, and `digest` as a process of its own in it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cli.schemas import conforms
from tests.conftest import environment
from tests.servers import HttpServer, MailServer, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.forked import Forking

CONFIG = """\
polling: {{allow_private_networks: true, per_host: 0, timeout: {timeout}}}
feeds:
{feeds}
smtp: {{host: 127.0.0.1, port: {port}, security: none, from: "Weekly <digest@sender.example>"}}
channels:
  inbox: {{kind: email, to: [ada@one.example, grace@two.example]}}
  team: {{kind: slack, webhook_url: "{slack}/services/T0/B0/s3cretpath"}}
  vault: {{kind: file, path: "out/{{digest}}-{{date}}.md"}}
digests:
  weekly:
    title: Weekly reading
    {schedule}
    first_edition: {first_edition}
    send_to: [{send_to}]
"""


@dataclass
class Project:
    """A folder with a configuration, and the servers it names."""

    folder: Path
    feeds: HttpServer
    mail: MailServer
    slack: HttpServer
    forking: Forking

    def configure(
        self,
        *paths: str,
        schedule: str = "schedule: every monday at 09:00",
        first_edition: str = "3650d",
        send_to: str = "inbox, team, vault",
        timeout: str = "30s",
    ) -> None:
        """Write config.yaml; paths are on the feed server, but for whole addresses."""
        self.slack.replies["/services/T0/B0/s3cretpath"] = Reply("ok")
        urls = [path if "://" in path else self.feeds.url + path for path in paths]
        text = CONFIG.format(
            feeds="\n".join(f"  - {url}" for url in urls),
            port=self.mail.port,
            slack=self.slack.url,
            schedule=schedule,
            first_edition=first_edition,
            send_to=send_to,
            timeout=timeout,
        )
        (self.folder / "config.yaml").write_text(text, "utf-8")

    def command(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `digest` to its end."""
        return self.forking.run(arguments, self.folder, environment(**env))

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run `digest --json` and read what it printed, which is as its schema says."""
        done = self.command("--json", *arguments)
        assert done.returncode == code, done.stderr
        result = json.loads(done.stdout)
        conforms(arguments, result)
        return result

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """`digest` as a process that goes on meanwhile."""
        with subprocess.Popen(
            [sys.executable, "-m", "digest", *arguments],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            yield process

    @contextmanager
    def daemon(self, **env: str) -> Iterator[subprocess.Popen[str]]:
        """`digest run`, up and at work; killed at the end if it still runs."""
        process = subprocess.Popen(
            [sys.executable, "-m", "digest", "run"],
            cwd=self.folder,
            env=environment(**env),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


def log_lines(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What a daemon logs, line by line as it comes."""
    assert process.stderr is not None
    for line in process.stderr:
        if not line.startswith("{"):
            process.kill()
            raise AssertionError(f"no line of a log: {line}{process.stderr.read()}")
        yield json.loads(line)
