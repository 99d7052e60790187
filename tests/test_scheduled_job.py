"""The scheduled job of the examples, played: each run in an empty folder, with what it keeps."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests import limits
from tests.conftest import environment
from tests.examples import digest_on_path
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.forked import Forking
    from tests.servers import HttpServer, MailServer

ROOT = Path(__file__).parents[1]
WORKFLOW = yaml.safe_load((ROOT / "docs/examples/scheduled-job.yaml").read_text("utf-8"))
JOB = WORKFLOW["jobs"]["digest"]
(FETCH,) = (step["name"] for step in JOB["steps"] if step.get("id") == "fetch")
HOOK = "/services/T0/B0/s3cretpath"
PAST = "2026-11-16T09:00:00.000000Z"
CONFIG = """\
polling: {{allow_private_networks: true, per_host: 0}}
feeds: [{feed}/1, {feed}/2]
smtp: {{host: 127.0.0.1, port: {port}, security: none, from: digest@sender.example}}
channels:
  inbox: {{kind: email, to: [ada@one.example]}}
  team: {{kind: slack, webhook_url: "${{SLACK_WEBHOOK_URL}}"}}
digests:
  weekly: {{schedule: every monday at 09:00, first_edition: 3650d, send_to: [inbox, team]}}
"""


class CodeHost:
    """A repository, and a machine that is new for each run of its job."""

    def __init__(self, folder: Path, programs: Path, secrets: Mapping[str, str]) -> None:
        self.origin = folder / "origin.git"
        self._environ = environment(
            PATH=f"{programs}:{os.environ['PATH']}",
            HOME=str(folder),
            GITHUB_RUN_NUMBER="1",
            **{
                f"GIT_{role}_{part}": f"{role}@example.com"
                for role in ("AUTHOR", "COMMITTER")
                for part in ("NAME", "EMAIL")
            },
        )
        self._secrets = dict(secrets)
        self._sh(f"git init --quiet --bare --initial-branch main {self.origin}", folder)

    @contextmanager
    def changed(self, branch: str) -> Iterator[Path]:
        """A branch in a folder, from which it is pushed."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self._sh(
                f"git clone --quiet {self.origin} . && git checkout --quiet -B {branch}", folder
            )
            self._sh(f"git reset --quiet --hard origin/{branch} || true", folder)
            yield folder
            self._sh(f"git add . && git commit -qm x && git push -q origin HEAD:{branch}", folder)

    def run_job(self) -> list[str]:
        """Run its steps in an empty folder; the names of those that failed.

        A checkout brings the main branch.
        """
        failed = list[str]()
        with tempfile.TemporaryDirectory() as name:
            self._sh(f"git clone --quiet --depth 1 file://{self.origin} .", Path(name))
            for step in JOB["steps"]:
                is_here = "uses" in step or step["name"] == "Install"
                if not is_here and is_wanted(step.get("if", ""), failed):
                    done = self._sh(step["run"], Path(name), check=False, **self._secrets)
                    failed += [step["name"]] if done.returncode else []
        return failed

    def _sh(
        self, script: str, folder: Path, *, check: bool = True, **more: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={**self._environ, **more},
            capture_output=True,
            timeout=limits.seconds(60),
            check=check,
        )


def is_wanted(condition: str, failed: Sequence[str]) -> bool:
    """Whether a step runs after these failed: as a rule after none."""
    if not condition:
        return not failed
    assert condition == "always() && steps.fetch.outcome == 'success'"
    return FETCH not in failed


@pytest.fixture
def host(
    tmp_path: Path,
    forking: Forking,
    feed_server: HttpServer,
    mail_server: MailServer,
    slack_server: HttpServer,
) -> Iterator[CodeHost]:
    slack_server.replies[HOOK] = Reply("ok")
    with digest_on_path(forking) as programs:
        opened = CodeHost(tmp_path, programs, {"SLACK_WEBHOOK_URL": slack_server.url + HOOK})
        with opened.changed("main") as folder:
            text = CONFIG.format(feed=feed_server.url, port=mail_server.port)
            (folder / "config.yaml").write_text(text, "utf-8")
        yield opened


def let_time_pass(host: CodeHost, *, edition_is_due: bool) -> None:
    """Make feeds due in what is kept, as they are an hour later, and the next edition too."""
    with host.changed("state") as folder, closing(sqlite3.connect(folder / "digest.db")) as kept:
        kept.execute(f"UPDATE feeds SET polled_at = '{PAST}', next_poll_at = '{PAST}'")
        if edition_is_due:
            kept.execute(f"UPDATE digests SET next_edition_at = '{PAST}'")
        kept.commit()


def titles(text: str) -> set[str]:
    return set(re.findall(r"News \d", text))


def test_three_runs_send_everything_once(
    host: CodeHost, feed_server: HttpServer, mail_server: MailServer, slack_server: HttpServer
) -> None:
    def publish(*numbers: int) -> None:
        news = [item(number, title=f"News {number}") for number in numbers]
        feed_server.replies["/1"] = Reply(rss(*news))

    feed_server.replies["/2"] = Reply(rss())
    publish(1, 2)
    assert host.run_job() == []
    # A run that fails keeps what it saw all the same, and what the feed then lets go is not lost.
    let_time_pass(host, edition_is_due=False)
    publish(2, 3)
    feed_server.replies["/2"] = Reply(status=404)
    assert host.run_job() == ["Poll and send"]
    publish(4)
    feed_server.replies["/2"] = Reply(rss())
    let_time_pass(host, edition_is_due=True)
    assert host.run_job() == []

    posts = slack_server.requests_to(HOOK)
    assert [titles(post.body.decode()) for post in posts] == [
        {"News 1", "News 2"},
        {"News 3", "News 4"},
    ]
    assert len(mail_server.mails) == 2


def test_it_sends_nothing_where_the_database_cannot_be_fetched(
    host: CodeHost, feed_server: HttpServer, mail_server: MailServer
) -> None:
    feed_server.replies |= {"/1": Reply(rss(item(1))), "/2": Reply(rss())}
    with host.changed("state") as folder:
        (folder / "other.txt").touch()
    assert host.run_job() == [FETCH]
    assert mail_server.mails == []


def test_its_secrets_are_those_of_the_host() -> None:
    assert JOB["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in JOB["env"]}
    assert "SLACK_WEBHOOK_URL" in JOB["env"]


def test_two_runs_never_overlap() -> None:
    assert WORKFLOW["concurrency"] == {"group": "digest", "cancel-in-progress": False}
