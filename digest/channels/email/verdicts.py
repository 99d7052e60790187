"""What a mail server's reply makes of a delivery, or of its channel: pure decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from digest.channels.email.bounces import nobody_is_there
from digest.channels.email.refusals import A_DAY, MENDING, Reply, about_us, enhanced, own_words
from digest.errors import ChannelError, DeliveryError

# The commands that a reply is to; `.` is the end of the message.
Step = Literal["MAIL", "RCPT", "DATA", "."]

GOING_AWAY = 421
_TOO_LARGE = 552
# RFC 3463: beyond what the recipient's system takes, or its mailbox.
_SIZE_CODES = {"3.4", "2.3"}
_TOO_MANY_RECIPIENTS = "5.3"
_FIRST_PAUSE = timedelta(minutes=30)


def goes_on(reply: Reply, step: Step) -> bool:
    """Whether a command was taken, by the first digit (RFC 5321, section 4.2.1)."""
    if step == "DATA":
        return reply.code // 100 == 3
    if step == ".":
        return reply.code // 100 == 2
    # The second digit is that of the mail system; others are about the connection.
    return reply.code // 10 == 25


def is_refusal(reply: Reply) -> bool:
    """Whether it says no; what says neither yes nor no was no answer to what was asked."""
    return 400 <= reply.code < 600


def wants_another_connection(reply: Reply) -> bool:
    """Whether it has had enough recipients for one connection.

    Some still say it by 552, as RFC 821 had it (RFC 5321, section 4.5.3.1.10).
    """
    known = enhanced(reply.words) == _TOO_MANY_RECIPIENTS
    by_words = known or "too many recipients" in reply.words.lower()
    return by_words and (not reply.lasting or reply.code == _TOO_LARGE)


def is_limit(reply: Reply, sender: str) -> bool:
    """Whether a server that goes away says when it may be asked again: not today."""
    return about_us(reply, sender) == "limit"


def verdict_of(reply: Reply, step: Step, sender: str, recipient: str = "") -> DeliveryError:
    """The error that a refusal is: 4yz is for now, 5yz for good (RFC 5321, section 4.2.1)."""
    whom = about_us(reply, sender, recipient, after_message=step == ".")
    too_large = reply.code == _TOO_LARGE or enhanced(reply.words) in _SIZE_CODES
    if whom is None and step == "MAIL" and not too_large:
        return _of_nobody(reply)
    if whom in {"limit", "pace"}:
        pause = A_DAY if whom == "limit" else None
        return ChannelError(MENDING[whom].format(reply), retry_after=pause)
    if whom:
        return ChannelError(MENDING[whom].format(reply), lasting=reply.lasting)
    if not reply.lasting or wants_another_connection(reply):
        # 421 is the server going away, not a word about this message.
        pause = None if reply.code == GOING_AWAY else _FIRST_PAUSE
        return DeliveryError(str(reply), "retrying", retry_after=pause)
    if too_large:
        return DeliveryError(str(reply), "refused")
    words = own_words(reply.words, recipient)
    bounced = nobody_is_there(reply.code, words, at_recipient=step == "RCPT")
    return DeliveryError(str(reply), "failed", bounced=bounced)


def _of_nobody(reply: Reply) -> ChannelError:
    """Refused at MAIL, where nobody but the sender has been named yet."""
    if reply.lasting:
        return ChannelError(MENDING["sender"].format(reply), lasting=True)
    return ChannelError(str(reply))
