"""Whom a mail server's refusal is about; the command that it answers says little about that.

Postfix tells of the sender, of HELO and of relaying in reply to RCPT, Microsoft 365 of the sender
after the message. An enhanced status code (RFC 3463, RFC 7372) that can mean one thing only
decides. The many 5.7.1 and the replies without a code are told by their words, which servers have
kept for decades. In doubt it is about the recipient, or the message, as the command says.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.channels.email.refusal_phrases import (
    BY_CODE,
    OF_ANOTHER,
    OF_THE_MESSAGE,
    PUTS_OFF,
    SAYS_OURS,
    SAYS_THEIRS,
    THEIRS,
    WORDS,
)
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from digest.channels.email.refusal_phrases import Whom

A_DAY = timedelta(days=1)
_A_MINUTE = timedelta(minutes=1)
# qmail has it at the end.
_ENHANCED = re.compile(r"\s*[245]\.(\d{1,3}\.\d{1,3})(?=[\s;:,]|$)|\(#[245]\.(\d{1,3}\.\d{1,3})\)")

# What is to be mended; nothing where it passes by itself.
MENDING: dict[Whom, str] = {
    "sender": "the sender was refused: {}; mend smtp.from, or allow it where smtp.username is",
    "hello": "the server refuses what this machine calls itself: {}; set smtp.hello",
    "relay": "the server does not pass mail on for us: {}; mend smtp.host or smtp.username",
    "login": "the server wants encryption or a login: {}; mend the section smtp",
    "client": "the server takes nothing from this machine: {}; ask whoever runs it,"
    " or send through another in smtp.host",
    "account": "the account may not send: {}; mend it where smtp.username is",
    "limit": "no more is taken today: {}",
    "pace": "the server wants it slower: {}; smtp.max_per_minute keeps to a pace",
}
# RFC 4954, section 6
_LOGIN_CODES = {530, 534, 535, 538}
_REPEATED = re.compile(r"\n[ \t]*[245](?:\.\d{1,3}){2}(?=\s|$)")
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")


class Reply(Struct, frozen=True):
    """What a server said: the code, and the words after it."""

    code: int
    words: str

    @classmethod
    def of(cls, code: int, text: str) -> Reply:
        """The reply, on one line; the lines of a long one each repeat the enhanced code."""
        return cls(code, clean_words(_REPEATED.sub(" ", text)))

    @property
    def lasting(self) -> bool:
        """Whether it is for good (RFC 5321, section 4.2.1)."""
        return self.code >= 500

    def __str__(self) -> str:
        # What is no SMTP has no code.
        return f"{self.code} {self.words}".rstrip() if self.code > 0 else self.words


def enhanced(words: str) -> str:
    """Subject and detail of the enhanced status code, like `7.1`; empty where there is none."""
    found = _ENHANCED.match(words) or _ENHANCED.search(words)
    return (found[1] or found[2]) if found and (found.start() == 0 or found[2]) else ""


def about_us(
    reply: Reply, sender: str, recipient: str = "", *, after_message: bool = False
) -> Whom | None:
    """What of ours a refusal is about; None where it is one recipient, or one message."""
    code = enhanced(reply.words)
    for whom, codes in BY_CODE.items():
        if code in codes:
            return whom
    words = own_words(reply.words, recipient)
    if _is_theirs(code, words) or (after_message and OF_THE_MESSAGE.search(words)):
        return None
    if "not verified" in words and sender in reply.words:
        return "sender"
    found = next((whom for whom, known in WORDS if known.search(words)), None)
    return found or ("login" if reply.code in _LOGIN_CODES else None)


def _is_theirs(code: str, words: str) -> bool:
    if PUTS_OFF.search(words):
        return True
    theirs = code in THEIRS or SAYS_THEIRS.search(words)
    return bool(theirs and not SAYS_OURS.search(words))


def own_words(words: str, recipient: str) -> str:
    """What a server says itself, without the addresses in it, whose words others have chosen."""
    local, _, domain = recipient.rpartition("@")
    for chosen in (recipient, local.strip('"'), domain):
        # A name like `sender` may well be the server's own word.
        if chosen and not chosen.isalnum():
            words = re.sub(re.escape(chosen), "", words, flags=re.IGNORECASE)
    return OF_ANOTHER.sub("", _ADDRESS.sub("", words))
