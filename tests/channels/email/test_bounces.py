"""Which refusals say that nobody is there: what servers really answer."""

from __future__ import annotations

import pytest

from digest.channels.email.bounces import nobody_is_there

GONE = [
    "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table",
    "550 5.1.1 The email account that you tried to reach does not exist.\n5.1.1 Try again",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.1.2 Domain not found",
    "551 5.1.6 User has moved",
    "550 5.2.1 The email account that you tried to reach is disabled.",
    "554 5.1.1 no such user",
    "550 no such user",
    "550 No such user here",
    "550 User unknown",
    "550 <a@b.example>: unknown user",
    "553 mailbox unknown",
    "550 Mailbox <a@b.example> does not exist",
    "550 Account has been disabled",
    "551 User not local; address no longer in use",
    "550 Unrouteable address",
]
NOT_GONE = [
    # Of a message, of a policy, of room, of the sender; or of who knows what.
    "550 5.7.1 Message rejected as spam by content filtering",
    "550 5.7.26 Unauthenticated email is not accepted",
    "550 5.7.1 Relaying denied, user unknown",
    "552 5.2.2 The email account that you tried to reach is over quota",
    "552 5.3.4 Message too big",
    "550 5.1.0 Address rejected",
    "550 5.1.7 Invalid sender address",
    "550 5.1.8 Sender domain does not exist",
    "554 5.4.1 Recipient address rejected: Access denied",
    "550 Relaying denied",
    "553 sorry, that domain isn't in my list of allowed rcpthosts; address unknown to relay",
    "550 Sender address unknown",
    "550 Blocked: see https://spam.example/?ip=192.0.2.1",
    "550 Requested action not taken: mailbox unavailable",
    "554 no such user",
    "550",
    "550 5.1.11x",
]


@pytest.mark.parametrize("answer", GONE)
def test_nobody_is_there(answer: str) -> None:
    assert nobody_is_there(int(answer[:3]), answer[4:], at_recipient=True)


@pytest.mark.parametrize("answer", NOT_GONE)
def test_somebody_may_be(answer: str) -> None:
    assert not nobody_is_there(int(answer[:3]), answer[4:], at_recipient=True)


@pytest.mark.parametrize(
    ("answer", "gone"), [("550 5.1.1 no user", True), ("550 no such user", False)]
)
def test_of_what_follows_the_message_only_a_code_is_believed(answer: str, *, gone: bool) -> None:
    assert nobody_is_there(int(answer[:3]), answer[4:], at_recipient=False) == gone
