"""The settings of signatures: every way they can be wrong has one clear line."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import pytest

from digest.config import load_settings
from digest.errors import ConfigError
from digest.log import Redactor
from tests.config.files import fits_schema
from tests.keys import PRIVATE_KEY, SHORT_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings

DKIM = {"domain": "example.com", "selector": "digest", "key": PRIVATE_KEY}


def file(**dkim: Any) -> dict[str, Any]:
    return {
        "feeds": ["https://site.example/feed.xml"],
        "smtp": {"host": "mail.example.com", "from": "d@example.com", "dkim": dkim},
        "channels": {"inbox": {"kind": "email", "to": "ada@example.com"}},
        "digests": {"weekly": {"schedule": "daily at 09:00", "send_to": "inbox"}},
    }


def load(folder: Path, **dkim: Any) -> Settings:
    path = folder / "config.yaml"
    # JSON is YAML.
    path.write_text(json.dumps(file(**dkim)), "utf-8")
    return load_settings(path, environ={})


def problem(folder: Path, **dkim: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, **dkim)
    [found] = caught.value.problems
    return f"{found.key}: {found.message}"


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in DKIM.items() if name not in names}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_key_may_be_in_a_file(tmp_path: Path, ends: str) -> None:
    (tmp_path / "dkim.pem").write_text(PRIVATE_KEY, "utf-8", newline=ends)

    from_file, given = load(tmp_path, **without("key"), key_file="dkim.pem"), load(tmp_path, **DKIM)

    for settings in (from_file, given):
        assert settings.smtp is not None
        assert settings.smtp.dkim is not None
        assert settings.smtp.dkim.key.get_secret_value().strip() == PRIVATE_KEY.strip()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": "secret"}, "smtp.dkim.key: is no RSA private key in PEM form"),
        (
            {"key": PRIVATE_KEY.replace("MI", "XX", 1)},
            "smtp.dkim.key: is no RSA private key in PEM form",
        ),
        ({"key": "--\nA\n--"}, "smtp.dkim.key: is no RSA private key in PEM form"),
        ({"domain": "no domain"}, "smtp.dkim.domain: must be the name or address of a server"),
        ({"selectr": "x"}, "smtp.dkim.selectr: unknown key; did you mean 'selector'?"),
        (
            {"key_file": "dkim.pem"},
            "smtp.dkim.key_file: give key or key_file, not both",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    found = problem(tmp_path, **(DKIM | wrong))

    assert found == said


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert problem(tmp_path, **without("key")) == "smtp.dkim.key: is required"
    assert problem(tmp_path, **without("selector")) == "smtp.dkim.selector: is required"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    said = problem(tmp_path, **without("key"), key_file="dkim.pem")

    assert said == "smtp.dkim.key_file: cannot read 'dkim.pem': No such file or directory"


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, **(DKIM | {"key": SHORT_KEY})) == (
        "smtp.dkim.key: has 512 bits; receivers take no less than 1024"
    )


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "digest.config.extras.find_spec",
        lambda name: None if name == "dkim" else found(name),
    )

    assert problem(tmp_path, **DKIM) == (
        "smtp.dkim.key: signing needs an extra: pip install 'feed-digest[dkim]'"
    )


def test_the_key_is_a_secret(tmp_path: Path) -> None:
    settings = load(tmp_path, **DKIM)

    assert PRIVATE_KEY.splitlines()[1] not in repr(settings)
    assert Redactor(settings.secrets())(f"<{PRIVATE_KEY.strip()}>") == "<***>"
    lines = PRIVATE_KEY.splitlines()
    assert lines[3] not in Redactor(settings.secrets())(f"unexpected {lines[3]}")


@pytest.mark.parametrize(
    ("dkim", "accepted"),
    [
        (DKIM, True),
        ({**without("key"), "key_file": "dkim.pem"}, True),
        (without("key"), False),
        (DKIM | {"key_file": "dkim.pem"}, False),
        (DKIM | {"selectr": "x"}, False),
    ],
)
def test_the_schema_says_the_same(dkim: dict[str, Any], accepted: bool) -> None:
    assert fits_schema(file(**dkim)) == accepted
