"""Values that would only fail much later are refused when the file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.config import load_settings
from digest.config.channels.email import EmailSettings
from digest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings

BASE = """\
feeds: ["{feed}"]
smtp: {{host: "{host}", from: "{sender}"}}
database: "sqlite:///{database}"
channels:
  inbox: {{kind: email, to: ["{to}"]}}
  team: {{kind: slack, webhook_url: "{hook}"}}
digests: {{d: {{schedule: daily at 09:00, send_to: inbox}}}}
"""
GOOD = {
    "feed": "https://a.example/feed",
    "host": "smtp.example.com",
    "sender": "Weekly <digest@example.com>",
    "database": "data/digest.db",
    "to": "Ada Lovelace <ada@bücher.example>",
    "hook": "https://hooks.example/services/T/B/x",
}


def load(folder: Path, **values: str) -> Settings:
    path = folder / "config.yaml"
    path.write_text(BASE.format(**GOOD | values), "utf-8")
    return load_settings(path, {})


def test_the_good_ones_load(tmp_path: Path) -> None:
    assert load(tmp_path).feeds[0].address == GOOD["feed"]
    assert load(tmp_path, feed="http://[2001:db8::1]/feed").feeds[0].address.endswith("]/feed")


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("feed", "https://a..example/feed", "must be a web address"),
        ("hook", "https://hooks..example/x", "must be a web address"),
        ("host", "smtp..example.com", "must be the name or address of a server"),
        ("host", "smtp.example.com:587", "a server; the port is given apart"),
        ("host", " ", "must be the name or address of a server"),
        ("sender", "ü@example.com", "has letters that mail servers do not all take"),
        ("to", "ada@exa..mple.com", "is not a domain"),
        ("to", "Ada <ada@x.example>, bob@x.example", "is not an email address"),
        ("to", "Ada <ada@x.example>, Bob", "is not an email address"),
        ("to", "a@x <ada@x.example>", "is not an email address"),
        ("to", r"Ada <ada@x.example> \"Bob\"", "is not an email address"),
        ("to", "ada@x.example[bob", "is not an email address"),
        ("host", "[mail]", "must be the name or address of a server"),
        ("database", "a\\0b", "must be a path without control characters"),
    ],
)
def test_a_value_that_would_fail_later_is_refused(
    tmp_path: Path, key: str, value: str, says: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, **{key: value})
    (problem,) = caught.value.problems
    assert says in problem.message


@pytest.mark.parametrize(
    "address",
    [
        '"a@x" <a@x.example>',
        '"Lovelace, Ada" <ada@x.example>',
        '"=?utf-8?q?=0ABcc:_x?=" <ada@x.example>',
        "ada@x.example (Ada, of London)",
        "Ada & Co. <ada@x.example>",
        '"a..b"@x.example',
        "ada@faß.example",
        "ada@[192.0.2.1]",
    ],
)
def test_an_address_is_one_with_any_name(tmp_path: Path, address: str) -> None:
    channel = load(tmp_path, to=address.replace('"', r"\"")).channels["inbox"]

    assert isinstance(channel, EmailSettings)
    assert channel.to == (address,)


def test_a_host_has_no_brackets_and_is_ascii(tmp_path: Path) -> None:
    hosts = [load(tmp_path, host=host).smtp for host in ("[::1]", "Mail.faß.example")]

    assert [smtp and smtp.host for smtp in hosts] == ["::1", "mail.xn--fa-hia.example"]
