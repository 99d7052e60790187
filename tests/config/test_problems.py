"""What is wrong in a configuration file is named by line, key and in clear words, all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.config import load_settings
from digest.config.channels import CHANNEL_KINDS
from digest.errors import ConfigError
from tests.config.files import CHANNELS, DIGESTS, FEEDS, SECRET, refusal

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Expected = tuple[int, str, str]

REST = FEEDS + CHANNELS + DIGESTS
SMTP = "smtp:\n  host: mail.example\n  from: a@b.example\n"
DIGEST = "digests:\n  weekly:\n    send_to: out\n"


def case(name: str, text: str, *expected: Expected) -> object:
    return pytest.param(text, expected, id=name)


CASES = [
    case("unknown key", f"timezne: UTC\n{REST}", (1, "timezne", "unknown key; did you mean 'tim")),
    case("nothing near", f"zzz: 1\n{REST}", (1, "zzz", "unknown key")),
    case(
        "unknown key in a section",
        f"polling:\n  evry: 1h\n{REST}",
        (2, "polling.evry", "did you mean 'every'?"),
    ),
    case(
        "unknown key of a feed",
        f"feeds:\n  - url: https://a.example/\n    nmae: A\n{CHANNELS}{DIGESTS}",
        (3, "feeds[0].nmae", "did you mean 'name'?"),
    ),
    case(
        "unknown key of a channel",
        f"{FEEDS}channels:\n  out:\n    kind: file\n    path: o.md\n    fromat: html\n{DIGESTS}",
        (6, "channels.out.fromat", "did you mean 'format'?"),
    ),
    case(
        "alias in place of the field's name",
        f"smtp:\n  host: mail.example\n  form: a@b.example\n{REST}",
        (1, "smtp.from", "is required"),
        (3, "smtp.form", "did you mean 'from'?"),
    ),
    case(
        "unknown key of a digest",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    crom: 0 7 * * *\n",
        (7, "digests.weekly.crom", "did you mean 'cron'?"),
    ),
    case(
        "a page to subscribe on without pages",
        f"{SMTP}{FEEDS}channels:\n  out:\n    kind: email\n    to: a@b.example\n"
        f"    subscribe: open\nweb: {{public_url: 'http://b.example'}}\n{DIGESTS}",
        (9, "channels.out.subscribe", "set web.public_url, with https://"),
    ),
    *(
        case(
            f"feedback of readers without pages: {yes}",
            f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    feedback: {yes}\n",
            (7, "digests.weekly.feedback", "set web.public_url, with https://"),
        )
        for yes in ("true", "yes", "'on'")
    ),
    case(
        "a public address with a password",
        f"web: {{public_url: 'https://a:s3cret@b.example'}}\n{REST}",
        (1, "web.public_url", "take out user and password"),
    ),
    case(
        "a public address with a query",
        f"web: {{public_url: 'https://b.example/?token=s3cret'}}\n{REST}",
        (1, "web.public_url", "take out what begins with ? or #"),
    ),
    case(
        "a public address with a fragment",
        f"web: {{public_url: 'https://b.example#'}}\n{REST}",
        (1, "web.public_url", "take out what begins with ? or #"),
    ),
    case(
        "a public address of a host that cannot be",
        f"web: {{public_url: 'https://\U0001f4a9.example'}}\n{REST}",
        (1, "web.public_url", "must be a web address"),
    ),
    case(
        "unknown kind",
        f"{FEEDS}channels:\n  out:\n    kind: emial\n{DIGESTS}",
        (
            4,
            "channels.out.kind",
            f"must be one of {', '.join(CHANNEL_KINDS)}; did you mean 'email'?",
        ),
    ),
    *(
        case(
            f"the address of another service for {kind}",
            f"{FEEDS}channels:\n  out: {{kind: {kind}, webhook_url: '{address}'}}\n{DIGESTS}",
            (3, "channels.out", f"the address is a webhook of {other}, for a channel of kind"),
        )
        for kind, address, other in (
            ("discord", "https://hooks.slack.com/services/T0/B0/s3cret", "Slack"),
            ("slack", "https://discord.com/api/webhooks/1/s3cret", "Discord"),
        )
    ),
    case(
        "no kind",
        f"{FEEDS}channels:\n  out:\n    path: o.md\n{DIGESTS}",
        (3, "channels.out.kind", "is required"),
    ),
    case(
        "dangling channel",
        f"{FEEDS}{CHANNELS}digests:\n  weekly:\n    schedule: daily at 07:00\n"
        "    send_to:\n      - out\n      - ouut\n",
        (8, "digests.weekly.send_to[1]", "there is no channel 'ouut'; did you mean 'out'?"),
    ),
    case(
        "another channel",
        f"{FEEDS}{CHANNELS}digests:\n  weekly:\n    schedule: daily at 07:00\n    send_to: mail\n",
        (6, "digests.weekly.send_to", "there is no channel 'mail'; the file has out"),
    ),
    case(
        "nothing behind a key",
        f"{FEEDS}{CHANNELS}polling:\n  every:\ndigests:\n  weekly:\n    schedule:\n"
        "    send_to: out\n",
        (4, "polling.every", "must be a duration, like '15m'"),
        (7, "digests.weekly.schedule", "must be text, like 'every monday at 09:00'"),
    ),
    case(
        "a long value",
        f"{FEEDS}{CHANNELS}polling:\n  every: {'y' * 500}\n{DIGESTS}",
        (4, "polling.every", f"'{'y' * 60}...' is not a duration"),
    ),
    case(
        "dangling feed and tag",
        "feeds:\n  - url: https://a.example/\n    name: MechCloud\n    tags: [devops]\n"
        f"{CHANNELS}{DIGEST}    schedule: daily at 07:00\n"
        "    feeds:\n      - Mechcluod\n      - tag:devop\n      - zzz\n",
        (11, "digests.weekly.feeds[0]", "no feed or tag 'Mechcluod'; did you mean 'MechCloud'?"),
        (12, "digests.weekly.feeds[1]", "no feed or tag 'tag:devop'; did you mean 'tag:devops'?"),
        (13, "digests.weekly.feeds[2]", "there is no feed or tag 'zzz'"),
    ),
    case(
        "dangling address with a password",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n"
        f"    feeds: ['https://u:{SECRET}@a.example/other']\n",
        (7, "digests.weekly.feeds[0]", "there is no feed or tag 'https://a.example/other'"),
    ),
    case(
        "no feeds",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    feeds: []\n",
        (7, "digests.weekly.feeds", "must not be empty"),
    ),
    case(
        "too many blocks",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n"
        f"    blocks: [{', '.join(['{kind: weather, place: Rome}'] * 7)}]\n",
        (7, "digests.weekly.blocks", "must have at most 6 items"),
    ),
    case(
        "a block that is nowhere",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n"
        "    blocks:\n      - kind: weather\n      - {kind: calender, path: a.ics}\n"
        "      - {place: Rome}\n      - {kind: weather, latitude: north, longitude: .inf}\n",
        (8, "digests.weekly.blocks[0]", "needs a place, or a latitude and a longitude"),
        (
            9,
            "digests.weekly.blocks[1].kind",
            "must be one of calendar, weather; did you mean 'calendar'?",
        ),
        (10, "digests.weekly.blocks[2].kind", "is required, one of calendar, weather"),
        (11, "digests.weekly.blocks[3].latitude", "must be a number"),
        (11, "digests.weekly.blocks[3].longitude", "must be a number"),
    ),
    case(
        "bad schedule",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: now and then\n",
        (
            6,
            "digests.weekly.schedule",
            "not a schedule: 'now and then': 'now' is not a word of a schedule",
        ),
    ),
    case(
        "bad cron",
        f"{FEEDS}{CHANNELS}{DIGEST}    cron: 61 * * * *\n",
        (6, "digests.weekly.cron", "'61' is not a cron minute (0-59)"),
    ),
    case(
        "several schedules",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: [monday, thursday]\n",
        (6, "digests.weekly.schedule", "must be text, like 'every monday at 09:00'"),
    ),
    case(
        "schedule and cron",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    cron: 0 7 * * *\n",
        (4, "digests.weekly", "give schedule or cron, not both"),
    ),
    case(
        "bad time zone",
        f"timezone: Europe/Berln\n{REST}",
        (1, "timezone", "'Europe/Berln' is not a time zone; did you mean 'Europe/Berlin'?"),
    ),
    case(
        "no time zone at all",
        f"timezone: ../../etc/passwd\n{REST}",
        (1, "timezone", "write an IANA name like 'Europe/Berlin'"),
    ),
    case(
        "unknown language",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    language: pt-PT\n",
        (7, "digests.weekly.language", "must be one of ar, de, en, en-US, es, fr,"),
    ),
    case(
        "language near another",
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    language: pt_br\n",
        (7, "digests.weekly.language", "did you mean 'pt-BR'?"),
    ),
    case(
        "missing variable, once",
        f"{SMTP}  username: u\n  password: ${{SMTP_PASSWORD}}\n{REST}",
        (5, "smtp.password", "the environment variable SMTP_PASSWORD is not set"),
    ),
    case(
        "bad addresses",
        "feeds:\n"
        f"  - ftp://u:{SECRET}@a.example/\n"
        f"  - url: https://u:{SECRET}@/f.xml\n"
        f"  - https://u:{SECRET}@[a/\n"
        f"  - https://u:{SECRET}@a.example/f f\n{CHANNELS}{DIGESTS}",
        (2, "feeds[0]", "must be a web address that starts with http:// or https://"),
        (3, "feeds[1].url", "must be a web address"),
        (4, "feeds[2]", "must be a web address"),
        (5, "feeds[3]", "must be a web address"),
    ),
    case(
        "threads through a webhook",
        f"{FEEDS}channels:\n  team:\n    kind: slack\n    webhook_url: https://hooks.example/x\n"
        "    threads: true\ndigests: {weekly: {schedule: daily at 07:00, send_to: team}}\n",
        (6, "channels.team.threads", "needs bot_token and channel; a webhook cannot post replies"),
    ),
    case(
        "no way to post",
        f"{FEEDS}channels:\n  out:\n    kind: slack\n{DIGESTS}",
        (3, "channels.out", "give webhook_url, or bot_token and channel"),
    ),
    case(
        "bad webhook address",
        f"{FEEDS}channels:\n  team:\n    kind: slack\n    webhook_url: hooks.example/{SECRET}\n"
        "digests: {weekly: {schedule: daily at 07:00, send_to: team}}\n",
        (5, "channels.team.webhook_url", "must be a web address"),
    ),
    case(
        "unsupported database",
        f"database: mysql://u:{SECRET}@db.example/d\n{REST}",
        (1, "database", "must be sqlite:///PATH"),
    ),
    case(
        "tabs",
        f"polling:\n\tevery: 1h\n{FEEDS}channels:\n  out:\n  \tkind: file\n{DIGESTS}",
        (2, "", "a tab in the indentation; YAML takes spaces only"),
        (6, "", "a tab in the indentation; YAML takes spaces only"),
    ),
    case(
        "a list where a map belongs",
        "polling: [1h]\nfeeds:\n  - [https://a.example/]\nchannels: [out]\ndigests: []\nsmtp: x\n",
        (1, "polling", "must be a map of settings"),
        (3, "feeds[0]", "must be a map of settings"),
        (4, "channels", "must be a map of names to values"),
        (5, "digests", "must be a map of names to values"),
        (6, "smtp", "must be a map of settings"),
    ),
    case(
        "a map where a list belongs",
        f"feeds: {{a: https://a.example/}}\n{CHANNELS}digests:\n  weekly:\n"
        "    schedule: daily at 07:00\n    feeds: {a: b}\n    send_to: {a: b}\n",
        (1, "feeds", "must be a list"),
        (6, "digests.weekly.feeds", "must be a list"),
        (7, "digests.weekly.send_to", "must be a list"),
    ),
    case(
        "sections with nothing in them",
        "feeds:\nchannels:\ndigests:\n",
        (1, "feeds", "must be a list"),
        (2, "channels", "must be a map of names to values"),
        (3, "digests", "must be a map of names to values"),
    ),
    case(
        "nothing required is there",
        "timezone: UTC\n",
        (1, "digests", "is required"),
        (1, "feeds", "is required"),
    ),
    case(
        "duplicate keys",
        f"timezone: UTC\n{SMTP}  host: other.example\ntimezone: UTC\n{REST}",
        (5, "smtp.host", "given twice; the first is on line 3"),
        (6, "timezone", "given twice; the first is on line 1"),
    ),
    case(
        "two feeds with one name or address",
        "feeds:\n"
        "  - {url: https://a.example/, name: A}\n"
        "  - {url: https://b.example/, name: A}\n"
        "  - url: https://c.example/\n"
        "    name: https://b.example/\n"
        f"  - https://u:{SECRET}@a.example/\n{CHANNELS}{DIGESTS}",
        (3, "feeds[1].name", "two feeds have this name; the first is on line 2"),
        (5, "feeds[2].name", "two feeds have this name; the first is on line 3"),
        (6, "feeds[3].url", "two feeds have this url; the first is on line 2"),
    ),
    case(
        "unreadable secret files",
        f"{SMTP}  username: u\n  password_file: nowhere\n{FEEDS}channels:\n"
        "  out: {kind: file, path: o.md}\n"
        "  team:\n    kind: slack\n    webhook_url_file: .\n"
        '  odd:\n    kind: slack\n    webhook_url_file: "a\\0b"\n'
        f"  home:\n    kind: slack\n    webhook_url_file: ~no-such-user/x\n{DIGESTS}",
        (5, "smtp.password_file", "cannot read 'nowhere': No such file or directory"),
        (11, "channels.team.webhook_url_file", "cannot read '.': Is a directory"),
        (14, "channels.odd.webhook_url_file", "cannot read 'a\\x00b'"),
        (17, "channels.home.webhook_url_file", "cannot read '~no-such-user/x'"),
    ),
    case(
        "secret and secret file",
        f"{SMTP}  username: u\n  password: {SECRET}\n  password_file: x\n"
        f"feeds:\n  - url: https://a.example/\n    headers: {{X-Token: {SECRET}}}\n"
        f"    headers_file: x\n{CHANNELS}{DIGESTS}",
        (6, "smtp.password_file", "give password or password_file, not both"),
        (10, "feeds[0].headers_file", "give headers or headers_file, not both"),
    ),
    case(
        "credentials in clear",
        f"{SMTP}  security: none\n  username: u\n  password: {SECRET}\n{REST}",
        (1, "smtp", "security: none would send the login in clear; use starttls or tls"),
    ),
    case(
        "user without password",
        f"{SMTP}  username: u\n{REST}",
        (1, "smtp", "username and password belong together"),
    ),
    case(
        "token without user",
        f"{SMTP}  token_command: token\n{REST}",
        (1, "smtp", "username and password belong together, or username and token_command"),
    ),
    case(
        "password and token",
        f"{SMTP}  username: u\n  password: {SECRET}\n  token_command: token\n{REST}",
        (1, "smtp", "give password or token_command, not both"),
    ),
    case(
        "commands that are none",
        f"{SMTP}  token_command: [token]\n{REST}",
        (4, "smtp.token_command", "must be text"),
    ),
    case(
        "a command with half a quote",
        f"{SMTP}  token_command: token '{SECRET}\n{REST}",
        (4, "smtp.token_command", "is not a command line: no closing quotation"),
    ),
    case(
        "a command of white space",
        f'{SMTP}  token_command: " "\n{REST}',
        (4, "smtp.token_command", "must name a program"),
    ),
    case(
        "a command of two lines",
        f'{SMTP}  token_command: "token\\nmore"\n{REST}',
        (4, "smtp.token_command", "must be one line of visible characters"),
    ),
    case(
        "certificates that are not there",
        f"{SMTP}  ca_file: ca.pem\n  max_per_minute: 0\n{REST}",
        (4, "smtp.ca_file", "ca.pem': No such file or directory"),
        (5, "smtp.max_per_minute", "must be at least 1"),
    ),
    case(
        "certificates that are none",
        f"{SMTP}  ca_file: config.yaml\n{REST}",
        (4, "smtp.ca_file", "config.yaml' has no certificates in PEM form"),
    ),
    case(
        "email without smtp",
        f"{FEEDS}channels:\n  out:\n    kind: email\n    to: a@b.example\n{DIGESTS}",
        (4, "channels.out.kind", "email needs a mail server; add the section smtp"),
    ),
    case(
        "email with an empty smtp",
        f"smtp:\n{FEEDS}channels:\n  out:\n    kind: email\n    to: a@b.example\n{DIGESTS}",
        (5, "channels.out.kind", "email needs a mail server"),
    ),
    case(
        "bad and repeated recipients",
        f"{SMTP}{FEEDS}channels:\n  out: {{kind: email, to: nobody}}\n  two:\n    kind: email\n"
        f"    to: [Ada <a@b.example>, A@b.example]\n{DIGESTS}",
        (6, "channels.out.to", "'nobody' is not an email address"),
        (9, "channels.two.to", "a@b.example is given twice"),
    ),
    case(
        "bad values",
        "log:\n  level: INFO\npolling:\n  every: 5x\n  timeout: 0\n  concurrency: many\n"
        "  per_host: -1\n  max_body: 10 apples\n  allow_private_networks: maybe\n"
        f"{FEEDS}{CHANNELS}{DIGEST}    schedule: daily at 07:00\n    max_entries: 0\n",
        (2, "log.level", "must be one of debug, info, warning, error; did you mean 'info'?"),
        (4, "polling.every", "'5x' is not a duration; write a number and s, m, h or d"),
        (5, "polling.timeout", "must be longer than 0"),
        (6, "polling.concurrency", "must be a whole number"),
        (7, "polling.per_host", "must be at least 0"),
        (8, "polling.max_body", "'10 apples' is not a size"),
        (9, "polling.allow_private_networks", "must be true or false"),
        (16, "digests.weekly.max_entries", "must be at least 1"),
    ),
    case(
        "names that cannot be in file names",
        f"{FEEDS}channels:\n  a b: {{kind: file, path: o.md}}\n"
        "digests:\n  ../up: {schedule: daily at 07:00, send_to: a b}\n",
        (3, "channels.a b", "must be made of letters, digits, - and _"),
        (5, "digests.../up", "must be made of letters, digits, - and _"),
    ),
    case(
        "texts of another form",
        "feeds:\n  - url: https://a.example/\n    headers: {X Token: a}\n"
        "channels:\n  a:\n    kind: discord\n    webhook_url: https://a.example/\n"
        "    thread: news\ndigests: {weekly: {schedule: daily at 07:00, send_to: a}}\n",
        (3, "feeds[0].headers.X Token", "must be the name of a header, without spaces"),
        (8, "channels.a.thread", "must be all digits"),
    ),
    case(
        "a path that names no file",
        f"{FEEDS}channels:\n  a: {{kind: file, path: out/}}\n"
        f'  b: {{kind: file, path: "{{subject}}.md"}}\n'
        "  c: {kind: file, path: ~no-such-user/x.md}\n"
        "digests: {weekly: {schedule: daily at 07:00, send_to: a, template: nowhere}}\n",
        (3, "channels.a.path", "must name a file"),
        (4, "channels.b.path", "the only placeholders are {digest}, {title}, {date}, {year}, "),
        (5, "channels.c.path", "there is no home folder for '~no-such-user/x.md'"),
        (6, "digests.weekly.template", "there is no folder"),
    ),
    case(
        "a path that nothing can be at",
        f"{FEEDS}channels: {{a: {{kind: file, path: out.md}}}}\n"
        f"digests: {{weekly: {{schedule: daily, send_to: a, template: {'a' * 256}}}}}\n",
        (3, "digests.weekly.template", "cannot be the path of a folder: File name too long"),
    ),
    case("empty", "", (0, "", "is empty; see config.example.yaml")),
    case("comments only", "# nothing yet\n", (0, "", "is empty")),
    case("text", "hello\n", (1, "", "must be a map of settings")),
    case("a list", "- feeds\n", (1, "", "must be a map of settings")),
    case("not YAML", f"{FEEDS}channels: {{out: [1\n{DIGESTS}", (3, "", "not YAML: ")),
    case("two documents", f"{REST}---\n{REST}", (4, "", "not YAML: a second document begins")),
    case(
        "a colon in brackets",
        f"web: {{proxies: [127.0.0.1, ::1]}}\n{REST}",
        (1, "", "not YAML: in brackets, text that begins or ends with : needs quotes"),
    ),
    case(
        "an end of line that is none",
        f"{REST}timezone: Europe/\u2028Berlin\n",
        (4, "", 'not YAML: the character U+2028; write "\\u2028" in quotes'),
    ),
    case("control character", f"{REST}timezone: \x07\n", (0, "", "not YAML: ")),
    case("nested without end", "feeds: " + "[" * 600, (0, "", "not YAML: ")),
    case(
        "a list as key",
        f"? [{SECRET}]\n: 1\n{REST}",
        (1, "", "has a list or a map in the place of a key"),
    ),
    case("a key of two lines", f'"a\\nb": 1\n{REST}', (1, "'a\\nb'", "unknown key")),
    case(
        "an alias in itself",
        f"feeds: &feeds\n  - https://a.example/\n  - *feeds\n{CHANNELS}{DIGESTS}",
        (3, "feeds[1]", "refers to itself"),
    ),
    case(
        "a password that starts with *",
        f"{SMTP}  password: *{SECRET}\n{REST}",
        (4, "", "not YAML: text that starts with * or ! needs quotes"),
    ),
    case(
        "a name that starts with @",
        f"feeds:\n  - {{kind: youtube, handle: @{SECRET}}}\n{CHANNELS}{DIGESTS}",
        (2, "", "not YAML: text that starts with @ or ` needs quotes"),
    ),
    case(
        "a password that starts with !",
        f"{SMTP}  username: u\n  password: !{SECRET}\n{REST}",
        (5, "smtp.password", "starts with !, a YAML tag; put it in quotes if it is text"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_every_problem_is_named(tmp_path: Path, text: str, expected: tuple[Expected, ...]) -> None:
    error = refusal(tmp_path, text)

    assert [(problem.line, problem.key) for problem in error.problems] == [
        (line, key) for line, key, _ in expected
    ]
    for problem, (_, _, words) in zip(error.problems, expected, strict=True):
        assert words in problem.message
    lines = str(error).splitlines()
    assert len(lines) == len(expected)
    for line, problem in zip(lines, error.problems, strict=True):
        where = f"{error.path}:{problem.line}" if problem.line else str(error.path)
        assert line == ": ".join(part for part in (where, problem.key, problem.message) if part)
    assert SECRET not in str(error)
    assert error.exit_code == 2


MANY = f"""\
timezone: Europa/Berlin
timzone: UTC
polling:
  every: soon
feeds:
  - https://a.example/
  - url: ftp://b.example/
    tags: news
  - url: https://a.example/
smtp:
  host: mail.example
  username: u
  password: ${{MISSING}}
  security: none
  from: nobody
channels:
  inbox: {{kind: email, to: [ada@one.example]}}
  team:
    kind: slack
    webhook_url: {SECRET}
digests:
  weekly:
    schedule: every mondy at 09:00
    feeds: [tag:new]
    send_to: [inbox, taem]
  daily:
    schedule: daily at 25:00
    timezone: Mars
"""


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    error = refusal(tmp_path, MANY)

    assert str(error).splitlines() == [
        f"{tmp_path}/config.yaml:{line}"
        for line in (
            "1: timezone: 'Europa/Berlin' is not a time zone; did you mean 'Europe/Berlin'?",
            "2: timzone: unknown key; did you mean 'timezone'?",
            (
                "4: polling.every: 'soon' is not a duration;"
                " write a number and s, m, h or d, like '15m'"
            ),
            "7: feeds[1].url: must be a web address that starts with http:// or https://",
            "8: feeds[1].tags: must be a list",
            "9: feeds[2].url: two feeds have this url; the first is on line 6",
            (
                "13: smtp.password: the environment variable MISSING is not set;"
                " set it or write ${MISSING:-default}"
            ),
            "15: smtp.from: 'nobody' is not an email address",
            (
                "20: channels.team.webhook_url: must be a web address"
                " that starts with http:// or https://"
            ),
            (
                "23: digests.weekly.schedule: not a schedule: 'every mondy at 09:00': 'mondy' is"
                " not a word of a schedule; did you mean 'monday'? Write like 'first monday at"
                " 09:00', 'every monday, thursday at 17:00', 'weekends at 10:00'"
            ),
            "24: digests.weekly.feeds[0]: there is no feed or tag 'tag:new'",
            "25: digests.weekly.send_to[1]: there is no channel 'taem'; did you mean 'team'?",
            "26: digests.daily.send_to: is required",
            (
                "27: digests.daily.schedule: not a schedule: 'daily at 25:00': '25:00' is not a"
                " time of day between 00:00 and 23:59"
            ),
            (
                "28: digests.daily.timezone: 'Mars' is not a time zone;"
                " write an IANA name like 'Europe/Berlin'"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "not UTF-8 text"),
        (b" \n", "is empty"),
    ],
)
def test_a_secret_file_without_a_secret_is_refused(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "secret").write_bytes(content)
    text = f"{SMTP}  username: u\n  password_file: secret\n{REST}"

    (problem,) = refusal(tmp_path, text).problems

    assert (problem.line, problem.key) == (5, "smtp.password_file")
    assert words in problem.message


@pytest.mark.parametrize("line", [SECRET, f"Bearer {SECRET}", f"Bearer {SECRET}: x"])
def test_a_headers_file_that_holds_no_headers_is_refused_unquoted(
    tmp_path: Path, line: str
) -> None:
    (tmp_path / "headers").write_text(f"X-One: 1\n\n{line}\n")
    text = f"feeds:\n  - url: https://a.example/\n    headers_file: headers\n{CHANNELS}{DIGESTS}"

    error = refusal(tmp_path, text)

    assert [(p.line, p.key, p.message) for p in error.problems] == [
        (3, "feeds[0].headers_file", "line 3 of the file is not 'Name: value'")
    ]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(REST.encode("utf-16"))

    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})

    assert str(caught.value) == f"{path}: is not UTF-8 text"


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere.yaml", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name

    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})

    assert str(caught.value) == f"{path}: cannot be read: {reason}"


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["human", "json"])
def test_the_command_lists_the_problems_and_exits_2(
    tmp_path: Path,
    digest_command: Callable[..., subprocess.CompletedProcess[str]],
    options: list[str],
) -> None:
    (tmp_path / "config.yaml").write_text(MANY, "utf-8")

    done = digest_command(*options, "check")

    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 15
    assert all("config.yaml:" in line for line in lines)
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
