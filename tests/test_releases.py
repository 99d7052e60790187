"""What a release rests on: one version, a dated changelog, workflows that may do what they must."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest import __version__

ROOT = Path(__file__).parents[1]
CHANGELOG = (ROOT / "docs/changelog.md").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
# Who may do what, where it is more than reading.
WRITERS = {
    "image": {"contents": "read", "packages": "write"},
    "notes": {"contents": "write"},
    "pypi": {"id-token": "write"},
}


def load(path: Path) -> dict[str, Any]:
    # Everything as text: `on` is no truth value there.
    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
    return loaded


def notes(version: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".ci/notes"), version]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_changelog_begins_with_what_is_unreleased_and_dates_the_version() -> None:
    first, second, *_ = re.findall(r"(?m)^## (.+)$", CHANGELOG)
    assert first == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} \(\d{{4}}-\d\d-\d\d\)", second)


def test_the_notes_of_a_release_are_its_part_of_the_changelog() -> None:
    printed = notes(__version__).stdout.strip()
    assert printed
    assert printed in CHANGELOG
    assert "\n## " not in f"\n{printed}"


def test_a_version_without_a_date_has_no_notes() -> None:
    assert notes("0.0.7").returncode == 1
    assert notes("Unreleased").returncode == 1


@workflows
def test_every_action_is_named_by_its_commit(path: Path) -> None:
    used = re.findall(r"uses: (?!\./)(.+)$", path.read_text("utf-8"), re.MULTILINE)
    assert [
        name for name in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", name)
    ] == []


@workflows
def test_a_workflow_reads_and_no_more_unless_it_is_named_here(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] in ({}, {"contents": "read"})
    for name, job in workflow["jobs"].items():
        allowed = job.get("permissions", {"contents": "read"})
        assert allowed == WRITERS.get(name, {"contents": "read"})


@workflows
def test_every_job_has_an_end(path: Path) -> None:
    jobs = [job for job in load(path)["jobs"].values() if "uses" not in job]
    assert all(int(job["timeout-minutes"]) <= 90 for job in jobs)


def test_pull_requests_run_what_ci_runs() -> None:
    workflow = load(ROOT / ".github/workflows/ci.yml")
    assert "pull_request" in workflow["on"]
    assert workflow["jobs"]["run"]["steps"][-1] == {"run": ".ci/run"}


@pytest.mark.parametrize("name", ["bug", "idea"])
def test_a_form_asks_for_what_it_takes_to_look(name: str) -> None:
    fields = {
        field.get("id"): field
        for field in load(ROOT / f".github/ISSUE_TEMPLATE/{name}.yml")["body"]
    }
    assert "digest check --online" in fields["check"]["attributes"]["label"]
    assert "digest --version" in fields["version"]["attributes"]["description"]
    assert "address" in fields["feed"]["attributes"]["description"].lower()


def test_hooks_do_what_the_check_does() -> None:
    (own,) = load(ROOT / ".pre-commit-config.yaml")["repos"]
    check = (ROOT / ".ci/check").read_text("utf-8")
    assert {hook["id"] for hook in own["hooks"]} == {
        "ruff-format",
        "ruff-check",
        "mypy",
        "lint-imports",
    }
    for command in ("ruff format", "ruff check", "mypy", "lint-imports"):
        assert command in check
        assert any(command in hook["entry"] for hook in own["hooks"])
