"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.certificates import Certificate, make_certificate
from tests.forked import Forking
from tests.servers import HttpServer, MailServer, running
from tests.statements import share_statements

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.cli.project import Project

# What `pytest -m "not slow"` leaves out, beside every test that runs commands: files that start
# processes, servers that keep them waiting or browsers over and over, or try very many cases.
SLOW = (
    *("channels/email/test_doubts", "channels/email/test_postfix", "channels/file/"),
    *("channels/test_apprise", "channels/test_resuming", "channels/test_secrets"),
    *("channels/command/", "channels/discord/", "channels/matrix/", "channels/teams/"),
    *("channels/telegram/", "channels/slack/test_channel", "channels/email/test_delivering"),
    *("feeds/test_variants", "feeds/sources/mail/test_newsletters", "jobs/test_pictures"),
    *("mutation/", "rendering/test_article_page", "rendering/test_paragraphs"),
    *("rendering/email/test_personal", "store/test_backup"),
    *("app/bot_commands/test_commands", "config/test_synonyms"),
    *("channels/test_http", "cli/", "config/test_kinds", "editions/test_hostile"),
    *("editions/test_schedule", "feeds/sources/test_new_kind", "feeds/test_hostile"),
    *(
        "feeds/sources/mail/test_imap",
        "feeds/test_mutations",
        "feeds/test_opml",
        "jobs/test_catch_up",
    ),
    *("jobs/test_clocks", "jobs/test_drafts", "jobs/test_host_limits", "jobs/test_hostile_feeds"),
    *(
        "jobs/test_incremental",
        "jobs/test_manners",
        "jobs/test_newness",
        "jobs/test_publish",
        "jobs/test_quotas_at",
    ),
    *("feeds/sources/hackernews/test_thresholds", "jobs/test_blocks", "jobs/test_full_text"),
    *("channels/email/test_login", "config/test_every_error", "editions/week/", "feeds/reported/"),
    *("feeds/parsing/test_fast", "jobs/test_overflow", "jobs/test_replay", "jobs/upgrade/"),
    *("rendering/slack/test_messages", "rendering/test_checker", "rendering/test_in_browser"),
    *("rendering/test_messages", "jobs/test_poll", "jobs/test_quotas"),
    *("config/test_schema", "feeds/parsing/test_outline", "feeds/parsing/test_tolerant"),
    *("feeds/test_discovery", "rendering/test_full_list", "rendering/test_clean"),
    *("jobs/test_obedient_models", "jobs/test_summaries", "jobs/test_topics"),
    *(
        "summaries/test_receipt_cases",
        "jobs/test_weekly",
        "kill_matrix/",
        "rendering/email/test_fit",
        "rendering/test_escapes",
    ),
    *("store/test_entry_rows", "store/test_lock", "store/test_migrating", "store/test_names_in"),
    *(
        "store/test_nothing_lost",
        "store/test_weeks",
        "workers/test_pool",
        "test_examples",
        "test_new_kinds",
        "web/",
    ),
)
TESTS = Path(__file__).parent

# Or each of the many processes that tests start would compile all of the program again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says nothing on a busy machine. The fast tests try fewer of them.
hypothesis.settings.register_profile("whole", deadline=None)
hypothesis.settings.register_profile("fast", deadline=None, max_examples=25)


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried, before the tests are read."""
    share_statements()
    fast = config.getoption("markexpr") == "not slow"
    hypothesis.settings.load_profile("fast" if fast else "whole")


def is_slow(item: pytest.Item) -> bool:
    runs_commands = "forking" in getattr(item, "fixturenames", ())
    return runs_commands or item.path.relative_to(TESTS).as_posix().startswith(SLOW)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow."""
    for item in items:
        if item.path.is_relative_to(TESTS) and is_slow(item):
            item.add_marker("slow")


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    """A command that runs in a test sets up the log as the settings say, and for itself alone."""
    root, ours = logging.getLogger(), logging.getLogger("digest")
    before = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:], level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def feed_server() -> Iterator[HttpServer]:
    server = HttpServer()
    with running(server):
        yield server


@pytest.fixture
def other_server() -> Iterator[HttpServer]:
    """A server on another port: to a browser, and to us, another place."""
    server = HttpServer()
    with running(server):
        yield server


@pytest.fixture
def slack_server() -> Iterator[HttpServer]:
    server = HttpServer()
    with running(server):
        yield server


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    with running(server):
        yield server


def environment(**more: str) -> dict[str, str]:
    """A process's environment without what could change how the command behaves."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().endswith("_PROXY") and name not in {"DIGEST_CONFIG", "COLUMNS"}
    }
    return kept | {"PYTHONWARNINGS": "error"} | more


@pytest.fixture(scope="session")
def forking() -> Iterator[Forking]:
    forking = Forking()
    yield forking
    forking.close()


@pytest.fixture
def digest_command(
    tmp_path: Path, forking: Forking
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `digest` as a process of its own, in the test's folder, to its end."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return forking.run(arguments, tmp_path, environment(**env))

    return run


@pytest.fixture(scope="session")
def _troubled(tmp_path_factory: pytest.TempPathFactory, forking: Forking) -> Iterator[Project]:
    from tests.cli.troubled import troubled_project

    with troubled_project(tmp_path_factory.mktemp("troubled"), forking) as project:
        yield project


@pytest.fixture
def troubled(_troubled: Project, tmp_path: Path) -> Iterator[Project]:
    """A copy of a project to which things have happened; its servers are shared."""
    folder = tmp_path / "project"
    shutil.copytree(_troubled.folder, folder)
    feeds, slack, mail = _troubled.feeds, _troubled.slack, _troubled.mail
    before = feeds.replies.copy(), slack.replies.copy(), mail.refuse_recipient
    yield replace(_troubled, folder=folder)
    # The next test finds them as this one did.
    feeds.replies, slack.replies, mail.refuse_recipient = before


SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def shared() -> Path:
    """The folder of real feeds, which lies beside the project where it is developed."""
    if not (SHARED / "feeds").is_dir():
        pytest.skip("the real feeds are not here: no folder ../shared/feeds")
    return SHARED
