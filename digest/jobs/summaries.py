"""Asks models for what digests show of them, before their editions are due and never in the way."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.editions.schedule import next_after
from digest.editions.weekly import configured
from digest.errors import DigestError
from digest.jobs.models import Allowance, Models
from digest.log import event
from digest.store.model_answers import KeptAnswer
from digest.summaries.prompts import (
    NO,
    PROMPT,
    YES,
    Question,
    overview_question,
    summary_questions,
    topic_questions,
)
from digest.summaries.receipt import refusal
from digest.summaries.visible import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from digest.jobs.context import JobContext
    from digest.jobs.draft_material import Draft
    from digest.jobs.drafts import Drafter
    from digest.jobs.models import Reply
    from digest.summaries.prompts import Item

_log = logging.getLogger(__name__)

AHEAD = timedelta(minutes=10)
"""How long before an edition is due models are asked for it."""
# Requests at a time, over all digests: a model of one's own answers one after the other.
_AT_ONCE = 2
_LONGEST_KEPT = 1_000
_A_DAY = timedelta(days=1)


class SummaryJob:
    """Asks for summaries, topics and overviews; each is asked once, whoever wants it."""

    def __init__(self, context: JobContext, drafter: Drafter) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._drafter = drafter
        self._models = Models(context)
        self._room = asyncio.Semaphore(_AT_ONCE)
        # What is being asked, by the key of the answer.
        self._asking: dict[str, asyncio.Task[None]] = {}

    async def ask_ahead(self) -> None:
        """Ask for the editions that are due soon, until they are."""
        now = self._clock()
        await asyncio.gather(*(self._ask_until(name, due) for name, due in self._due(now)))

    async def ask(
        self, draft: Draft, seconds: float, report: Callable[[], None] = lambda: None
    ) -> bool:
        """Ask for what a draft lacks, and wait so long; answers whether there was something to ask.

        What was begun by then and has not come is waited for by nobody, and kept all the same.
        `report` hears of each question that is done with.
        """
        until = self._clock() + timedelta(seconds=seconds)
        allowance = await self._allowance(configured(draft.edition.digest))
        tasks = set(self._begin_all(draft, allowance, until))
        for task in tasks:
            task.add_done_callback(lambda _: report())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        return bool(tasks)

    async def finish(self) -> None:
        """Ask nothing more."""
        tasks = set(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _due(self, now: datetime) -> Iterator[tuple[str, datetime]]:
        """The digests that ask models and are due soon, with when they are."""
        for name, digest in self._settings.digests.items():
            if digest.asks_models:
                due = next_after(digest.schedule, self._settings.zone_of(name), now)
                if due - now <= AHEAD:
                    yield name, due

    async def _ask_until(self, digest: str, due: datetime) -> None:
        draft = await self._drafter.edition(digest, self._clock())
        if draft.asks_models:
            await self.ask(draft, max(0.0, (due - self._clock()).total_seconds()))

    async def _allowance(self, digest: str) -> Allowance:
        """What may still be spent on the next edition of a digest."""
        ends = await self._store.transact(lambda store: store.editions.period_ends(digest, 1))
        since = ends[0] if ends else self._clock() - _A_DAY
        return Allowance(digest, self._settings.digests[digest].summary.tokens_an_edition, since)

    def _begin_all(
        self, draft: Draft, allowance: Allowance, until: datetime
    ) -> Iterator[asyncio.Task[None]]:
        """What answers the questions of a draft; those before a bug, which is logged."""
        try:
            for question in self._questions(draft):
                yield from self._begin(question, allowance, until)
        except Exception:  # noqa: BLE001 - no edition is missing for want of a summary
            _log.exception("bug while asking models; the edition goes out without")

    def _questions(self, draft: Draft) -> Iterator[Question]:
        """What a draft lacks, the most important first."""
        most = self._models.tokens_a_request
        for topic, entries in draft.unrated.items():
            yield from topic_questions(topic, entries, most)
        yield from summary_questions((draft.texts[n] for n in draft.to_summarise), most)
        if draft.asks_overview:
            yield overview_question(draft.edition, draft.texts)

    def _begin(
        self, question: Question, allowance: Allowance, until: datetime
    ) -> Iterator[asyncio.Task[None]]:
        """What answers a question: begun now for what nobody has asked yet."""
        asked = [item for item in question.items if item.key in self._asking]
        yield from (self._asking[item.key] for item in asked)
        rest = tuple(item for item in question.items if item.key not in self._asking)
        if not rest:
            return
        task = asyncio.create_task(self._answer(replace(question, items=rest), allowance, until))
        self._asking |= {item.key: task for item in rest}
        task.add_done_callback(lambda _: self._forget(rest))
        yield task

    def _forget(self, items: Iterable[Item]) -> None:
        for item in items:
            self._asking.pop(item.key, None)

    async def _answer(self, question: Question, allowance: Allowance, until: datetime) -> None:
        """Ask a question and keep the answers; what one of several misses is asked for alone."""
        try:
            async with self._room:
                missing = await self._ask_and_keep(question, allowance, until)
                for item in missing if len(question.items) > 1 else ():
                    await self._ask_and_keep(replace(question, items=(item,)), allowance, until)
        except DigestError as error:
            event(_log, logging.WARNING, "model not asked", error=str(error))
        except Exception:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while asking a model; the edition goes out without")

    async def _ask_and_keep(
        self, question: Question, allowance: Allowance, until: datetime
    ) -> Sequence[Item]:
        """Ask, unless the edition is out by now; answers what an answer says nothing of."""
        if self._clock() >= until:
            return ()
        reply = await self._models.ask(question, allowance)
        now = self._clock()
        answers = await asyncio.to_thread(_all_kept, question, reply, now)
        await self._store.transact(lambda store: store.models.keep(answers))
        return [item for item in question.items if reply.texts and item.id not in reply.texts]


def _all_kept(question: Question, reply: Reply, now: datetime) -> list[KeptAnswer]:
    """What is kept of a reply; to hold long articles against it takes a while."""
    return [_kept(item, question, reply, now) for item in question.items]


def _kept(item: Item, question: Question, reply: Reply, now: datetime) -> KeptAnswer:
    """What is kept of a reply to one thing that was asked about."""
    text = visible_text(reply.texts.get(item.id, ""))
    reason, settled = reply.reason, bool(text) or not (reply.again or reply.texts)
    if text and question.task == "topic":
        text = text.casefold().strip(" .!\"'")
        reason = "" if text in {YES, NO} else f"{reply.model} said neither yes nor no"
    elif text:
        reason = refusal(text, item.article, question.language)
    elif not reason:
        reason = f"{reply.model} left it out"
    return KeptAnswer(
        *(item.key, question.task, reply.model, PROMPT),
        *(text[:_LONGEST_KEPT], reason, settled, now),
    )
