"""What Slack's refusals mean.

Words and statuses: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/reference/methods/chat.postMessage.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from digest.errors import ChannelError, DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRANSIENT = {
    *("rollup_error", "internal_error", "fatal_error", "service_unavailable", "request_timeout"),
}
_OUR_PAYLOAD = {
    *("invalid_payload", "invalid_blocks", "invalid_blocks_format", "no_text", "msg_too_long"),
    *("msg_blocks_too_long", "too_many_attachments"),
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
    "invalid_token": _CREDENTIALS,
    "invalid_auth": _CREDENTIALS,
    "not_authed": _CREDENTIALS,
    "token_revoked": _CREDENTIALS,
    "token_expired": _CREDENTIALS,
    "account_inactive": _CREDENTIALS,
    "user_not_found": _CREDENTIALS,
    "missing_scope": "give the app the scope chat:write",
}
_DEAD_STATUSES = {403, 404, 410}
_MOST_WORDS = 200


class ThreadRefusedError(DeliveryError):
    """A reply that was not posted, since its thread takes none."""


def refusal(status: int, word: str, headers: Mapping[str, Any]) -> DeliveryError:
    """The verdict of an answer; `word` is the body of a webhook's, or the `error` of a method's."""
    reason = f"{status} {word[:_MOST_WORDS]}".strip()
    if status == 429 or word == "ratelimited":
        return ChannelError(reason, retry_after=_retry_after(headers))
    if status >= 500 or word in _TRANSIENT:
        return DeliveryError(reason, "retrying")
    if word in _OUR_PAYLOAD:
        return DeliveryError(reason, "refused")
    if word in _REMEDIES:
        return ChannelError(f"{reason}; {_REMEDIES[word]}", lasting=True)
    if status in _DEAD_STATUSES:
        return ChannelError(f"{reason}; {_CREDENTIALS}, or mend the address", lasting=True)
    final = ThreadRefusedError if word in _NO_REPLIES else DeliveryError
    return final(reason, "failed")


def _retry_after(headers: Mapping[str, Any]) -> timedelta | None:
    seconds = str(headers.get("Retry-After", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdigit() and len(seconds) < 8 else None
