"""The container as its files describe it; no engine is needed to read them."""

from __future__ import annotations

import json
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]


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


def test_compose_keeps_the_root_read_only_and_waits_for_a_send() -> None:
    service = YAML(typ="safe").load(ROOT / "docs/compose.yaml")["services"]["digest"]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == ["data:/data"]
    assert int(service["stop_grace_period"].removesuffix("s")) > 8


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
