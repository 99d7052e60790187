"""Has the summaries of a next edition written and tells what each story got; sends nothing."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - the schema of the command is made of it
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from digest.config.spelling import known_name
from digest.errors import UsageError
from digest.jobs.first_edition import next_draft
from digest.model import OVERVIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.app.runtime import Runtime
    from digest.config import Settings
    from digest.model import PollResult, Story
    from digest.store.model_answers import AskedModel

# For all of them together; a model of one's own may have to be loaded first.
_SECONDS = 600.0
_A_MILLION = 1_000_000


class TriedStory(Struct, frozen=True):
    """A story of the next edition, and what it would be shown with."""

    title: str
    url: str
    feed: str
    got: Literal["lead", "model", "title"]
    """The lead, a summary of a model, or the title alone."""
    model: str
    """Who wrote it, or was to; empty where none was."""
    reason: str
    """Why it is the lead although a model was to write it; or empty."""
    text: str
    """As readers see it."""
    watched: tuple[str, ...]
    """The rules of `watch` that raise it, topics among them."""


class TriedRequest(Struct, frozen=True):
    """A request to a model, and what it cost."""

    model: str
    task: str
    """summary, topic or overview."""
    asked_at: datetime
    seconds: float
    tokens_in: int
    """Of the question, as the model counted them; an estimate where it did not."""
    tokens_out: int
    cost: float | None
    """At the prices of the file; null where it has none."""
    outcome: str


class SummaryTrial(Struct, frozen=True):
    """`summaries test`: what each story got, from whom, why not, and what that cost."""

    digest: str
    overview: str
    """The paragraph on top; empty where there is none."""
    stories: tuple[TriedStory, ...]
    requests: tuple[TriedRequest, ...]
    """Those that were made for this; what was answered before is not asked again."""
    seconds: float
    tokens_in: int
    tokens_out: int
    cost: float | None


async def try_summaries(
    runtime: Runtime,
    digest: str,
    report: Callable[[PollResult], None] = lambda _: None,
    asked: Callable[[], None] = lambda: None,
) -> SummaryTrial:
    """Poll what is due and have models answer for the next edition of a digest.

    `report` hears of each poll, and `asked` of each question.

    Raises:
        UsageError: there is no such digest, or it has no summaries.
    """
    settings, store = runtime.settings, runtime.store
    digest = known_name("digest", digest, settings.digests)
    config = settings.digests[digest]
    if config.summary.kind == "none" and not config.topics and not config.has_overview:
        raise UsageError(f"{digest} has no summaries; set summary: lead, or summary: model")
    urls = {feed.address for feed in settings.feeds_of(digest)}
    await runtime.poll_job.poll_due(urls, report)
    began = runtime.context.clock()
    draft = await next_draft(runtime.drafter, store, settings, digest, began)
    if runtime.summary_job and draft.asks_models:
        await runtime.summary_job.ask(draft, _SECONDS, asked)
        draft = await next_draft(runtime.drafter, store, settings, digest, began)
    since = await store.transact(lambda opened: opened.models.asked_since(digest, began))
    requests = tuple(_request(each, settings) for each in since)
    edition = draft.edition
    return SummaryTrial(
        digest=digest,
        overview=next((block.text for block in edition.blocks if block.kind == OVERVIEW), ""),
        stories=tuple(map(_story, edition.stories)),
        requests=requests,
        seconds=round((runtime.context.clock() - began).total_seconds(), 1),
        tokens_in=sum(request.tokens_in for request in requests),
        tokens_out=sum(request.tokens_out for request in requests),
        cost=_sum(request.cost for request in requests),
    )


def _story(story: Story) -> TriedStory:
    summary = story.summary
    return TriedStory(
        title=story.title,
        url=story.url,
        feed=story.feed,
        got=summary.kind if summary else "title",
        model=summary.model if summary else "",
        reason=summary.reason if summary else "",
        text=story.excerpt if summary else "",
        watched=story.watched,
    )


def _request(asked: AskedModel, settings: Settings) -> TriedRequest:
    prices = {model.label: (model.price_in, model.price_out) for model in settings.models}
    price_in, price_out = prices.get(asked.model, (0.0, 0.0))
    cost = asked.tokens_in * price_in + asked.tokens_out * price_out
    has_price = bool(price_in or price_out)
    return TriedRequest(
        model=asked.model,
        task=asked.task,
        asked_at=asked.asked_at,
        seconds=round(asked.seconds, 1),
        tokens_in=asked.tokens_in,
        tokens_out=asked.tokens_out,
        cost=cost / _A_MILLION if has_price else None,
        outcome=asked.outcome,
    )


def _sum(costs: Iterable[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None
