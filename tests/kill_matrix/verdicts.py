"""Whether the promises held: what was served, what arrived, and what the ledger says of both."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

from tests.kill_matrix.ledger import Ledger
from tests.kill_matrix.world import SUBSCRIBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kill_matrix.ledger import Row
    from tests.kill_matrix.world import World

_MARK = re.compile(r"\b[a-z]\d{3}\b")
# So often a process may die while it sends the same thing before a person has to decide.
_TRIES_IN_DOUBT = {"email": 2, "file": 2, "slack": 1}


@dataclass
class Verdict:
    """What broke, in words; `copies` are the extra ones of deliveries that were in doubt."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    copies: Counter[int] = field(default_factory=Counter)
    unknown: list[int] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.unexplained]


@dataclass
class _Arrived:
    """What arrived of a delivery: bytes, once for each copy, and the entries in them."""

    copies: list[bytes] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)


def judge(world: World, kills: int) -> Verdict:
    """Hold what happened in a world against the promises, `kills` processes later."""
    ledger, verdict = Ledger(world.database), Verdict()
    arrived: dict[int, _Arrived] = defaultdict(_Arrived)
    for row, raw, text in _arrivals(world, ledger):
        if row is None:
            verdict.unexplained.append(f"the ledger has nothing of {text[:200]!r}")
            continue
        arrived[row.id].copies.append(raw)
        arrived[row.id].marks.update(_MARK.findall(text))
    for row in ledger.rows:
        _judge_delivery(row, arrived[row.id].copies, verdict)
    for digest in SUBSCRIBERS:
        for mark in sorted(world.entries(digest)):
            _judge_entry(ledger, digest, mark, arrived, verdict)
    _judge_editions(ledger, verdict)
    _judge_files(world, ledger, verdict)
    _judge_copies(ledger, kills, verdict)
    return verdict


def _arrivals(world: World, ledger: Ledger) -> Iterator[tuple[Row | None, bytes, str]]:
    """Everything that arrived: its delivery, its bytes, its words."""
    mails = {(row.message_id, row.recipient): row for row in ledger.rows if row.kind == "email"}
    for mail in world.mails:
        message = message_from_bytes(mail.raw, policy=default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        yield mails.get((message["Message-ID"], mail.recipient)), mail.raw, text
    posts = {_plain(json.loads(row.payload)): row for row in ledger.rows if row.kind == "slack"}
    for post in world.posts:
        whole = _plain(post)
        # The text beside the blocks, which only notifications show, is the same in every part.
        yield posts.get(whole), whole.encode(), _plain(post["blocks"])
    files = {row.payload: row for row in ledger.rows if row.kind == "file"}
    for text in world.files:
        yield files.get(text.encode()), text.encode(), text


def _plain(post: object) -> str:
    return json.dumps(post, sort_keys=True)


def _judge_delivery(row: Row, copies: list[bytes], verdict: Verdict) -> None:
    verdict.unexplained += row.gaps()
    if row.state == "unknown":
        verdict.unknown.append(row.id)
    undecided = row.state == "unknown" and row.doubts >= _TRIES_IN_DOUBT[row.kind]
    if row.state != "sent" and not undecided:
        verdict.lost.append(f"{row} ended as {row.state}")
    if row.state == "sent" and not copies:
        verdict.lost.append(f"{row} is sent, and did not arrive")
    if len(set(copies)) > 1:
        verdict.doubled.append(f"{row}: copies that are not the same")
    extra = max(0, len(copies) - 1)
    allowed = min(row.doubts, _TRIES_IN_DOUBT[row.kind] - 1)
    verdict.copies[row.id] += min(extra, allowed)
    if extra > allowed:
        verdict.doubled.append(f"{row}: {len(copies)} copies, {row.doubts} times in doubt")


def _judge_entry(
    ledger: Ledger, digest: str, mark: str, arrived: dict[int, _Arrived], verdict: Verdict
) -> None:
    editions = ledger.editions_with(digest, mark)
    if not editions:
        verdict.lost.append(f"{mark} is in no edition of {digest}")
    if len(editions) > 1:
        verdict.doubled.append(f"{mark} is in editions {editions} of {digest}")
    readers: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ledger.rows:
        if row.digest == digest:
            # Each file is a recipient of its own.
            readers[row.channel, "" if row.kind == "file" else row.recipient].append(row)
    for reader, rows in readers.items():
        found = sum(mark in arrived[row.id].marks for row in rows)
        told = any(row.state == "unknown" and row.edition in editions for row in rows)
        if found == 0 and not told:
            verdict.lost.append(f"{mark} of {digest} did not reach {reader}")
        if found > 1:
            verdict.doubled.append(f"{mark} of {digest} reached {reader} {found} times")


def _judge_editions(ledger: Ledger, verdict: Verdict) -> None:
    """Every subscriber has a delivery of every edition, from the first part on without a gap."""
    for number, digest in ledger.editions:
        parts: dict[str, list[int]] = defaultdict(list)
        for row in ledger.rows:
            if row.edition == number:
                parts[row.channel].append(row.part)
        for channel, recipients in SUBSCRIBERS[digest].items():
            expected = sorted([*range(1, max(parts[channel], default=1) + 1)] * recipients)
            if sorted(parts[channel]) != expected:
                verdict.lost.append(f"edition {number} of {digest} is not whole in {channel}")


def _judge_files(world: World, ledger: Ledger, verdict: Verdict) -> None:
    """Nothing half written is left, unless a person is still to decide."""
    undecided = any((row.kind, row.state) == ("file", "unknown") for row in ledger.rows)
    if world.left_half_way and not undecided:
        verdict.unexplained.append(f"left half way: {world.left_half_way}")


def _judge_copies(ledger: Ledger, kills: int, verdict: Verdict) -> None:
    """A channel sends one thing at a time, so a kill leaves one of each in doubt."""
    extra: Counter[str] = Counter()
    for row in ledger.rows:
        extra[row.channel] += verdict.copies[row.id]
    for channel, copies in extra.items():
        if copies > kills:
            verdict.doubled.append(f"{copies} copies through {channel} after {kills} kills")
