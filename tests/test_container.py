"""The container as its files describe it; no engine is needed to read them."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import babel
import pytest
import yaml

from digest.feeds.parsing.date_words import LANGUAGES
from digest.language import languages
from tests import limits
from tests.examples import digest_on_path, run

if TYPE_CHECKING:
    from tests.cli.project import Project
    from tests.forked import Forking

ROOT = Path(__file__).parents[1]
SLIM = runpy.run_path(str(ROOT / ".ci/slim"))["slim"]
# What the Dockerfile installs, unless it is built with another list.
BUILT_FROM = ("${REQUIREMENTS}", "image")
COMPOSE = yaml.safe_load((ROOT / "docs/examples/compose.yaml").read_text("utf-8"))
# Every language of texts and of dates, with little but Babel's data to write and read them.
WRITE_AND_READ = """
from datetime import date, time
from digest.feeds.parsing.date_words import in_english
from digest.language import language_of, languages
for tag in languages():
    language = language_of(tag)
    language.period(date(2026, 11, 20), date(2026, 12, 1))
    print(tag, language.day_to_come(date(2026, 11, 20)), language.time_of_day(time(9)))
print(in_english("12 maja 2026", set()))
"""


def instructions(name: str) -> list[str]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [
        line.removeprefix(name).strip() for line in text.splitlines() if line.startswith(f"{name} ")
    ]


def test_it_runs_as_a_fixed_user_that_is_not_root() -> None:
    assert instructions("USER") == ["10001:10001"]


def test_data_is_its_only_volume() -> None:
    assert instructions("VOLUME") == ["/data"]


def test_signals_reach_the_daemon() -> None:
    # The exec form: with a shell between, SIGTERM would end the shell.
    assert json.loads(instructions("ENTRYPOINT")[0]) == ["digest"]
    assert json.loads(instructions("CMD")[0]) == ["run"]


def test_its_health_check_is_a_command_of_ours() -> None:
    (check,) = instructions("HEALTHCHECK")
    assert json.loads(check.partition("CMD")[2]) == ["digest", "status", "--healthcheck"]


def test_its_base_is_named_by_digest() -> None:
    images = [image.split()[0] for image in instructions("FROM") if not image.startswith("base")]
    assert images
    assert all(re.search(r"@sha256:[0-9a-f]{64}$", image) for image in images)


def test_nothing_is_installed_that_has_no_hash() -> None:
    (pip, *others) = [line for line in instructions("RUN") if "pip " in line]
    installs = re.findall(r"pip (?:install|wheel) (.*?)(?: &&|$)", " && ".join([pip, *others]))
    assert len(installs) == 4
    for install in installs:
        locked = re.search(r"-r (requirements/\w+\.txt)", install.replace(*BUILT_FROM))
        assert locked or "--no-deps" in install
        if locked:
            text = (ROOT / locked[1]).read_text("utf-8")
            assert "==" in text
            assert not re.search(r"^\S+==\S+(?: ;.*)?$", text, re.MULTILINE)


def test_the_docs_start_it_with_no_more_than_it_needs() -> None:
    service = COMPOSE["services"]["digest"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    command = (ROOT / "docs/container.md").read_text("utf-8").partition("docker run -d")[2]
    for flag in (
        "--read-only",
        "--cap-drop ALL",
        "--security-opt no-new-privileges:true",
        f"--memory {service['mem_limit']} ",
        f"--pids-limit {service['pids_limit']} ",
    ):
        assert flag in command.partition("feed-digest")[0]


def test_compose_keeps_the_root_read_only_and_waits_for_a_send() -> None:
    service = COMPOSE["services"]["digest"]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == ["data:/data"]
    assert int(service["stop_grace_period"].removesuffix("s")) > 8


def test_the_image_has_only_what_a_container_uses() -> None:
    assert "/opt/digest/bin/python slim" in instructions("RUN")
    assert 'slim" --at-most 120' in (ROOT / ".ci/install").read_text("utf-8")


def test_what_is_never_used_goes_and_the_rest_stays(tmp_path: Path) -> None:
    used = ["babel/core.py", "babel/locale-data/pt_BR.dat", "babel/locale-data/pt.dat"]
    used += ["babel/locale-data/root.dat", "sqlalchemy/dialects/sqlite/base.py", "pipes.py"]
    unused = ["babel/locale-data/pt_PT.dat", "babel/locale-data/xx.dat", "lib/tests/data.bin"]
    unused += ["pip/main.py", "pip-26.1.dist-info/RECORD", "lib/deep/types.pyi", "lib/fast.c"]
    unused += ["sqlalchemy/dialects/oracle/base.py", "pygments/lexers/python.py"]
    for name in (*used, *unused):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    SLIM(tmp_path, {"pt-BR"})

    files = (path for path in tmp_path.rglob("*") if path.is_file())
    assert sorted(str(path.relative_to(tmp_path)) for path in files) == sorted(used)


def test_every_language_is_still_written_and_read(tmp_path: Path) -> None:
    shutil.copytree(Path(babel.__file__).parent, tmp_path / "babel", copy_function=os.symlink)
    SLIM(tmp_path, {*languages(), *LANGUAGES})
    done = [
        subprocess.run(
            [sys.executable, "-c", WRITE_AND_READ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=limits.seconds(60),
            check=True,
        ).stdout
        for path in (tmp_path, ROOT)
    ]
    assert len(list((tmp_path / "babel/locale-data").iterdir())) < 25
    assert done[0] == done[1]


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="there is no docker-compose")
def test_compose_takes_its_file() -> None:
    command = ["docker-compose", "-f", "docs/examples/compose.yaml", "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_compose_has_the_secrets_of_the_configuration_that_the_docs_have_for_it() -> None:
    text = (ROOT / "docs/container.md").read_text("utf-8")
    named = set(re.findall(r"/run/secrets/(\w+)", text.partition("```yaml")[2].partition("```")[0]))
    assert named == set(COMPOSE["secrets"])
    for service in ("digest", "backup"):
        assert set(COMPOSE["services"][service]["secrets"]) == named
        assert "./config:/etc/digest:ro" in COMPOSE["services"][service]["volumes"]


def test_compose_makes_a_backup_beside_the_daemon(
    troubled: Project, forking: Forking, tmp_path: Path
) -> None:
    service = COMPOSE["services"]["backup"]
    (script,) = service["command"]
    # A day later is soon enough for a test.
    script = script.replace("$$", "$").replace("/backups", str(tmp_path)).replace("sleep", "exit #")
    with digest_on_path(forking) as programs:
        done = run(script, troubled, programs)
    assert done.returncode == 0, done.stdout
    (copy,) = tmp_path.glob("digest-???.db")
    assert copy.stat().st_size


def test_what_is_copied_into_the_image_is_let_through() -> None:
    kept = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {
        source.removeprefix("./")
        for line in instructions("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    }
    assert copied == kept
