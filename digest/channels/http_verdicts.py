"""What an HTTP answer makes of what was posted, or of its channel: pure decisions.

By the status alone (RFC 9110, section 15), for services that have no words of their own for it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.errors import ChannelError, DeliveryError
from digest.feeds.http.freshness import retry_after
from digest.feeds.text import one_line

if TYPE_CHECKING:
    from digest.channels.http_answer import Answer

MOST_WORDS = 200
PROXY_LOGIN = 407
# Nobody is there, or not for these credentials.
DEAD_STATUSES = frozenset({401, 403, 404, 410})
# Too slow, too early, too often.
PASSING_STATUSES = frozenset({408, 425, 429})
_NOT_POSTED_TO = 405
# A gateway asked the service and got no answer in time; 524 is Cloudflare's.
_UNANSWERED_STATUSES = frozenset({504, 524})
# Who asks for longer than a day is wrong about it.
_LONGEST_WAIT = timedelta(days=1)
MEND = "mend the address, or make a new one"
_PROXY_MEND = "write its user and password into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT"
# Where services put their words, the most telling first.
_WORDS = (
    *("message", "msg", "error_description", "errorDescription", "description", "detail", "error"),
    "title",
)


def accepted(answer: Answer, mend: str = MEND) -> Answer:
    """The same answer, if it says that what was posted was taken.

    `mend` is what to do where nobody is there, or not for these credentials.

    Raises:
        ChannelError: the service takes nothing now, or nothing from here.
        DeliveryError: it does not take this in this form, or nobody knows whether it did.
    """
    if 200 <= answer.status < 300:
        return answer
    raise _refusal(answer, mend)


def fields_of(answer: Answer, *needed: str) -> dict[str, Any]:
    """The fields of an answer that accepted something.

    Raises:
        ChannelError: it is a web page: something else answers there.
        DeliveryError: `unknown`, since it lacks a `needed` field, and so is no receipt.
    """
    if is_page(answer):
        page = f"{answer.status} and a web page: a login page, or a proxy's"
        raise ChannelError(f"{page}; look at what answers there", lasting=True)
    fields = json_object(answer.body) or {}
    if missing := [name for name in needed if name not in fields]:
        reason = f"{told(answer)}: no {' and no '.join(missing)}, and no refusal"
        raise DeliveryError(reason, "unknown")
    return fields


def told(answer: Answer) -> str:
    """The status, and what the service says in words, on one short line."""
    return f"{answer.status} {_words(answer)}".strip()


def wait_of(answer: Answer) -> timedelta | None:
    """How long the service wants to be left alone; None where it does not say."""
    return retry_after(answer.headers, datetime.now(UTC), _LONGEST_WAIT)


def is_page(answer: Answer) -> bool:
    """Whether it is a web page, which is for people and so not from an interface."""
    kind = answer.headers.get("Content-Type", "")
    return kind.lower().startswith("text/html") or answer.body.lstrip()[:1] == b"<"


def json_object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object that a text or a body is; None where it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def proxy_refusal(status: int) -> ChannelError:
    """What it means that a proxy lets nothing through; its own troubles may pass."""
    if status == PROXY_LOGIN:
        return ChannelError(f"the proxy wants a login (407); {_PROXY_MEND}", lasting=True)
    return ChannelError(f"the proxy lets nothing through ({status})", lasting=status < 500)


def _refusal(answer: Answer, mend: str) -> DeliveryError:
    status = answer.status
    if 300 <= status < 400:
        reason = f"{status}: a redirect, which is not followed; write the address it leads to"
        return ChannelError(reason, lasting=True)
    if status == PROXY_LOGIN:
        return proxy_refusal(status)
    if status in DEAD_STATUSES or status == _NOT_POSTED_TO:
        return ChannelError(f"{told(answer)}; {mend}", lasting=True)
    if status < 200 or status in _UNANSWERED_STATUSES:
        return DeliveryError(f"{told(answer)}: it may have been taken", "unknown")
    if status in PASSING_STATUSES or status >= 500:
        return ChannelError(told(answer), retry_after=wait_of(answer))
    return DeliveryError(told(answer), "refused")


def _words(answer: Answer) -> str:
    if is_page(answer):
        return ""
    text = _text(answer)
    fields = json_object(text)
    if fields is None:
        return one_line(text, MOST_WORDS)
    inner = fields.get("error")
    places = [fields, inner] if isinstance(inner, dict) else [fields]
    words = [place.get(name) for place in places for name in _WORDS]
    return next((one_line(word, MOST_WORDS) for word in words if isinstance(word, str)), "")


def _text(answer: Answer) -> str:
    return answer.body.decode("utf-8-sig", "replace").strip()
