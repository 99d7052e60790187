"""The JSON Schema says about a file what the settings say."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from digest.config.base import Model
from digest.config.schema import json_schema
from digest.config.secrets import file_forms
from digest.config.settings import Settings
from digest.config.sources import SOURCE_KINDS
from digest.config.structure import fields_of
from digest.errors import ConfigError
from tests.config.files import fits_schema, load, schema_validator

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

EXAMPLE = """\
timezone: Europe/Berlin
database: sqlite:///data/digest.db
log: {level: info, format: auto}
polling:
  every: 1h
  concurrency: 50
  per_host: 1
  timeout: 30s
  max_body: 10MB
  allow_private_networks: false
  user_agent: null
feeds:
  - https://example.com/feed.xml
  - url: https://forem.com/feed/mechcloud_academy
    name: MechCloud
    tags: [devops]
    every: 6h
    allow_private_networks: true
    headers: {Authorization: "Bearer ${TOKEN}"}
    max_entries: null
smtp:
  host: smtp.example.com
  port: 587
  security: starttls
  username: digest
  password: ${SMTP_PASSWORD}
  from: "Weekly reading <digest@example.com>"
channels:
  inbox:
    kind: email
    to: [ada@example.com, grace@example.com]
  team:
    kind: slack
    webhook_url: ${SLACK_WEBHOOK_URL}
  vault:
    kind: file
    path: ~/vault/digests/{digest}-{date}.md
    format: markdown
digests:
  weekly:
    title: Weekly reading
    schedule: every monday at 09:00
    timezone: null
    feeds: all
    first_edition: 7d
    max_entries: 50
    when_empty: skip
    template: null
    watch: python
    send_to: [inbox, {channel: team, only: watched, max_entries: 10}, {channel: vault}]
"""
ENVIRON = {
    "TOKEN": "t",
    "SMTP_PASSWORD": "p",
    "SLACK_WEBHOOK_URL": "https://hooks.example/T/B/x",
    "V": "",
}
# Every map of the example that has settings of its own.
SECTIONS = [
    (),
    ("log",),
    ("polling",),
    ("feeds", 1),
    ("smtp",),
    ("channels", "inbox"),
    ("channels", "team"),
    ("channels", "vault"),
    ("digests", "weekly"),
    ("digests", "weekly", "send_to", 1),
]


def example() -> Any:
    return yaml.safe_load(EXAMPLE)


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def loads(folder: Path, data: Any) -> bool:
    try:
        load(folder, json.dumps(data), **ENVIRON)
    except ConfigError:
        return False
    return True


def test_it_is_a_schema() -> None:
    schema = json_schema()

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_it_accepts_the_example(tmp_path: Path) -> None:
    errors = list(schema_validator().iter_errors(example()))

    assert errors == []
    assert load(tmp_path, EXAMPLE, **ENVIRON).digests["weekly"].send_to == (
        "inbox",
        "team",
        "vault",
    )


def test_it_accepts_the_example_of_the_repository() -> None:
    text = (Path(__file__).parents[2] / "config.example.yaml").read_text("utf-8")

    schema_validator().validate(yaml.safe_load(text))


@pytest.mark.parametrize("path", SECTIONS, ids=str)
def test_it_refuses_unknown_keys(tmp_path: Path, path: tuple[str | int, ...]) -> None:
    data = example()
    at(data, path)["unheard_of"] = "x"

    assert not fits_schema(data)
    assert not loads(tmp_path, data)


WRONG = [
    (("smtp",), {"sender": "a@b.example"}, (), "'sender' was unexpected"),
    (("web",), {"port": 8080}, (), "'port' was unexpected"),
    (("feeds", 1), {"title": "x"}, (), "'title' was unexpected"),
    (("feeds", 2), {"limit": 1}, (), "'limit' was unexpected"),
    (("feeds", 2), {"list": "frnt"}, ("list",), "'frnt' is not one of ['front', "),
    (("feeds", 1), {"kind": "fed"}, ("kind",), f"'fed' is not one of {sorted(SOURCE_KINDS)}"),
    (("feeds",), [7], (0,), "7 is not of type 'string', 'object'"),
    (("channels", "inbox"), {"recipients": "a@b.example"}, (), "'recipients' was unexpected"),
    (("channels", "inbox"), {"kind": "pigeon"}, ("kind",), "'pigeon' is not one of ['"),
    (("channels", "inbox"), {"to": {}}, ("to",), "{} is not of type 'string', "),
    (("channels", "team"), {"webhook": "x"}, (), "'webhook' was unexpected"),
    (("channels", "vault"), {"format": "pdf"}, ("format",), "'pdf' is not one of ['markdown', "),
    (("channels", "vault"), {"path": None}, ("path",), "None is not of type 'string', "),
    (("channels",), {"a b": {"kind": "file", "path": "x"}}, (), "'a b' does not match"),
    (("channels",), {"x": {"to": "a@b.example"}}, ("x",), "'kind' is a required property"),
    (("channels",), {"x": {"kind": "email"}}, ("x",), "'to' is a required property"),
    (("channels",), {"x": {"kind": "slack"}}, ("x",), "'webhook_url' is a required property"),
    (
        ("channels",),
        {"x": {"kind": "slack", "bot_token_file": "y"}},
        ("x",),
        "'channel' is a required property",
    ),
    (("channels", "team"), {"webhook_url_file": "x"}, ("webhook_url",), "should not be valid"),
    (("digests", "weekly"), {"filter": "x"}, (), "'filter' was unexpected"),
    (("digests", "weekly"), {"cron": "0 9 * * 1"}, ("schedule",), "should not be valid"),
    (("digests", "weekly"), {"look": {"color": "x"}}, ("look",), "'color' was unexpected"),
    (("digests",), {"x": {"send_to": "inbox"}}, ("x",), "'schedule' is a required property"),
    (("digests", "weekly"), {"first_edition": 7}, ("first_edition",), "7 is greater than the"),
    (("polling",), {"every": "soon"}, ("every",), "'soon' does not match"),
    (("polling",), {"concurrency": "many"}, ("concurrency",), "'many' does not match"),
    (("smtp",), {"port": 70_000}, ("port",), "70000 is greater than the maximum of 65535"),
    (("smtp",), {"security": "ssl"}, ("security",), "'ssl' is not one of ['starttls', "),
    (("smtp",), {"host": ""}, ("host",), "'' should be non-empty"),
    (("web",), {"listen": 8080}, ("listen",), "8080 is not of type 'string'"),
    (("web",), {"listen": "here"}, ("listen",), "'here' does not match"),
    (("digests", "weekly"), {"send_to": []}, ("send_to",), "[] should be non-empty"),
    (("smtp",), {"dkim": {"domian": "x"}}, ("dkim",), "'domian' was unexpected"),
]


@pytest.mark.parametrize(("path", "wrong", "where", "words"), WRONG, ids=str)
def test_it_says_what_is_wrong_where_it_is(
    path: tuple[str | int, ...], wrong: Any, where: tuple[str | int, ...], words: str
) -> None:
    data = example()
    data["web"] = {}
    data["feeds"].append({"kind": "hackernews"})
    if isinstance(wrong, list):
        at(data, path[:-1])[path[-1]] = wrong
    else:
        at(data, path).update(wrong)

    errors = list(schema_validator().iter_errors(data))
    best = best_match(errors)

    assert best is not None
    assert tuple(best.absolute_path) == (*path, *where)
    assert words in best.message
    assert all(error.validator not in {"anyOf", "oneOf"} for error in errors)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ((), "feeds"),
        ((), "digests"),
        (("feeds", 1), "url"),
        (("smtp",), "host"),
        (("smtp",), "from"),
        (("channels", "inbox"), "to"),
        (("channels", "team"), "webhook_url"),
        (("channels", "vault"), "path"),
        (("channels", "vault"), "kind"),
        (("digests", "weekly"), "schedule"),
        (("digests", "weekly"), "send_to"),
        (("digests", "weekly", "send_to", 1), "channel"),
    ],
    ids=str,
)
def test_it_asks_for_what_is_required(
    tmp_path: Path, path: tuple[str | int, ...], key: str
) -> None:
    data = example()
    del at(data, path)[key]

    assert not fits_schema(data)
    assert not loads(tmp_path, data)


@pytest.mark.parametrize(
    ("path", "key", "other", "value"),
    [
        (("digests", "weekly"), "schedule", "cron", "0 9 * * mon"),
        (("channels", "team"), "webhook_url", "webhook_url_file", "webhook"),
        (("smtp",), "password", "password_file", "webhook"),
        (("feeds", 1), "headers", "headers_file", "headers"),
    ],
)
def test_it_takes_either_form(
    tmp_path: Path, path: tuple[str | int, ...], key: str, other: str, value: str
) -> None:
    (tmp_path / "webhook").write_text("https://hooks.example/T/B/x")
    (tmp_path / "headers").write_text("Authorization: x")
    data = example()
    del at(data, path)[key]
    at(data, path)[other] = value

    assert fits_schema(data)
    assert loads(tmp_path, data)


def test_schedule_and_cron_exclude_each_other() -> None:
    data = example()
    data["digests"]["weekly"]["cron"] = "0 9 * * mon"

    assert not fits_schema(data)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("log",), "level", "loud"),
        (("polling",), "every", "soon"),
        (("polling",), "concurrency", 0),
        (("polling",), "allow_private_networks", "maybe"),
        (("feeds", 1), "tags", "devops"),
        (("feeds", 1), "max_entries", 0),
        (("smtp",), "port", 70_000),
        (("smtp",), "token_command", ["token"]),
        (("smtp",), "max_per_minute", 0),
        (("channels", "vault"), "format", "pdf"),
        (("channels", "inbox"), "kind", "pigeon"),
        (("channels", "vault"), "format", 5),
        (("polling",), "every", 15),
        (("digests", "weekly"), "send_to", {}),
        (("digests", "weekly", "send_to", 1), "only", "all"),
        (("digests", "weekly", "send_to", 1), "max_entries", 0),
        (("digests", "weekly", "send_to"), 0, []),
        ((), "feeds", "https://example.com/feed.xml"),
        ((), "digests", {}),
    ],
    ids=str,
)
def test_it_refuses_bad_values(
    tmp_path: Path, path: tuple[str | int, ...], key: str, value: Any
) -> None:
    data = example()
    at(data, path)[key] = value

    assert not fits_schema(data)
    assert not loads(tmp_path, data)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("log",), "level", "debug"),
        (("polling",), "every", "2h"),
        (("polling",), "concurrency", "5"),
        (("polling",), "max_body", "1MB"),
        (("polling",), "allow_private_networks", "true"),
        (("feeds", 1), "every", "2h"),
        (("feeds", 1), "allow_private_networks", "true"),
        (("feeds", 1), "max_entries", "5"),
        (("smtp",), "port", "25"),
        (("smtp",), "max_per_minute", "30"),
        (("channels", "vault"), "format", "html"),
        (("digests", "weekly"), "schedule", "daily at 07:00"),
        (("digests", "weekly"), "first_edition", "2d"),
        (("digests", "weekly"), "when_empty", "send"),
    ],
    ids=str,
)
def test_every_value_may_come_from_the_environment(
    tmp_path: Path, path: tuple[str | int, ...], key: str, value: str
) -> None:
    literal, variable = example(), example()
    at(literal, path)[key] = value
    at(variable, path)[key] = "${V}"

    assert fits_schema(variable)
    by_variable = load(tmp_path, json.dumps(variable), **ENVIRON | {"V": value})
    assert by_variable == load(tmp_path, json.dumps(literal), **ENVIRON)


@pytest.mark.parametrize(
    ("path", "key", "text"),
    [
        (("feeds", 1), "name", "1984"),
        (("smtp",), "username", "0042"),
        (("smtp",), "password", "0123456789"),
        (("channels", "vault"), "path", "2026"),
        (("digests", "weekly"), "title", "3.14"),
        (("feeds", 1), "tags", "2026"),
    ],
    ids=str,
)
def test_a_number_is_text_where_text_is_wanted(
    tmp_path: Path, path: tuple[str | int, ...], key: str, text: str
) -> None:
    bare, quoted = example(), example()
    at(bare, path)[key] = [float(text)] if key == "tags" else float(text)
    at(quoted, path)[key] = [text] if key == "tags" else text
    written = json.dumps(quoted)

    assert fits_schema(bare)
    assert load(tmp_path, written.replace(f'"{text}"', text), **ENVIRON) == load(
        tmp_path, written, **ENVIRON
    )


def models(model: type[Model] = Model) -> dict[str, type[Model]]:
    """The models below one that are a section of a file."""
    # Other tests make up kinds of their own.
    below = [kind for kind in model.__subclasses__() if kind.__module__.startswith("digest.")]
    found = {kind.__name__: kind for kind in below if not kind.__subclasses__()}
    return found | {name: kind for one in below for name, kind in models(one).items()}


def test_every_setting_is_in_it() -> None:
    schema = json_schema()
    described = {**schema["$defs"], "Settings": schema}

    assert set(described) == set(models())
    for name, model in models().items():
        wanted = set(fields_of(model)) | {f"{key}_file" for key in file_forms(model)}
        aliases = {"cron"} if name == "DigestSettings" else set()
        assert set(described[name]["properties"]) == wanted | aliases, name


def test_every_default_is_a_value_a_file_may_hold() -> None:
    schema = json_schema()
    checked = 0
    for model in (schema, *schema["$defs"].values()):
        for key, setting in model["properties"].items():
            if setting.get("default") is not None:
                alone = {**copy.deepcopy(setting), "$defs": schema["$defs"]}
                assert Draft202012Validator(alone).is_valid(setting["default"]), key
                checked += 1

    assert checked >= len(Settings.model_fields)


def test_the_command_prints_it(
    digest_command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = digest_command("schema")

    assert done.returncode == 0
    assert json.loads(done.stdout) == json_schema()
    assert done.stderr == ""
