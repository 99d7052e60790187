"""What `digest status` prints for people: the verdict, what to do, then everything by health."""

from __future__ import annotations

import shlex
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from digest.app.human_units import ago, clock_time, in_megabytes
from digest.app.waiting_hosts import waiting_line
from digest.editions.weekly import weekly_of
from digest.feeds.failing import is_moody
from digest.language import counted
from digest.model import as_dict
from digest.workers.memory_limit import MEND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.app.results import Counts, DigestPlan, FeedHealth, Status, Storage
    from digest.store.model_usage import ModelUsage

_QUIET = timedelta(days=90)
_MISSED = timedelta(days=7)
_LATE = timedelta(minutes=15)
_MOST_NAMED = 10
_WELL = "well"
# Those that wait are told of by their hosts.
_NOT_NAMED = (_WELL, "waiting")
# The worst first.
_GROUPS = (
    *("failing", "gone", "outrun", "late", "waiting", "quiet", "not polled yet", "paused"),
    _WELL,
)
_MOODY = "; feeds of this host fail for days and live on: it needs attention after three"
_MENDS = {
    "feed": "digest feeds test {url}",
    "gone": "digest feeds remove {url}",
    "moved": "change its url in the configuration file",
    "missed": "give it a shorter `every` in the configuration file",
    "rotates": "give it `identity: link` in the configuration file",
    "flood": "digest held {url}",
    "quota": "give it a greater `daily_entries` or `daily_size`, or: digest feeds remove {url}",
    "host": "give its feeds a longer `every`, or ask its operator; their feeds wait until then",
    "channel": "digest check --online",
    "commands": "digest check --online",
    "template": "digest preview {name} --open",
    "model": "digest check --online",
    "digest": "digest preview {name}",
    "deliveries": "name the channel in the file again, or: digest deliveries --state pending",
    "list": "digest recipients move {name} TO",
    "renamed": "digest digests move {name} TO",
    "delivery": "digest deliveries --state {state}, then: digest retry ID",
    "limit": MEND,
    "disk": "make room, or mount it so that it can be written; then: digest check --online",
    "settings": "digest check, then: digest reload",
}


class Line(Struct, frozen=True):
    """A line, and what it is."""

    text: str = ""
    kind: Literal["plain", "well", "trouble", "mend", "head"] = "plain"


def overview(
    report: Status,
    zone: ZoneInfo,
    now: datetime,
    *,
    running: bool,
    everything: bool = False,
) -> list[Line]:
    """The lines for a `status` report, its times in one `zone`; `running` is a daemon at work.

    With `everything` all feeds are named, not just those that are not well.
    """
    whens = {plan.name: _when(plan.next_edition_at, now, zone) for plan in report.digests}
    whens |= {
        weekly_of(plan.name): _when(plan.weekly_edition_at, now, zone)
        for plan in report.digests
        if plan.weekly_readers and plan.weekly_edition_at
    }
    return [
        *_verdict(report, whens, running=running),
        *_attention(report),
        Line(),
        Line("Next editions", "head"),
        *_editions(report.digests, whens, zone),
        Line(),
        *_feeds(report, now, zone, everything=everything),
        Line(),
        Line(f"Deliveries: {_deliveries(report.deliveries)}"),
        *(
            Line(f"  {pause.channel} is paused until {_dated(pause.until, zone)}")
            for pause in report.paused
        ),
        *(Line(f"Model {_usage(model)}") for model in report.models),
        *_storage(report.storage, everything=everything),
    ]


def _verdict(report: Status, whens: Mapping[str, str], *, running: bool) -> Iterator[Line]:
    number = len(report.attention)
    if number:
        things = "1 thing needs" if number == 1 else f"{number} things need"
        yield Line(f"{things} attention", "trouble")
    if not running:
        yield Line("No daemon runs now: nothing happens until `digest run`", "head")
    elif not number:
        soonest = min(report.digests, key=lambda plan: plan.next_edition_at).name
        yield Line(f"All well: next edition {soonest!r} {whens[soonest]}", "well")


def _attention(report: Status) -> Iterator[Line]:
    for need in report.attention:
        yield Line(f"! {need.kind} {need.name}: {need.message}", "trouble")
        remedy = _MENDS.get(need.kind, "digest incidents")
        state = need.message.partition(":")[0]
        url, name = shlex.quote(need.url or need.name), shlex.quote(need.name)
        yield Line("    " + remedy.format(name=name, url=url, state=state), "mend")


def _editions(
    digests: Sequence[DigestPlan], whens: Mapping[str, str], zone: ZoneInfo
) -> Iterator[Line]:
    width = max(len(plan.name) for plan in digests)
    for plan in sorted(digests, key=lambda plan: plan.next_edition_at):
        due = f" ({_dated(plan.last_due_at, zone)})" if plan.last_due_at else ""
        last = f"; last: {plan.last_result}{due}" if plan.last_result else ""
        yield Line(f"  {plan.name:{width}}  {whens[plan.name]}, {plan.schedule}{last}")
        if weekly := whens.get(weekly_of(plan.name)):
            readers = f"for {plan.weekly_readers} who get it weekly"
            yield Line(f"  {'':{width}}  all in one {weekly}, {readers}")


def _when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`on Monday at 09:00 (in 2 d 3 h)`."""
    local = at.astimezone(zone)
    days = (local.date() - now.astimezone(zone).date()).days
    day = f"on {local:%A}" if 0 < days < 7 else f"on {local:%A, %Y-%m-%d}"
    return f"{'today' if days == 0 else day} at {local:%H:%M} ({_away(at - now)})"


def _dated(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a} {clock_time(at, zone)}"


def _away(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes <= 0:
        return "due now"
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"in {days} d {hours} h"
    return f"in {hours} h {minutes % 60} min" if hours else f"in {minutes} min"


def _feeds(report: Status, now: datetime, zone: ZoneInfo, *, everything: bool) -> Iterator[Line]:
    groups = defaultdict(list)
    for feed in report.feeds:
        groups[_group(feed, now)].append(feed)
    counts = {group: len(groups[group]) for group in _GROUPS if groups[group]}
    yield Line("Feeds: " + _counted(counts), "head")
    for group in counts:
        if group == "waiting":
            for waiting in report.waiting:
                yield Line(f"  {group:14}  {waiting_line(waiting, zone)}")
        if group in _NOT_NAMED and not everything:
            continue
        shown = groups[group] if everything else groups[group][:_MOST_NAMED]
        for feed in shown:
            yield Line(f"  {group:14}  {feed.name}{_because(group, feed, now, zone)}")
        if more := len(groups[group]) - len(shown):
            yield Line(f"  {group:14}  and {more} more; -v shows all")


def _group(feed: FeedHealth, now: datetime) -> str:
    if feed.waits_for and feed.health in {"ok", "not polled yet"}:
        return "waiting"
    if feed.health != "ok":
        return feed.health
    if feed.missed_at and now - feed.missed_at <= _MISSED:
        return "outrun"
    if feed.next_poll_at and now - feed.next_poll_at > _LATE:
        return "late"
    return "quiet" if feed.last_new_at and now - feed.last_new_at > _QUIET else _WELL


def _because(group: str, feed: FeedHealth, now: datetime, zone: ZoneInfo) -> str:
    quiet_since = feed.last_new_at and f"{feed.last_new_at.astimezone(zone):%Y-%m-%d}"
    reasons = {
        "failing": f"{feed.error}{_MOODY if is_moody(feed.url, feed.status) else ''}",
        "gone": feed.error,
        "outrun": "brought more between two polls than it lists",
        "late": f"was due {ago(feed.next_poll_at, now)}",
        "waiting": f"waits for {feed.waits_for}",
        "quiet": f"nothing new since {quiet_since}",
        _WELL: f"polled {ago(feed.polled_at, now)}, new {ago(feed.last_new_at, now)}",
    }
    return f": {reasons[group]}" if group in reasons else ""


def _deliveries(counts: Counts) -> str:
    """How many are in each state; those that did not arrive need nobody if nobody wants them."""
    by_state = as_dict(counts)
    settled = by_state.pop("settled")
    why = f", {settled} settled (their recipients have left or bounced)" if settled else ""
    return _counted(by_state) + why


def _usage(model: ModelUsage) -> str:
    """`small at 127.0.0.1:11434: 12 requests in a day, 1 of them failed, 9,000 tokens`."""
    failed = f", {model.failed} of them failed" if model.failed else ""
    tokens = f"{model.tokens_in + model.tokens_out:,} tokens"
    return f"{model.model}: {counted(model.requests, 'request')} in a day{failed}, {tokens}"


def _storage(storage: Storage, *, everything: bool) -> Iterator[Line]:
    """`Database: 12.3 MB, most of A feed (1.2 MB)`."""
    large = [f"{feed.name} ({in_megabytes(feed.bytes)})" for feed in storage.largest_feeds]
    most = ", ".join(large if everything else large[:1])
    yield Line(f"Database: {in_megabytes(storage.bytes)}" + (f", most of {most}" if most else ""))


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {what}" for what, number in counts.items())
