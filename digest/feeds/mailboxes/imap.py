"""Reads a folder on an IMAP server (RFC 3501): what came since the last time, and nothing else.

The validator is `UIDVALIDITY:UID`, of the folder and of the first message that was not there yet.
Messages are found by their numbers and never by their flags, which stay as they are.
"""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from imap_tools import AND, MailboxLoginError, UidRange
from imap_tools.errors import ImapToolsError
from msgspec import Struct

from digest.errors import FeedError
from digest.feeds.mailboxes import failures
from digest.feeds.mailboxes.connection import (
    CONNECT_SECONDS,
    Client,
    Deadline,
    MailBox,
    Place,
    TooMuchError,
)
from digest.feeds.mailboxes.letters import MOST_LISTED, Room, answer_of, is_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from digest.feeds.http.messages import Response
    from digest.feeds.mailboxes.letters import Wanted
    from digest.feeds.requests import AnswerLimits

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_VALIDATOR = re.compile(r"(\d{1,20}):(\d{1,20})")
# Messages whose headers are asked for at once, and folders that are named where one is missing.
_AT_ONCE = 200
_MOST_FOLDERS = 12


class _Listed(Struct, frozen=True):
    """A message in a folder, and how large it is; `allowed` says that it is an allowed sender's."""

    uid: int
    size: int
    allowed: bool


def read_folder(
    place: Place, wanted: Wanted, url: str, limits: AnswerLimits, *, private: bool
) -> Response:
    """What a folder has that is wanted; with `private` its server may be in a private network.

    Raises:
        FeedError: it cannot be read; what it is, and what to do about it.
    """
    with Deadline(limits.seconds) as deadline:
        try:
            mailbox = _connect(place, limits, deadline, private=private)
            _log_in(mailbox, place)
            answer = _read(mailbox, place, wanted, url, limits)
            with suppress(ImapToolsError, Client.error, OSError):
                mailbox.logout()
        except TooMuchError:
            reason = f"the server sends more than {limits.size:,} bytes"
            raise FeedError(reason, remedy="raise polling.max_body") from None
        except (OSError, ImapToolsError, Client.error, ValueError) as error:
            if deadline.is_over:
                raise FeedError(f"no whole answer within {limits.seconds:g} s") from None
            raise failures.refused(failures.what_it_said(error.args)) from error
    return answer


def _connect(place: Place, limits: AnswerLimits, deadline: Deadline, *, private: bool) -> MailBox:
    try:
        return MailBox(Client(place, limits.size, deadline, private=private))
    except OSError as error:
        if deadline.is_over:
            raise
        raise failures.unreachable(error, CONNECT_SECONDS) from error


def _log_in(mailbox: MailBox, place: Place) -> None:
    token, password = place.access_token, place.password or ""
    try:
        if token:
            mailbox.xoauth2(place.username, token, initial_folder=None)
        elif f"{place.username}{password}".isascii():
            mailbox.login(place.username, password, initial_folder=None)
        else:
            mailbox.login_utf8(place.username, password, initial_folder=None)
    except Client.abort:
        raise
    except (MailboxLoginError, Client.error) as error:
        raise failures.refused_login(_answer_in(error), by_token=bool(token)) from None


def _answer_in(error: Exception) -> str:
    """What the server said, of an error that was raised for it."""
    result = getattr(error, "command_result", None)
    return failures.what_it_said(result[1] if result else error.args)


def _read(
    mailbox: MailBox, place: Place, wanted: Wanted, url: str, limits: AnswerLimits
) -> Response:
    validity, following = _open(mailbox, place.folder, read_only=not wanted.mark_read)
    before = _VALIDATOR.fullmatch(wanted.after or "")
    first = int(before[2]) if before and int(before[1]) == validity else None
    if first is not None and first == following:
        return answer_of((), url, f"{validity}:{first}", whole=False)
    uids = _search(mailbox, wanted.since, first or 1)
    # Of a folder that is read first, the newest; then one after the other, so that none is left.
    looked_at = uids[-MOST_LISTED:] if first is None else uids[:MOST_LISTED]
    after_all = looked_at[-1] + 1 if looked_at else first or 1
    if looked_at[-1:] == uids[-1:]:
        # Some servers do not say what they give out next.
        after_all = max(after_all, following or 1)
    listed = [*_list(mailbox, looked_at, wanted.senders)]
    taken, following = _taken(listed, Room(limits.size), after_all, newest=first is None)
    messages = {uid: raw for uid in taken if (raw := _fetch(mailbox, uid, Room(limits.size)))}
    if wanted.mark_read and messages:
        mailbox.client.uid("STORE", _set(messages), "+FLAGS.SILENT", r"(\Seen)")
    # As a feed lists them: the newest is the first.
    newest_first = [messages[uid] for uid in sorted(messages, reverse=True)]
    return answer_of(newest_first, url, f"{validity}:{following}", whole=wanted.after is None)


def _open(mailbox: MailBox, folder: str, *, read_only: bool) -> tuple[int, int | None]:
    """Open the folder; answers its UIDVALIDITY, and the UID that is given out next, if it says."""
    try:
        mailbox.folder.set(folder, readonly=read_only)
    except ImapToolsError as error:
        raise failures.no_folder(folder, _answer_in(error), _folders(mailbox)) from None
    validity, following = (_number_in(mailbox, name) for name in ("UIDVALIDITY", "UIDNEXT"))
    return validity or 0, following


def _number_in(mailbox: MailBox, name: str) -> int | None:
    _, data = mailbox.client.response(name)
    value = data[-1] if data else None
    return int(value) if isinstance(value, bytes) and value.isdigit() else None


def _folders(mailbox: MailBox) -> list[str]:
    """The folders that there are, some of them; none where the server would not say."""
    with suppress(ImapToolsError, Client.error, ValueError):
        return [found.name for found in mailbox.folder.list()[:_MOST_FOLDERS]]
    return []


def _search(mailbox: MailBox, since: date, first: int) -> list[int]:
    """The numbers of messages from the first on, that arrived since a day."""
    found = mailbox.uids(AND(date_gte=since, uid=UidRange(str(first), "*")), charset=None)
    # `*` is the last message, also where it is before the first (RFC 3501, section 6.4.8).
    return sorted(uid for uid in map(int, found) if uid >= first)


def _list(mailbox: MailBox, uids: Sequence[int], senders: tuple[str, ...]) -> Iterator[_Listed]:
    for start in range(0, len(uids), _AT_ONCE):
        some = _set(uids[start : start + _AT_ONCE])
        what = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM)])"
        for numbers, header in _fetched(mailbox, some, what):
            uid, size = _UID.search(numbers), _SIZE.search(numbers)
            if uid and size:
                yield _Listed(int(uid[1]), int(size[1]), is_allowed(header, senders))


def _fetched(mailbox: MailBox, uids: str, what: str) -> Iterator[tuple[bytes, bytes]]:
    """What the server says of each message, and the literal in it."""
    status, data = mailbox.client.uid("FETCH", uids, what)
    if status != "OK":
        raise failures.refused(failures.what_it_said(data))
    items: list[Any] = [*data, b""]
    for item, following in pairwise(items):
        if isinstance(item, tuple):
            # Some say the rest before the literal, some behind it.
            behind = following if isinstance(following, bytes) else b""
            yield item[0] + b" " + behind, item[1]


def _taken(
    listed: Sequence[_Listed], room: Room, after_all: int, *, newest: bool
) -> tuple[list[int], int]:
    """The messages that one answer has room for, and the first that the next is to look at.

    That is the one `after_all`, where there is room for each of them.
    """
    taken: list[int] = []
    for message in sorted(listed, key=lambda each: each.uid, reverse=newest):
        if not message.allowed:
            continue
        if not room.takes(message.size):
            # What a first answer has no room for is too old; else it is the next one's.
            return taken, after_all if newest else message.uid
        taken.append(message.uid)
    return taken, after_all


def _fetch(mailbox: MailBox, uid: int, room: Room) -> bytes:
    """A message as it came, or its beginning; nothing where it is gone by now."""
    fetched = _fetched(mailbox, str(uid), f"(UID BODY.PEEK[]<0.{room.largest}>)")
    return next((raw for _, raw in fetched), b"")


def _set(uids: Any) -> str:
    return ",".join(map(str, uids))
