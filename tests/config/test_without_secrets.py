"""Settings that do without secrets, and those that are kept without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr, TypeAdapter

from digest.config import Settings, load_settings
from digest.config.channels import CHANNEL_KINDS
from digest.config.secrets import MissingSecret, file_forms, missing_in, secrets_in
from digest.config.sources import SOURCE_KINDS
from digest.config.structure import fields_of
from digest.config.without_secrets import masked_json, settings_of
from digest.errors import ConfigError, Problem
from tests.config.files import CHANNELS, DIGESTS, FEEDS, SECRET
from tests.config.walk import models_below

if TYPE_CHECKING:
    from pathlib import Path

ALL_SECRETS = f"""\
feeds:
  - {{url: "https://a.example/f.xml", headers: {{X-Token: "${{TOKEN}}", Accept: text/xml}}}}
  - {{url: "https://ada:{SECRET}@b.example/f.xml"}}
  - {{url: "https://c.example/f.xml", headers_file: nowhere}}
smtp: {{host: h, username: u, password: "${{SMTP_PASSWORD}}", from: a@example.org}}
web: {{password_file: nowhere}}
channels:
  s: {{kind: slack, webhook_url: "${{HOOK}}"}}
  d: {{kind: discord, webhook_url: "https://{SECRET}.example/hook"}}
  e: {{kind: email, to: b@example.org}}
digests: {{a: {{schedule: daily at 09:00, send_to: [e, s, d]}}}}
"""
# Every type of setting there is.
EVERYTHING = """\
timezone: Europe/Berlin
watch: true
log: {level: debug}
polling: {every: 90m, max_body: 5MB, timeout: 20s, allow_private_networks: true}
feeds:
  - https://a.example/f.xml
  - hackernews:front
  - {url: https://b.example/f.xml, tags: [news], daily_size: 2MB, every: 2h, updates: mark}
smtp: {host: h, username: u, token_command: "pass 'show it'", hello: m.example, from: "A <a@b.org>"}
channels:
  f: {kind: file, path: "~/{digest}-{date}.md"}
  e: {kind: email, to: [b@example.org, "Ada <c@example.org>"]}
digests:
  a:
    {cron: "0 9 * * mon", include: ["title: news or not /a.*b/"], watch: uv,
     send_to: [f, {channel: e, only: watched, max_entries: 4}]}
  b:
    {schedule: "every monday at 09:00", send_to: f, feeds: [tag:news], repeat_after: 0, fold: 3,
     look: {accent: "#336699"}, language: de, first_edition: 2d}
alerts: {send_to: e}
web: {listen: "[::1]:8080", public_url: https://digest.example/}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file in which every kind of secret is missing once."""
    path = tmp_path / "config.yaml"
    path.write_text(ALL_SECRETS, "utf-8")
    return path


def test_secrets_may_be_missing(config: Path) -> None:
    settings = load_settings(config, {}, secrets=False)

    missing = {str(secret.error).partition(": ")[2] for secret in missing_in(settings)}
    assert {line.partition(":")[0] for line in missing} == {
        "feeds[0].headers.X-Token",
        "feeds[2].headers_file",
        "smtp.password",
        "web.password_file",
        "channels.s.webhook_url",
    }
    # What is there is still kept out of whatever is logged.
    assert SECRET in {*secrets_in(settings)}
    assert settings.smtp is not None
    assert settings.smtp.password is not None
    with pytest.raises(ConfigError, match=r"config.yaml:5: smtp.password: .*SMTP_PASSWORD is not"):
        settings.smtp.password.get_secret_value()


def test_with_secrets_each_that_is_missing_is_a_problem(config: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(config, {})

    assert len(refused.value.problems) == 5


def test_what_is_no_secret_may_not_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(FEEDS + CHANNELS + DIGESTS.replace("daily at 07:00", '"${WHEN}"'), "utf-8")

    with pytest.raises(ConfigError, match="WHEN is not set"):
        load_settings(path, {}, secrets=False)


def test_kept_settings_are_the_same_but_for_their_secrets(config: Path) -> None:
    environ = {"TOKEN": SECRET, "SMTP_PASSWORD": SECRET, "HOOK": f"https://h.example/{SECRET}"}
    (config.parent / "nowhere").write_text(f"Authorization: {SECRET}")
    settings = load_settings(config, environ)

    kept = masked_json(settings)
    restored = settings_of(kept, config)

    assert SECRET not in kept
    assert "h.example" not in kept
    assert restored is not None
    # Those that the file still has are used, but for those of feeds, which have no names.
    restored_secrets = {*secrets_in(restored)}
    assert restored_secrets == {*secrets_in(settings.channels["d"]), f"Authorization: {SECRET}"}
    assert {str(each.error).split(": ")[1].partition("[")[0] for each in missing_in(restored)} == {
        "feeds",
        "smtp.password",
        "channels.s.webhook_url",
    }
    assert restored.model_dump(exclude={"feeds", "smtp", "web", "channels"}) == settings.model_dump(
        exclude={"feeds", "smtp", "web", "channels"}
    )
    assert [feed.address for feed in restored.feeds] == [feed.address for feed in settings.feeds]


def test_kept_settings_are_the_same_of_whatever_type(config: Path) -> None:
    config.write_text(EVERYTHING, "utf-8")
    settings = load_settings(config, {})

    restored = settings_of(masked_json(settings), config)

    assert restored is not None
    assert restored.model_dump() == settings.model_dump()
    assert masked_json(restored) == masked_json(settings)


def test_what_are_no_settings_any_more_are_none(tmp_path: Path) -> None:
    assert settings_of('{"feeds": [], "gone": 1}', tmp_path / "config.yaml") is None


def _secret_fields() -> list[Any]:
    models = [*models_below(Settings), *CHANNEL_KINDS.values(), *SOURCE_KINDS.values()]
    return [
        pytest.param(model, name, id=f"{model.__name__}.{name}")
        for model in dict.fromkeys(models)
        for name in file_forms(model)
    ]


@pytest.mark.parametrize(("model", "name"), _secret_fields())
def test_every_secret_may_be_missing(model: Any, name: str) -> None:
    missing = MissingSecret(ConfigError("config.yaml", [Problem(1, name, "is not set")]))
    field = fields_of(model)[name]
    value = {"X-Token": missing} if file_forms(model)[name] == "lines" else missing

    read = TypeAdapter(field.rebuild_annotation()).validate_python(value)

    secret = next(iter(read.values())) if isinstance(read, dict) else read
    assert isinstance(secret, SecretStr)
    assert secret is missing
