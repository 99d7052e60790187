"""One log line per unit of work: readable on a terminal, JSON elsewhere, never a secret."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from textwrap import indent
from typing import TYPE_CHECKING, Any

from digest.untrusted_text import ascii_json, clean_words, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

_MASK = "***"
_SHORTEST_SECRET = 4


def event(logger: logging.Logger, level: int, message: str, **fields: object) -> None:
    """Log `message` with its fields; fields that are None are left out."""
    known = {key: value for key, value in fields.items() if value is not None}
    logger.log(level, message, extra={"fields": known})


class Redactor:
    """Replaces every known secret in a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        # As JSON writes them too, with and without escapes for what is not ASCII.
        known |= {json.dumps(s, ensure_ascii=a)[1:-1] for s in known for a in (True, False)}
        # The longest first, so that a secret inside another does not leave half of it behind.
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text, with `***` in the place of each secret."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


class Sanitiser:
    """Makes what others said fit to keep and to show: `clean_words` without any secret."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact

    def __call__(self, text: str) -> str:
        """The text as it may be stored."""
        # Before it is cut, and a secret with it; and as one line, since a server may fold one.
        return clean_words(self._redact(" ".join(self._redact(text).split())))


class _Formatter(logging.Formatter):
    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback of a bug."""
        at = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, Any] = getattr(record, "fields", {})
        trace = self.formatException(record.exc_info) if record.exc_info else None
        return self._redact(self._line(at, record, fields, trace))

    def _line(
        self, at: datetime, record: logging.LogRecord, fields: dict[str, Any], trace: str | None
    ) -> str:
        raise NotImplementedError


class HumanFormatter(_Formatter):
    """`09:00:01 INFO    polled feed="A name" outcome=updated new=3`."""

    def _line(
        self, at: datetime, record: logging.LogRecord, fields: dict[str, Any], trace: str | None
    ) -> str:
        pairs = "".join(f" {key}={self._value(value)}" for key, value in fields.items())
        message = visible(record.getMessage())
        line = f"{at.astimezone():%H:%M:%S} {record.levelname:<7} {message}{pairs}"
        if trace is None:
            return line
        # Indented, so that no exception's text can pass for a line of its own.
        return f"{line}\n{indent(visible(trace, keep=chr(10)), '    ', lambda _: True)}"

    @staticmethod
    def _value(value: object) -> str:
        text = str(value)
        if not text.isprintable():
            return ascii_json(text)
        # Marks are printable, however many there are.
        shown = visible(text)
        if shown and not set(shown) & set(' "='):
            return shown
        return json.dumps(shown, ensure_ascii=False)


class JsonFormatter(_Formatter):
    """One JSON object a line: `time`, `level`, `event`, then the fields."""

    def _line(
        self, at: datetime, record: logging.LogRecord, fields: dict[str, Any], trace: str | None
    ) -> str:
        line = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields,
        }
        if trace:
            line["trace"] = trace
        return ascii_json(line, default=str)


def configure(level: str, style: str, redact: Redactor) -> None:
    """Send every log line to standard error; `style` is auto, human or json."""
    human = style == "human" or (style == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter((HumanFormatter if human else JsonFormatter)(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("digest").setLevel(level.upper())
