"""What Slack's answers mean: by their words first, and by their status where these say nothing.

Words and statuses: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/reference/methods/chat.postMessage. Of other
services that take the same posts some answer with `ok` too, and others with `{"success": true}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.channels.http_verdicts import (
    DEAD_STATUSES,
    MOST_WORDS,
    PASSING_STATUSES,
    PROXY_LOGIN,
    is_page,
    json_object,
    proxy_refusal,
    wait_of,
)
from digest.errors import ChannelError, DeliveryError
from digest.feeds.text import one_line

if TYPE_CHECKING:
    from datetime import timedelta

    from digest.channels.http_answer import Answer

# Limits, moves to another organisation, troubles of its own: they pass, and nobody is to blame.
_PASSING = {
    *("ratelimited", "rate_limited", "message_limit_exceeded", "org_login_required"),
    *("team_added_to_org", "external_channel_migrating", "migration_in_progress"),
    *("rollup_error", "internal_error", "fatal_error", "service_unavailable", "request_timeout"),
}
_OUR_PAYLOAD = {
    *("invalid_payload", "invalid_blocks", "invalid_blocks_format", "no_text", "msg_too_long"),
    *("msg_blocks_too_long", "too_many_attachments", "attachment_payload_limit_exceeded"),
    *("block_mismatch", "missing_text_or_fallback_or_attachments"),
    "web.incoming_webhook.text.app_error",
}
_NO_REPLIES = {
    *("thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"),
    "restricted_action_non_threadable_channel",
}
_NEW_WEBHOOK = "make a new webhook"
_CREDENTIALS = "make a new token or webhook"
_OTHER_CHANNEL = "name another channel"
_INVITE = "invite the app to the channel, or name another"
_ASK = "ask an administrator of the workspace"
_REMEDIES = {
    "no_service": _NEW_WEBHOOK,
    "no_service_id": _NEW_WEBHOOK,
    "no_team": _NEW_WEBHOOK,
    "no_active_hooks": _NEW_WEBHOOK,
    "channel_not_found": _INVITE,
    "not_in_channel": _INVITE,
    "channel_is_archived": _OTHER_CHANNEL,
    "is_archived": _OTHER_CHANNEL,
    "action_prohibited": _ASK,
    "posting_to_general_channel_denied": _ASK,
    "restricted_action": _ASK,
    "team_disabled": _ASK,
    "ekm_access_denied": _ASK,
    "invalid_token": _CREDENTIALS,
    "invalid_auth": _CREDENTIALS,
    "not_authed": _CREDENTIALS,
    "token_revoked": _CREDENTIALS,
    "token_expired": _CREDENTIALS,
    "account_inactive": _CREDENTIALS,
    "user_not_found": _CREDENTIALS,
    "missing_scope": "give the app the scope chat:write",
}
_MOST_MESSAGES = 5
_LOOK = "look at what answers there"
_LOOK_UP = "look it up in Slack's documentation, or at what answers there"


class ThreadRefusedError(ChannelError):
    """A reply that was not posted, since its thread takes none."""


class _Statement(Struct, frozen=True):
    """The words of a body: of a webhook's they are all of it, of a method's its `error`.

    `ok` is None where it says neither yes nor no.
    """

    ok: bool | None
    word: str
    details: tuple[str, ...] = ()
    fields: dict[str, Any] = {}

    @property
    def told(self) -> str:
        """The word and what explains it, on one line."""
        return ": ".join(filter(None, (self.word, "; ".join(self.details))))


def heard(answer: Answer) -> dict[str, Any]:
    """What is said by an answer that has accepted a message.

    Raises:
        DeliveryError: it has not, or nobody knows; with the verdict.
    """
    statement = _statement(answer.body)
    if statement.ok and 200 <= answer.status < 300:
        return statement.fields
    raise _refusal(answer, statement)


def refusal_for(word: str) -> DeliveryError:
    """The verdict of a word that was not said yet, and would be."""
    return _by_word(word, f"200 {word}", None) or ChannelError(f"200 {word}", lasting=True)


def _statement(body: bytes) -> _Statement:
    text = body.decode("utf-8-sig", "replace").strip()
    fields = json_object(text)
    if fields is None:
        return _Statement(True if text == "ok" else None, one_line(text, MOST_WORDS))
    flags = [flag for name in ("ok", "success") if isinstance(flag := fields.get(name), bool)]
    values = [fields.get(name) for name in ("error", "id", "message")]
    words = [one_line(value, MOST_WORDS) for value in values if isinstance(value, str)]
    word, *more = words or [""]
    return _Statement(all(flags) if flags else None, word, (*more, *_details(fields)), fields)


def _details(fields: dict[str, Any]) -> tuple[str, ...]:
    """What Slack says of which part of a message it does not take."""
    metadata = fields.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    if not isinstance(messages, list):
        return ()
    return tuple(one_line(str(each), MOST_WORDS) for each in messages[:_MOST_MESSAGES])


def _refusal(answer: Answer, statement: _Statement) -> DeliveryError:
    wait = wait_of(answer)
    reason = f"{answer.status} {statement.told}".strip()
    return _by_word(statement.word, reason, wait) or _by_status(answer, statement, reason, wait)


def _by_word(word: str, reason: str, wait: timedelta | None) -> DeliveryError | None:
    if word in _PASSING:
        return ChannelError(reason, retry_after=wait)
    if word in _OUR_PAYLOAD:
        return DeliveryError(reason, "refused")
    if word in _NO_REPLIES:
        return ThreadRefusedError(reason, lasting=True)
    if word in _REMEDIES:
        return ChannelError(f"{reason}; {_REMEDIES[word]}", lasting=True)
    return None


def _by_status(
    answer: Answer, statement: _Statement, reason: str, wait: timedelta | None
) -> DeliveryError:
    status = answer.status
    if status < 300:
        return _not_ok(answer, statement, reason)
    if status < 400:
        return ChannelError(f"{status}: Slack is not there any more", lasting=True)
    if status == PROXY_LOGIN:
        return proxy_refusal(status)
    if status in PASSING_STATUSES or status >= 500:
        return ChannelError(reason, retry_after=wait)
    mend = f"{_CREDENTIALS}, or mend the address" if status in DEAD_STATUSES else _LOOK_UP
    return ChannelError(f"{reason}; {mend}", lasting=True)


def _not_ok(answer: Answer, statement: _Statement, reason: str) -> DeliveryError:
    """Of a 200 without `ok`: a no is one, a page is of something else, the rest nobody knows."""
    if statement.ok is False:
        return ChannelError(f"{reason}; {_LOOK_UP}", lasting=True)
    if is_page(answer):
        reason = f"{answer.status} and a web page, not Slack: a login page, or a proxy's"
        return ChannelError(f"{reason}; {_LOOK}", lasting=True)
    return DeliveryError(f"{reason}: neither `ok` nor a refusal", "unknown")
