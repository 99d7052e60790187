"""One log line per unit of work, for people or for programs, never a secret."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from digest.log import HumanFormatter, JsonFormatter, Redactor, Sanitiser, configure, event

LOG = logging.getLogger("digest.tests")
NO_SECRETS = Redactor()


def record(
    message: str, *args: object, exc_info: Any = None, **fields: object
) -> logging.LogRecord:
    made = logging.LogRecord("digest.x", logging.INFO, __file__, 1, message, args, exc_info)
    made.fields = fields
    return made


def fail(message: str) -> None:
    raise RuntimeError(message)


def failed(message: str) -> logging.LogRecord:
    try:
        fail(message)
    except RuntimeError as error:
        return record("bug", exc_info=(RuntimeError, error, error.__traceback__))
    raise AssertionError


def human(made: logging.LogRecord, redact: Redactor = NO_SECRETS) -> str:
    return HumanFormatter(redact).format(made)


def as_json(made: logging.LogRecord, redact: Redactor = NO_SECRETS) -> dict[str, Any]:
    line = JsonFormatter(redact).format(made)
    assert "\n" not in line
    read: dict[str, Any] = json.loads(line)
    return read


def test_the_human_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "human", NO_SECRETS)

    event(LOG, logging.INFO, "polled", feed="A name", outcome="updated", new=3, status=None)

    line = capsys.readouterr().err
    assert re.fullmatch(
        r'\d\d:\d\d:\d\d INFO    polled feed="A name" outcome=updated new=3\n', line
    )


@time_machine.travel(datetime(2026, 11, 16, 9, 0, 1, 250_000, tzinfo=UTC), tick=False)
def test_the_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json", NO_SECRETS)

    event(LOG, logging.WARNING, "polled", feed='A "name"', new=3, status=None)

    assert json.loads(capsys.readouterr().err) == {
        "time": "2026-11-16T09:00:01.250Z",
        "level": "warning",
        "logger": "digest.tests",
        "event": "polled",
        "feed": 'A "name"',
        "new": 3,
    }


def test_json_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "auto", NO_SECRETS)

    event(LOG, logging.INFO, "polled")

    assert json.loads(capsys.readouterr().err)["event"] == "polled"


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", ["debug", "info", "error", "theirs"]),
        ("info", ["info", "error", "theirs"]),
        ("error", ["error", "theirs"]),
    ],
)
def test_the_level_is_ours_alone(
    capsys: pytest.CaptureFixture[str], level: str, shown: list[str]
) -> None:
    configure(level, "json", NO_SECRETS)

    LOG.debug("debug")
    LOG.info("info")
    LOG.error("error")
    logging.getLogger("elsewhere").info("a library's own affairs")
    logging.getLogger("elsewhere").warning("theirs")

    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == shown


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("Grüße", "Grüße"),
        ("two words", '"two words"'),
        ("a=b", '"a=b"'),
        ('say "x"', r'"say \"x\""'),
        ("", '""'),
        ("a\nb", r'"a\nb"'),
        ("a\r\x1b[31mb", r'"a\r\u001b[31mb"'),
        ("a\u2028b", r'"a\u2028b"'),
        ("\u202eabc", r'"\u202eabc"'),
        (7, "7"),
    ],
)
def test_a_value_is_quoted_where_it_must(value: object, written: str) -> None:
    assert human(record("polled", feed=value)).endswith(f" polled feed={written}")


FORGED = "x\n09:00:01 INFO    published digest=weekly"


@pytest.mark.parametrize(
    "made",
    [
        record("polled", feed=FORGED),
        record("polled %s", FORGED),
        record(FORGED),
        record("polled", feed=FORGED.replace("\n", "\u2028")),
        record("polled", feed=FORGED.replace("\n", "\x85")),
    ],
    ids=["value", "argument", "message", "line separator", "next line"],
)
def test_nothing_logged_can_pass_for_a_line_of_its_own(made: logging.LogRecord) -> None:
    assert len(human(made).splitlines()) == 1
    assert as_json(made)["logger"] == "digest.x"


@given(st.text(), st.text())
def test_any_text_stays_on_its_line(message: str, value: str) -> None:
    made = record("%s", message, feed=value)

    assert len(human(made).splitlines()) == 1
    assert as_json(made)["event"] == message
    assert as_json(made)["feed"] == value


def test_a_bug_is_logged_whole_for_people() -> None:
    first, *trace = human(failed("it broke")).splitlines()

    assert first.endswith(" bug")
    assert trace[0] == "    Traceback (most recent call last):"
    assert trace[-1] == "    RuntimeError: it broke"


def test_an_exceptions_text_cannot_pass_for_a_line_of_its_own() -> None:
    first, *trace = human(failed(FORGED)).splitlines()

    assert first.endswith(" bug")
    assert all(line.startswith("    ") for line in trace)


def test_a_bug_is_logged_whole_for_programs() -> None:
    trace = as_json(failed("it broke"))["trace"]

    assert trace.startswith("Traceback (most recent call last):\n")
    assert trace.endswith("\nRuntimeError: it broke")


def test_what_json_does_not_know_is_text() -> None:
    assert as_json(record("polled", at=datetime(2026, 1, 1, tzinfo=UTC)))["at"] == (
        "2026-01-01 00:00:00+00:00"
    )


@pytest.mark.parametrize(
    ("secrets", "text", "redacted"),
    [
        (["hunter2"], "a hunter2 b hunter2", "a *** b ***"),
        (["token", "token-and-more"], "token-and-more token", "*** ***"),
        (["token-and-more", "token"], "token-and-more token", "*** ***"),
        (["pass.*word"], "password pass.*word", "password ***"),
        (["", "abc"], "abc is too short to hide", "abc is too short to hide"),
        ([], "nothing to hide", "nothing to hide"),
    ],
)
def test_secrets_are_replaced(secrets: list[str], text: str, redacted: str) -> None:
    assert Redactor(secrets)(text) == redacted


SECRETS = ["hunter2", 'qu"ote', "back\\slash", "Grüße", "tab\there", "zero\u200bwidth", 'Grü"ße']


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("place", ["value", "argument", "exception"])
@pytest.mark.parametrize("formatter", [HumanFormatter, JsonFormatter])
def test_no_secret_is_logged(
    formatter: type[HumanFormatter | JsonFormatter], place: str, secret: str
) -> None:
    made = {
        "value": record("polled", feed=f"with {secret}."),
        "argument": record("polled with %s.", secret),
        "exception": failed(f"with {secret}."),
    }[place]

    line = formatter(Redactor([secret])).format(made)

    assert "with ***." in line
    assert secret not in line


@given(st.text(min_size=4).filter(lambda text: "*" not in text))
def test_no_text_is_a_secret_that_is_logged(secret: str) -> None:
    line = JsonFormatter(Redactor([secret])).format(record("x", feed=f"«{secret}»"))

    assert "***" in line
    assert json.dumps(f"«{secret}»")[1:-1] not in line


# Controls, a line of somebody else's, fields of somebody else's, what turns the text around it.
HOSTILE = '\x1b[31m\x07\x9b2J\x7f\0 x=1" level=error\r\n09:00:00 ERROR   made up\u2028\u202e\ufeff'


@pytest.mark.parametrize("place", ["value", "argument", "exception"])
@pytest.mark.parametrize("formatter", [HumanFormatter, JsonFormatter])
def test_nothing_in_a_log_acts_on_its_reader(
    formatter: type[HumanFormatter | JsonFormatter], place: str
) -> None:
    made = {
        "value": record("polled", feed=HOSTILE),
        "argument": record("polled %s", HOSTILE),
        "exception": failed(HOSTILE),
    }[place]

    first, *others = formatter(NO_SECRETS).format(made).split("\n")

    assert all(line.isprintable() for line in (first, *others))
    # The rest is the traceback, and no line of its own.
    assert all(line.startswith("    ") for line in others)
    assert bool(others) == (place == "exception" and formatter is HumanFormatter)


def test_words_of_others_are_fit_to_keep() -> None:
    words = Sanitiser(Redactor(["t0psecret"]))
    raw = b"404 Non trouv\xe9:\r\n t0psecret \0".decode("utf-8", "surrogateescape")
    assert words(raw) == r"404 Non trouv\xe9: *** \x00"
    assert len(words("x" * 10_000)) == 500
