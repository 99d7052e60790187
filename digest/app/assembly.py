"""Puts the jobs together over an open store, and ends what they have begun."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from digest.app.drafting import open_pictures
from digest.app.runtime import Runtime
from digest.jobs.alerts import AlertJob
from digest.jobs.confirmations import ConfirmationMailer
from digest.jobs.deliver import DeliverJob
from digest.jobs.delivery_actions import DeliveryActions
from digest.jobs.disk_guard import DiskGuard
from digest.jobs.fact_refresh import FactRefresh
from digest.jobs.feedback import ReaderFeedback
from digest.jobs.key_rotation import KeyRotation
from digest.jobs.pairing import PairingAdmin
from digest.jobs.publish import PublishJob
from digest.jobs.recipient_admin import RecipientAdmin
from digest.jobs.renames import Renames
from digest.jobs.render import open_templates
from digest.jobs.retention import RetentionJob
from digest.jobs.subscriptions import Subscriptions
from digest.jobs.test_sends import TrialSender
from digest.signing.tokens import Tokens
from digest.signing.web_links import EditionLinks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.jobs.blocks import BlockAdder
    from digest.jobs.context import JobContext
    from digest.jobs.drafts import Drafter
    from digest.jobs.full_text import FullTextJob
    from digest.jobs.poll import PollJob
    from digest.jobs.summaries import SummaryJob


@asynccontextmanager
async def assemble(
    context: JobContext, poll_job: PollJob, drafter: Drafter, block_adder: BlockAdder
) -> AsyncIterator[Runtime]:
    """All jobs beside those that are given; at the end what is being sent is finished."""
    settings, store = context.settings, context.store
    keys = await store.transact(lambda opened: opened.keys.all())
    tokens = Tokens(keys.links, keys.retired)
    links = EditionLinks(keys.links, settings.links_url)
    picture_fetcher, disk_guard = open_pictures(settings), DiskGuard(context)
    fact_refresh = FactRefresh(context, poll_job.sources)
    full_text_job = _open_full_texts(context, poll_job)
    summary_job = _open_summaries(context, drafter)
    models, now = {model.label for model in settings.models}, context.clock()
    await store.transact(lambda opened: opened.incidents.keep_only("model", models, now))
    deliver_job = DeliverJob(context, disk_guard, token_of=tokens.of_recipient)
    confirmation_mailer = ConfirmationMailer(context, tokens)
    subscriptions = Subscriptions(context, tokens, confirmation_mailer)
    await deliver_job.release_claimed()
    try:
        yield Runtime(
            context=context,
            poll_job=poll_job,
            drafter=drafter,
            publish_job=PublishJob(
                *(context, links, picture_fetcher, drafter, block_adder, fact_refresh),
                summary_job,
            ),
            block_adder=block_adder,
            picture_fetcher=picture_fetcher,
            deliver_job=deliver_job,
            delivery_actions=DeliveryActions(context, links, deliver_job),
            trial_sender=TrialSender(context, picture_fetcher, drafter, block_adder),
            alert_job=AlertJob(context, open_templates(None, "classic")),
            subscriptions=subscriptions,
            reader_feedback=ReaderFeedback(context, subscriptions),
            recipient_admin=RecipientAdmin(context),
            renames=Renames(context),
            pairing_admin=PairingAdmin(settings, store, context.clock),
            key_rotation=KeyRotation(store, tokens, links),
            retention_job=RetentionJob(context),
            disk_guard=disk_guard,
            full_text_job=full_text_job,
            summary_job=summary_job,
        )
    finally:
        if summary_job:
            await summary_job.finish()
        if full_text_job:
            full_text_job.close()
        for templates in context.templates.values():
            templates.close()
        await confirmation_mailer.finish()
        await deliver_job.finish()


def _open_summaries(context: JobContext, drafter: Drafter) -> SummaryJob | None:
    """What asks models, where there are any and a digest wants something of them."""
    settings = context.settings
    wanted = any(digest.asks_models for digest in settings.digests.values())
    if not settings.models or not wanted:
        return None
    from digest.jobs.summaries import SummaryJob

    return SummaryJob(context, drafter)


def _open_full_texts(context: JobContext, poll_job: PollJob) -> FullTextJob | None:
    """What fetches articles from their pages, where a feed asks for it."""
    settings = context.settings
    if not any(feed.full_text for feed in settings.feeds):
        return None
    from digest.app.http_clients import user_agent
    from digest.jobs.article_client import ArticleClient
    from digest.jobs.full_text import FullTextJob

    client = ArticleClient(settings, poll_job.fetcher, user_agent(settings), context.clock)
    return FullTextJob(context, client, poll_job.backoffs)
