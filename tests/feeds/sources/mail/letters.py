"""Messages for tests, as a sender would write them."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from tests.feed_xml import NOW


def letter(number: int, *, sender: str = "news@a.example", text: str = "", **headers: str) -> bytes:
    """A short newsletter, the `number`-th, that was sent so many minutes before now."""
    message = EmailMessage()
    given = {
        "From": f"News <{sender}>",
        "To": "ada@example.com",
        "Subject": f"Letter {number}",
        "Date": format_datetime(NOW - timedelta(minutes=number)),
        "Message-ID": f"<{number}@a.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value:
            message[name] = value
    message.set_content(text or f"What letter {number} says, which is not much.\n")
    return bytes(message)
