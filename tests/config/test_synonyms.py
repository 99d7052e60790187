"""Keys as people guess them are named with the right one: every word of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from digest.config.channels import CHANNEL_KINDS
from digest.config.settings import Settings
from digest.config.sources import SOURCE_KINDS
from digest.config.synonyms import known_keys, places, plain
from digest.config.yaml.document import dotted
from tests.channels.places import places_of
from tests.config.files import SECRET, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.synonyms import Place
    from digest.errors import Problem

PLACES = places(Settings)
BY_NAME = {place.name: place.model for place in PLACES}
KINDS = ", ".join(CHANNEL_KINDS)
# The least of each section that a file needs to have, for words to be put in.
FILE: dict[str, Any] = {
    "feeds": [
        {"url": "https://a.example/"},
        {"kind": "hackernews"},
        {"kind": "youtube", "handle": "@name"},
        {"kind": "bluesky", "account": "a.example"},
        {"kind": "mastodon", "links": "a.example"},
        {"kind": "github", "repo": "a/b"},
        {"kind": "reddit", "subreddits": "a"},
        {"kind": "mail", "maildir": "/m", "senders": "*"},
        {"kind": "page", "url": "https://a.example/", "item": "li"},
        {"kind": "json", "url": "https://a.example/", "title": "name"},
    ],
    "smtp": {"host": "mail.example", "from": "a@b.example", "dkim": {}},
    "polling": {},
    "log": {},
    "channels": {kind: places_of(kind)[0].example for kind in CHANNEL_KINDS},
    "digests": {
        "NAME": {
            "schedule": "daily at 07:00",
            "send_to": [{"channel": "file", "max_entries": 9}],
            "look": {},
            "blocks": [{"kind": "calendar", "path": "a.ics"}, {"kind": "weather", "place": "Rome"}],
            "summary": {},
        }
    },
    "models": [{"url": "http://127.0.0.1/v1", "model": "small"}],
    "alerts": {"send_to": "file"},
    "web": {},
}


def section_of(place: Place) -> tuple[str | int, ...]:
    """Where `FILE` has a section."""
    name, _, kind = place.name.partition(" with kind: ")
    if name == "feeds[]":
        kinds = [feed.get("kind", "feed") for feed in FILE["feeds"]]
        return ("feeds", kinds.index(kind or "feed"))
    if name == "digests.NAME.blocks[]":
        return ("digests", "NAME", "blocks", int(kind == "weather"))
    if name == "models[]":
        return ("models", 0)
    if name == "digests.NAME.send_to[]":
        return ("digests", "NAME", "send_to", 0)
    return tuple((kind if part == "NAME" and kind else part) for part in name.split(".") if part)


def problems(folder: Path, section: tuple[str | int, ...], *words: str) -> dict[str, Problem]:
    """What is said of words that stand as keys in a section, by word."""
    data = yaml.safe_load(yaml.safe_dump(FILE))
    here = data
    for part in section:
        here = here[part]
    here.update(dict.fromkeys(words, SECRET))
    error = refusal(folder, yaml.safe_dump(data, sort_keys=False))
    assert SECRET not in str(error)
    lines = (folder / "config.yaml").read_text("utf-8").splitlines()
    found = {
        problem.key.removeprefix(dotted(section)).lstrip("."): problem for problem in error.problems
    }
    for word in words:
        assert lines[found[word].line - 1].strip("- ").startswith(word), found[word]
    return found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_each_word_of_the_tables_is_named_with_the_right_key(tmp_path: Path, place: Place) -> None:
    table = {
        word: right
        for base in reversed(place.model.__mro__)
        for right, words in vars(base).get("synonyms", {}).items()
        for word in words.split()
    }
    own = {plain(key) for key in known_keys(place.model)}
    asked = [word for word in table if plain(word) not in own]
    found = problems(tmp_path, section_of(place), *asked)
    for word in asked:
        right = table[word]
        section, _, name = right.partition(":")[0].rpartition(".")
        assert name in known_keys(BY_NAME[section] if section else place.model), right
        assert found[word].message.startswith("unknown key; "), word
        assert f"'{right.removeprefix(f'{section}.')}" in found[word].message, word


CASES = [
    # Any way to write a word, with the name of its section before it.
    (("smtp",), "Host-Name", "it is called 'host'"),
    (("smtp",), "smtpHost", "it is called 'host'"),
    (("smtp",), "FROM_ADDRESS", "it is called 'from'"),
    (("channels", "slack"), "slack_webhook_url", "it is called 'webhook_url'"),
    (("channels", "email"), "email_to", "it is called 'to'"),
    (("feeds", 0), "feed-url", "it is called 'url'"),
    (("digests", "NAME"), "sendTo", "it is called 'send_to'"),
    (("digests", "NAME"), "maxItems", "it is called 'max_entries'"),
    # With what it may say.
    (("smtp",), "tls", "it is called 'security', one of starttls, tls, none"),
    (("digests", "NAME"), "skip_empty", "it is called 'when_empty', one of skip, send"),
    # What has a value by a way of its own.
    (("smtp",), "password_env", "write 'password: ${NAME}'"),
    (("smtp",), "pass_from_env", "write 'password: ${NAME}'"),
    (("smtp",), "password_path", "it is called 'password_file'"),
    (("channels", "slack"), "webhook_path", "it is called 'webhook_url_file'"),
    (("channels", "slack"), "bot_token_env_var", "write 'bot_token: ${NAME}'"),
    (("smtp", "dkim"), "private_key_path", "it is called 'key_file'"),
    # Slips, in keys and in the words of other tools.
    (("smtp",), "pasword", "did you mean 'password'?"),
    (("channels", "email"), "recipents", "it is called 'to'"),
    (("digests", "NAME"), "fitler", "it is called 'include'"),
    # What other sections have.
    ((), "schedule", "it belongs to digests.NAME"),
    ((), "every", "it belongs to polling or feeds[]"),
    ((), "interval", "it belongs to polling, as 'every'"),
    ((), "sender", "it belongs to smtp, as 'from'"),
    ((), "slack", "it belongs to channels.NAME with kind: slack"),
    ((), "port", "it belongs to web, as 'listen'"),
    ((), "smtp.host", "it belongs to smtp, as 'host'"),
    # With the name of their section before them, and as programs have them in the environment.
    ((), "SMTP_PASSWORD", "it belongs to smtp, as 'password'"),
    ((), "smtp_host", "it belongs to smtp, as 'host'"),
    ((), "web_port", "it belongs to web, as 'listen'"),
    ((), "POLLING_FREQUENCY", "it belongs to polling, as 'every'"),
    ((), "BASE_URL", "it belongs to web, as 'public_url'"),
    ((), "HTTP_CLIENT_TIMEOUT", "it belongs to polling, as 'timeout'"),
    (("feeds", 0), "feed_timeout", "it belongs to polling, as 'timeout'"),
    (("feeds", 0), "blocklist_rules", "it belongs to digests.NAME, as 'exclude'"),
    (("digests", "NAME"), "cronExpression", "it is called 'schedule'"),
    (("digests", "NAME"), "rss_url", "it is called 'feeds'"),
    (("digests", "NAME"), "subject_line", "it is called 'title'"),
    (("digests", "NAME"), "style", "it is called 'theme'"),
    (("channels", "email"), "replyTo", "it belongs to smtp"),
    ((), "log_level", "it belongs to log, as 'level'"),
    (("smtp",), "to", "it belongs to channels.NAME with kind: email"),
    (("channels", "email"), "from", "it belongs to smtp"),
    (("channels", "email"), "sender", "it belongs to smtp, as 'from'"),
    (("channels", "discord"), "bot_token", "it belongs to channels.NAME with kind: slack"),
    (("feeds", 0), "min_points", "it belongs to feeds[] with kind: hackernews"),
    (("feeds", 0), "include", "it belongs to digests.NAME"),
    (("digests", "NAME"), "webhook_url", "kind: discord or channels.NAME with kind: googlechat"),
    (("polling",), "digests", "it belongs to the top of the file"),
    (("web",), "zzz", "unknown key"),
]


@pytest.mark.parametrize(("section", "word", "words"), CASES, ids=str)
def test_a_guess(tmp_path: Path, section: tuple[str | int, ...], word: str, words: str) -> None:
    assert words in problems(tmp_path, section, word)[word].message


def test_what_is_given_by_another_word_is_not_missing_too(tmp_path: Path) -> None:
    text = """\
feeds: [https://a.example/]
smtp: {server: mail.example, sender: a@b.example}
channels:
  a: {type: email, recipients: a@b.example}
  b: {kind: slack, webhook: https://a.example}
  c: {to: a@b.example}
digests: {weekly: {every: monday, channels: a}}
"""
    found = {problem.key: problem.message for problem in refusal(tmp_path, text).problems}
    assert found == {
        "smtp.server": "unknown key; it is called 'host'",
        "smtp.sender": "unknown key; it is called 'from'",
        "channels.a.type": f"unknown key; it is called 'kind', one of {KINDS}",
        "channels.b.webhook": "unknown key; it is called 'webhook_url'",
        "channels.c.kind": f"is required, one of {KINDS}",
        "digests.weekly.every": "unknown key; it is called 'schedule'",
        "digests.weekly.channels": "unknown key; it is called 'send_to'",
    }


def test_a_near_miss_of_kind_is_named_and_nothing_that_follows_from_it(tmp_path: Path) -> None:
    text = """\
feeds:
  - {knd: hackernews, list: front}
  - {knid: hackernews, list: new}
  - {kind: hackernwes, list: best}
  - {type: rss, url: https://a.example/}
channels:
  a: {knd: file, path: out.md}
  b: {Kind: file, path: out.md}
  c: {kind: fiel, path: out.md}
digests: {weekly: {schedule: daily at 07:00, send_to: a}}
"""
    found = {problem.key: problem.message for problem in refusal(tmp_path, text).problems}
    kinds = ", ".join(CHANNEL_KINDS)
    assert found == {
        "feeds[0].knd": "unknown key; did you mean 'kind'?",
        "feeds[1].knid": "unknown key; did you mean 'kind'?",
        "feeds[2].kind": f"must be one of {', '.join(SOURCE_KINDS)}; did you mean 'hackernews'?",
        "feeds[3].type": "unknown key; it is called 'kind'",
        "channels.a.knd": f"unknown key; it is called 'kind', one of {kinds}",
        "channels.b.Kind": f"unknown key; it is called 'kind', one of {kinds}",
        "channels.c.kind": f"must be one of {kinds}; did you mean 'file'?",
    }


@pytest.mark.parametrize(
    ("section", "word"),
    [(("web",), "ssl"), (("web",), "enabled"), (("log",), "path"), (("alerts",), "threshold")],
)
def test_a_word_that_means_something_else_elsewhere_has_no_place(
    tmp_path: Path, section: tuple[str | int, ...], word: str
) -> None:
    assert problems(tmp_path, section, word)[word].message == "unknown key"
