"""Finding a configuration file, and what its settings become."""

from __future__ import annotations

import os
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.config import FeedSettings, find_config
from digest.config import load as load_module
from digest.config.channels.email import EmailSettings
from digest.config.channels.file import FileSettings
from digest.config.units import duration_text, parse_duration, parse_size
from digest.config.yaml.document import read_document
from digest.errors import ConfigError, UsageError
from digest.log import Redactor
from tests.config.files import CHANNELS, DIGESTS, FEEDS, SECRET, load
from tests.databases import file_of

REST = FEEDS + CHANNELS + DIGESTS
SMTP = "smtp:\n  host: mail.example\n  from: a@b.example\n  username: u\n"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ./config.yaml, and a system file that exists too."""
    system = tmp_path / "etc.yaml"
    monkeypatch.setattr(load_module, "_SYSTEM_FILE", system)
    monkeypatch.chdir(tmp_path)
    system.touch()
    Path("config.yaml").touch()
    return tmp_path


@pytest.mark.usefixtures("places")
def test_the_option_comes_first() -> None:
    assert find_config(Path("given.yaml"), {"DIGEST_CONFIG": "env.yaml"}) == Path("given.yaml")


@pytest.mark.usefixtures("places")
def test_then_the_variable() -> None:
    assert find_config(None, {"DIGEST_CONFIG": "env.yaml"}) == Path("env.yaml")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("environ", [{}, {"DIGEST_CONFIG": ""}])
def test_then_the_working_folder(environ: dict[str, str]) -> None:
    assert find_config(None, environ) == Path("config.yaml")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("name", "mode", "said"),
    [
        ("config.yaml", 0o666, "can be written by every user"),
        ("config.yaml", 0o602, "can be written by every user"),
        (".", 0o777, "can be written by every user"),
        # As in /tmp: what is named in the file can be made there by everybody.
        (".", 0o1777, "can be written by every user"),
    ],
)
def test_what_everybody_can_write_is_not_used_unasked(name: str, mode: int, said: str) -> None:
    Path(name).chmod(mode)
    with pytest.raises(UsageError, match=said) as refused:
        find_config(None, {})
    assert "`--config config.yaml`" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert find_config(Path("config.yaml"), {}) == Path("config.yaml")
    assert find_config(None, {"DIGEST_CONFIG": "config.yaml"}) == Path("config.yaml")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("name", ["config.yaml", "."])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_is_anothers_is_not_used_unasked(name: str) -> None:
    os.chown(name, 12345, -1)
    for environ in ({}, {"SUDO_UID": "54321"}, {"SUDO_UID": "none"}):
        with pytest.raises(UsageError, match="belongs to another user"):
            find_config(None, environ)
    # Who became root by sudo is no other.
    assert find_config(None, {"SUDO_UID": "12345"}) == Path("config.yaml")


@pytest.mark.usefixtures("places")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to groups")
def test_a_group_of_ones_own_may_write(places: Path) -> None:
    for path in (places, Path("config.yaml")):
        path.chmod(0o770)
    assert find_config(None, {}) == Path("config.yaml")
    os.chown("config.yaml", -1, 12345)
    with pytest.raises(UsageError, match="written by a group"):
        find_config(None, {})


def test_where_it_is_a_link_what_it_leads_to_counts(places: Path) -> None:
    elsewhere = places / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "real.yaml").touch()
    Path("config.yaml").unlink()
    Path("config.yaml").symlink_to(elsewhere / "real.yaml")
    assert find_config(None, {}) == Path("config.yaml")
    elsewhere.chmod(0o777)
    with pytest.raises(UsageError, match="elsewhere can be written by every user"):
        find_config(None, {})


def test_then_the_system(places: Path) -> None:
    Path("config.yaml").unlink()

    assert find_config(None, {}) == places / "etc.yaml"


def test_where_there_is_none_the_places_are_named(places: Path) -> None:
    Path("config.yaml").unlink()
    (places / "etc.yaml").unlink()

    with pytest.raises(UsageError, match="looked for --config, DIGEST_CONFIG"):
        find_config(None, {})


@pytest.mark.parametrize(
    ("written", "environ", "expected"),
    [
        ("${ZONE}", {"ZONE": "Europe/Berlin"}, "Europe/Berlin"),
        ("'${ZONE}'", {"ZONE": "Europe/Berlin"}, "Europe/Berlin"),
        ("${AREA}/${CITY}", {"AREA": "Europe", "CITY": "Berlin"}, "Europe/Berlin"),
        ("${ZONE:-Europe/Berlin}", {}, "Europe/Berlin"),
        ("${ZONE:-Europe/Berlin}", {"ZONE": ""}, "Europe/Berlin"),
        ("${ZONE:-Europe/Berlin}", {"ZONE": "Asia/Tokyo"}, "Asia/Tokyo"),
        ("Europe/${CITY:-Berlin}", {}, "Europe/Berlin"),
    ],
)
def test_variables_are_filled_in(
    tmp_path: Path, written: str, environ: dict[str, str], expected: str
) -> None:
    settings = load(tmp_path, f"timezone: {written}\n{REST}", **environ)

    assert settings.timezone == expected


@pytest.mark.parametrize(
    "written", ["0123", "'0123'", '"0123"', "${PW}", '"${PW}"', "${NONE:-0123}"]
)
def test_a_password_of_digits_stays_as_written(tmp_path: Path, written: str) -> None:
    settings = load(tmp_path, f"{SMTP}  password: {written}\n{REST}", PW="0123")

    assert settings.smtp
    assert settings.smtp.password
    assert settings.smtp.password.get_secret_value() == "0123"


@pytest.mark.parametrize(
    "password", ["true", "1e3", "2026-01-01", "0x10", "1_000", ".inf", "12:30"]
)
def test_a_password_that_looks_like_another_type_stays_text(tmp_path: Path, password: str) -> None:
    settings = load(tmp_path, f"{SMTP}  password: {password}\n{REST}")

    assert settings.secrets() == (password,)


def test_numbers_and_booleans_may_come_from_the_environment(tmp_path: Path) -> None:
    text = (
        "polling:\n  concurrency: ${N}\n  allow_private_networks: ${YES}\n  every: ${EVERY}\n"
        f"  max_body: ${{SIZE}}\n  user_agent: ${{NOTHING:-}}\n{REST}"
    )
    polling = load(tmp_path, text, N="7", YES="true", EVERY="2h", SIZE="3MB").polling

    assert polling.concurrency == 7
    assert polling.allow_private_networks is True
    assert polling.every == timedelta(hours=2)
    assert polling.max_body == 3_000_000
    assert polling.user_agent is None


TEXT = st.text(min_size=1).filter(lambda text: text.lower() not in {"~", "null"})


@given(TEXT)
@example("x\nadmin: true")
@example("x, admin: true}")
@example("'")
@example('"')
@example("# nothing")
@example("*alias")
@example("!tag")
@example("${OTHER}")
def test_a_variable_stays_inside_its_value(content: str) -> None:
    text = 'plain: ${X}\nquoted: "${X}"\nlist: [a, "${X}"]\nlast: 1\n'

    document = read_document(text, {"X": content, "OTHER": "wrong"})

    assert document.problems == []
    assert document.data == {
        "plain": content,
        "quoted": content,
        "list": ["a", content],
        "last": "1",
    }


def test_a_key_is_never_filled_in() -> None:
    assert read_document("${X}: 1\n", {"X": "admin"}).data == {"${X}": "1"}


SECRETS = {
    "password": f"{SMTP}  password_file: secrets/one\n{REST}",
    "webhook": (
        f"{FEEDS}channels:\n  out:\n    kind: slack\n    webhook_url_file: secrets/two\n{DIGESTS}"
    ),
    "headers": (
        f"feeds:\n  - url: https://a.example/\n    headers_file: secrets/three\n{CHANNELS}{DIGESTS}"
    ),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(SECRETS["password"], ("0123 #: ${X}",), id="password"),
        pytest.param(SECRETS["webhook"], ("https://hooks.example/T/B/x", "x"), id="webhook"),
        pytest.param(SECRETS["headers"], ("Bearer a:b", "a:b", "2"), id="headers"),
    ],
)
def test_a_secret_may_stand_in_a_file_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[str, ...]
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "one").write_text("0123 #: ${X}\n")
    (folder / "two").write_text("https://hooks.example/T/B/x\n")
    (folder / "three").write_text("Authorization: Bearer a:b\n\nX-Two : 2\n")
    monkeypatch.chdir("/")

    assert load(tmp_path, text).secrets() == expected


def test_a_secret_file_may_be_below_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "password").write_text(SECRET)
    monkeypatch.setenv("HOME", str(home))

    settings = load(tmp_path, f"{SMTP}  password_file: ~/password\n{REST}")

    assert settings.secrets() == (SECRET,)


def test_the_short_form_of_a_feed(tmp_path: Path) -> None:
    short = load(tmp_path, REST)
    long = load(tmp_path, f"feeds:\n  - url: https://a.example/f.xml\n{CHANNELS}{DIGESTS}")

    assert short == long


def test_a_feed_may_be_named_by_its_own_address(tmp_path: Path) -> None:
    text = f"feeds: [{{url: https://a.example/, name: https://a.example/}}]\n{CHANNELS}{DIGESTS}"

    assert load(tmp_path, text).feeds[0].name == "https://a.example/"


@pytest.mark.parametrize(
    ("written", "url", "pair"),
    [
        ("https://ada:pw@a.example/f?x=1#y", "https://a.example/f?x=1#y", "ada:pw"),
        ("https://ada:p%40w%3A@a.example:8443/f", "https://a.example:8443/f", "ada:p@w:"),
        ("https://ada@a.example/", "https://a.example/", "ada:"),
        ("' https://ada:pw@[::1]/ '", "https://[::1]/", "ada:pw"),
    ],
)
@pytest.mark.parametrize("form", ["- {}", "- url: {}"], ids=["short", "long"])
def test_credentials_in_an_address_become_a_header(
    tmp_path: Path, form: str, written: str, url: str, pair: str
) -> None:
    text = f"feeds:\n  {form.format(written)}\n{CHANNELS}{DIGESTS}"

    (feed,) = load(tmp_path, text).feeds

    assert isinstance(feed, FeedSettings)
    assert feed.url == url
    authorization = "Basic " + b64encode(pair.encode()).decode()
    assert {k: v.get_secret_value() for k, v in feed.headers.items()} == {
        "Authorization": authorization
    }


def test_a_given_authorization_goes_before_the_address(tmp_path: Path) -> None:
    text = (
        "feeds:\n  - url: https://ada:pw@a.example/\n    headers: {Authorization: Bearer x}\n"
        f"{CHANNELS}{DIGESTS}"
    )
    (feed,) = load(tmp_path, text).feeds

    assert isinstance(feed, FeedSettings)
    assert feed.headers["Authorization"].get_secret_value() == "Bearer x"


@pytest.mark.parametrize("url", ["https://ada:pw@a.example/f.xml", "https://a.example/f.xml"])
def test_a_feed_with_credentials_is_found_by_its_address(tmp_path: Path, url: str) -> None:
    text = (
        f"feeds: ['https://ada:pw@a.example/f.xml']\n{CHANNELS}"
        f"digests: {{weekly: {{schedule: daily at 07:00, send_to: out, feeds: ['{url}']}}}}\n"
    )
    settings = load(tmp_path, text)

    assert settings.feeds_of("weekly") == settings.feeds
    assert "pw" not in repr(settings)


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").mkdir()
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.chdir("/")
    text = (
        f"{FEEDS}database: sqlite:///db/d.db\nchannels:\n"
        "  out: {kind: file, path: 'out/{digest}-{date}.md'}\n"
        "  home: {kind: file, path: ~/out.md}\n  root: {kind: file, path: /srv/out.md}\n"
        "digests:\n  weekly:\n    schedule: daily at 07:00\n    template: templates\n"
        "    send_to: [out, home, root]\n"
    )
    settings = load(tmp_path, text)

    paths = {
        name: channel.path
        for name, channel in settings.channels.items()
        if isinstance(channel, FileSettings)
    }
    assert paths == {
        "out": f"{tmp_path}/out/{{digest}}-{{date}}.md",
        "home": "/home/ada/out.md",
        "root": "/srv/out.md",
    }
    assert file_of(settings) == tmp_path / "db/d.db"
    assert settings.digests["weekly"].template == tmp_path / "templates"


def test_the_default_database_is_beside_the_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")

    assert file_of(load(tmp_path, REST)) == tmp_path / "data/digest.db"


def test_a_relative_file_name_counts_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert file_of(load(Path(), REST)) == tmp_path / "data/digest.db"


@pytest.mark.parametrize("rule", ["0 9 * * mon", "every monday at 09:00"])
def test_cron_is_another_name_for_schedule(tmp_path: Path, rule: str) -> None:
    start = f"{FEEDS}{CHANNELS}digests:\n  weekly:\n    send_to: out\n"
    by_cron = load(tmp_path, f"{start}    cron: {rule}\n")
    by_schedule = load(tmp_path, f"{start}    schedule: {rule}\n")

    assert by_cron == by_schedule


FOUR_FEEDS = """\
feeds:
  - {url: https://a.example/, name: A, tags: [x, y]}
  - {url: https://b.example/, name: B, tags: [y]}
  - {url: https://c.example/}
  - {url: https://d.example/, tags: [z]}
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("all", "abcd"),
        ("[all]", "abcd"),
        ("B", "b"),
        ("[B, A, A]", "ab"),
        ("https://c.example/", "c"),
        ("tag:y", "ab"),
        ("[tag:z, tag:x, https://c.example/]", "acd"),
        ("[tag:y, A]", "ab"),
    ],
)
def test_a_digest_names_feeds_by_name_address_or_tag(
    tmp_path: Path, given: str, expected: str
) -> None:
    text = (
        f"{FOUR_FEEDS}{CHANNELS}digests:\n  weekly:\n    schedule: daily at 07:00\n"
        f"    send_to: out\n    feeds: {given}\n"
    )
    settings = load(tmp_path, text)

    urls = [feed.address for feed in settings.feeds_of("weekly")]
    assert urls == [f"https://{letter}.example/" for letter in expected]
    assert [feed.address for feed in settings.feeds if settings.digests_of(feed.address)] == urls


def test_a_digest_takes_every_feed_unless_it_says(tmp_path: Path) -> None:
    settings = load(tmp_path, FOUR_FEEDS + CHANNELS + DIGESTS)

    assert settings.feeds_of("weekly") == settings.feeds


def test_a_digests_own_zone_and_title_go_before_the_files(tmp_path: Path) -> None:
    text = (
        f"timezone: Europe/Berlin\n{FEEDS}{CHANNELS}digests:\n"
        "  own: {schedule: daily at 07:00, send_to: out, timezone: Asia/Tokyo, title: My own}\n"
        "  plain: {schedule: daily at 07:00, send_to: out}\n"
    )
    settings = load(tmp_path, text)

    assert (settings.zone_of("own").key, settings.title_of("own")) == ("Asia/Tokyo", "My own")
    assert (settings.zone_of("plain").key, settings.title_of("plain")) == ("Europe/Berlin", "plain")


def test_one_recipient_or_many(tmp_path: Path) -> None:
    text = (
        f"{SMTP}  password: x\n{FEEDS}channels:\n  one: {{kind: email, to: a@b.example}}\n"
        "  many: {kind: email, to: [Ada <a@b.example>, g@b.example]}\n"
        "digests: {weekly: {schedule: daily at 07:00, send_to: [one, many, one]}}\n"
    )
    settings = load(tmp_path, text)

    one, many = settings.channels.values()
    assert isinstance(one, EmailSettings)
    assert isinstance(many, EmailSettings)
    assert one.to == ("a@b.example",)
    assert many.to == ("Ada <a@b.example>", "g@b.example")
    assert settings.digests["weekly"].send_to == ("one", "many")
    assert all(form.is_whole for form in settings.digests["weekly"].forms.values())


ALL_SECRETS = f"""\
smtp: {{host: mail.example, from: a@b.example, username: u, password: one-{SECRET}}}
feeds:
  - url: https://a.example/
    headers: {{Authorization: "Bearer two-{SECRET}"}}
  - https://u:three-{SECRET}@b.example/
channels:
  team: {{kind: slack, webhook_url: https://hooks.example/four-{SECRET}}}
  hook: {{kind: webhook, url: "https://ada:f%69ve-{SECRET}@hooks.example/news"}}
digests: {{weekly: {{schedule: daily at 07:00, send_to: team}}}}
"""


def test_no_secret_is_shown(tmp_path: Path) -> None:
    settings = load(tmp_path, ALL_SECRETS)

    secrets = settings.secrets()
    assert len(secrets) >= 4
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert SECRET not in text
        assert not any(secret in text for secret in secrets)


def test_every_secret_is_redacted(tmp_path: Path) -> None:
    settings = load(tmp_path, ALL_SECRETS)
    said = [
        f"one-{SECRET}",
        f"Bearer two-{SECRET}",
        "Basic " + b64encode(f"u:three-{SECRET}".encode()).decode(),
        f"https://hooks.example/four-{SECRET}",
        # As a server repeats it that has no such path.
        f"four-{SECRET}",
        # As it is in the header of a request.
        b64encode(f"ada:five-{SECRET}".encode()).decode(),
    ]

    redact = Redactor(settings.secrets())

    assert [redact(f"<{text}>") for text in said] == ["<***>"] * len(said)


@given(
    st.integers(0, 3650), st.sampled_from(["seconds", "minutes", "hours", "days"]), st.booleans()
)
def test_durations_are_a_number_and_a_unit(number: int, unit: str, spaced: bool) -> None:
    text = f"{number}{' ' if spaced else ''}{unit[0]}"

    assert parse_duration(text) == parse_duration(text.upper()) == timedelta(**{unit: number})


@given(st.integers(0, 3650 * 86400))
def test_a_duration_as_text_reads_back(seconds: int) -> None:
    assert parse_duration(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (90, "90s"), (900, "15m"), (5400, "90m"), (604800, "7d")]
)
def test_a_duration_is_written_in_the_largest_unit(seconds: int, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    "text", ["", "5", "-1h", "1.5h", "1h30m", "h", "1 week", "True", "3651d", "9" * 5000 + "s"]
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|ten years|4300 digits"):
        parse_duration(text)


@given(st.integers(0, 10**6), st.sampled_from([("B", 0), ("KB", 1), ("mb", 2), ("GB", 3)]))
def test_sizes_are_a_number_and_a_unit(number: int, unit: tuple[str, int]) -> None:
    name, power = unit

    assert parse_size(f"{number}{name}") == parse_size(f"{number} {name}") == number * 1000**power


@pytest.mark.parametrize("text", ["", "-10", "-1MB", "1.5MB", "MB", "10MiB", "True"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)


SPOKEN = "only ${NAME} and ${NAME:-default} are filled in"


def password_or_problem(folder: Path, line: str, **environ: str) -> str:
    """The password of a server, or what is wrong with it."""
    try:
        smtp = load(folder, f"{SMTP}  {line}\n{REST}", **environ).smtp
        return smtp.password.get_secret_value() if smtp and smtp.password else ""
    except ConfigError as error:
        (problem,) = error.problems
        return problem.message


@pytest.mark.parametrize(
    ("written", "environ", "expected"),
    [
        # A byte order mark and the ends of lines are none of it, wherever it comes from.
        ('"s3cret\\n"', {}, "s3cret"),
        ("${PW}", {"PW": "\ufeffs3cret\r\n"}, "s3cret"),
        ("|\n    s3cret\n", {}, "s3cret"),
        ("' s3cret '", {}, " s3cret "),
        ("pa$${x}ss", {}, "pa${x}ss"),
        ("pa$$$${x", {}, "pa$$${x"),
        ("pa$ss$word", {}, "pa$ss$word"),
        ("${PW}", {"PW": "pa$${x}"}, "pa$${x}"),
        ("${PW:-other}", {"PW": ""}, "other"),
        ('""', {}, "is empty"),
        ('"\\n"', {}, "is empty"),
        ('"${PW:-}"', {}, "is empty"),
        ("${PW}", {"PW": ""}, "the environment variable PW is empty"),
        ("${PW}", {"PW": "\ufeff\n"}, "is empty"),
        ("${PW:?}", {"PW": "x"}, SPOKEN),
        ("${PW?not set}", {"PW": "x"}, SPOKEN),
        ("${PW-y}", {"PW": "x"}, SPOKEN),
        ("${PW:+y}", {"PW": "x"}, SPOKEN),
        ("${PW:-${PW}}", {"PW": "x"}, SPOKEN),
        ("${}", {}, SPOKEN),
        ("pa${", {}, SPOKEN),
    ],
)
def test_a_secret_is_read_by_one_rule(
    tmp_path: Path, written: str, environ: dict[str, str], expected: str
) -> None:
    read = password_or_problem(tmp_path, f"password: {written}", **environ)

    assert read.startswith(expected) if expected == SPOKEN else read == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbfs3cret\r\n", "s3cret"),
        (b" s3cret \n\n", " s3cret "),
        (b"pa$${x}\n", "pa$${x}"),
        (b"\xef\xbb\xbf\n", "'one' is empty"),
        (b"s\x00\xff", "cannot read 'one': not UTF-8 text"),
        (None, "cannot read 'one': Is a directory"),
    ],
)
def test_a_secret_in_a_file_is_read_by_the_same_rule(
    tmp_path: Path, content: bytes | None, expected: str
) -> None:
    if content is None:
        (tmp_path / "one").mkdir()
    else:
        (tmp_path / "one").write_bytes(content)
    assert password_or_problem(tmp_path, "password_file: one").split(";")[0] == expected
