"""Whether a refusal says that nobody is at the address, rather than that this was not wanted.

An enhanced status code (RFC 3463) decides where there is one. Without, it takes a reply to RCPT
that says so in words as well: 550 and 553 also stand for spam lists and for relays that deny, which
are about the sender and would else cost every recipient their place.
"""

from __future__ import annotations

import re

from digest.channels.email.refusals import enhanced

# No such mailbox, no such system, bad syntax, moved, takes no mail (RFC 7505), disabled. Not 5.1.0,
# which can be anything, nor 5.1.7 and 5.1.8, which are about the sender.
_NOBODY = {"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"}
_AT_RCPT = {550, 551, 553}
_WHO = r"(?:user|mailbox|recipient|account|addressee|address)"
_SAYS_SO = re.compile(
    rf"\b(?:no such|unknown|invalid|non-?existent|unrouteable|undeliverable) (?:\w+ )?{_WHO}\b"
    rf"|\b{_WHO}\b.{{0,60}}?\b(?:unknown|not found|does not exist|doesn't exist|no longer|disabled"
    r"|inactive|not known|invalid)\b",
    re.IGNORECASE | re.DOTALL,
)
_OF_THE_SENDER = re.compile(r"\b(?:sender|relay\w*|block\w*|spam|policy|denied)\b", re.IGNORECASE)


def nobody_is_there(code: int, words: str, *, at_recipient: bool) -> bool:
    """Whether a final reply concerns the address; `at_recipient` is for one to RCPT."""
    if known := enhanced(words):
        return known in _NOBODY
    if not at_recipient or code not in _AT_RCPT or _OF_THE_SENDER.search(words):
        return False
    return _SAYS_SO.search(words) is not None
