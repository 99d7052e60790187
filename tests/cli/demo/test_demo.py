"""The demo: the whole loop, with nothing but the installation."""

from __future__ import annotations

import email
import email.policy
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.schemas import conforms
from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]


def test_the_demo_shows_a_first_edition_then_only_what_is_new(
    digest_command: Command, tmp_path: Path
) -> None:
    done = digest_command("--json", "demo", "-o", "shown")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    conforms(["demo"], result)
    first, quiet, new = result["rounds"]
    assert (first["new"], first["entries"]) == (34, 31)
    assert (quiet["new"], quiet["entries"], quiet["emails"]) == (0, 0, 0)
    assert (new["new"], new["entries"], new["emails"], new["slack_posts"]) == (2, 2, 2, 1)

    folder = tmp_path / "shown" / "1-first"
    message = email.message_from_bytes(
        (folder / "ada.eml").read_bytes(), policy=email.policy.default
    )
    assert message["To"] == "ada@example.com"
    html = (folder / "ada.html").read_text("utf-8")
    shown = html.partition("<h1")[2]
    assert shown.count("How a ferry company retired its last mainframe</a></h3>") == 1
    assert "also in" in html
    (post,) = json.loads((folder / "slack.json").read_text("utf-8"))
    assert post["blocks"][0]["text"]["text"] == "The weekly reader"
    later = (tmp_path / "shown" / "3-new" / "ada.txt").read_text("utf-8")
    assert "2 stories" in later


def test_the_demo_says_what_happened(digest_command: Command) -> None:
    done = digest_command("demo")
    assert done.returncode == 0
    assert "published an edition of 31 entries" in done.stdout
    assert "nothing new, so nothing is sent" in done.stdout
    assert "published an edition of 2 entries" in done.stdout
    assert "digest-demo" in done.stdout
    assert done.stderr == ""


def test_the_demo_needs_no_network(digest_command: Command) -> None:
    nowhere = {f"{name}_proxy": "http://127.0.0.1:9" for name in ("http", "https")}
    assert digest_command("demo", **nowhere).returncode == 0


@pytest.mark.slow
def test_who_has_seen_enough_of_the_demo_is_told_nothing(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "digest", "demo", "-o", str(tmp_path / "shown")]
    done = subprocess.run(
        command, env=environment(), stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
