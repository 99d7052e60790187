"""`digest summaries`: tries what models write, without sending it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from digest.app.summary_trial import SummaryTrial, try_summaries
from digest.app.wiring import open_runtime
from digest.cli import aio, pass_settings
from digest.cli.groups import Group
from digest.cli.holder import ask_holder
from digest.cli.names import digest_argument, only_digest
from digest.cli.output import print_result, progress, say
from digest.errors import InstanceError
from digest.language import counted

if TYPE_CHECKING:
    from digest.app.summary_trial import TriedRequest, TriedStory
    from digest.config import Settings


@click.group(cls=Group)
def summaries() -> None:
    """Try what models write, without sending it."""


@summaries.command()
@digest_argument
@pass_settings
def test(settings: Settings, digest: str | None) -> int:
    """Have the summaries of the next edition of DIGEST written, and show what each story got.

    Nothing is sent. Feeds that are due are polled; what models answer is kept, so that the edition
    need not ask for it again. Where there is one digest only, it needs no name.
    """
    result = aio.run(_test(settings, digest or only_digest(settings)))
    print_result(result, _print)
    return 1 if any(request.outcome != "answered" for request in result.requests) else 0


async def _test(settings: Settings, digest: str) -> SummaryTrial:
    with progress("polling and asking", None) as done:
        try:
            async with open_runtime(settings, "digest summaries test") as runtime:
                return await try_summaries(
                    runtime, digest, lambda feed: done(feed.name), lambda: done("a model")
                )
        except InstanceError as error:
            return await ask_holder(settings, error, SummaryTrial, "summaries", digest=digest)


def _print(trial: SummaryTrial) -> None:
    if trial.overview:
        say(f"On top: {trial.overview}")
        say()
    for story in trial.stories:
        for line in _story_lines(story):
            say(line)
    got = Counter(story.got for story in trial.stories)
    names = {"model": "by a model", "lead": "as leads", "title": "by their titles"}
    shown = ", ".join(f"{number} {names[kind]}" for kind, number in got.items())
    say(f"{counted(len(trial.stories), 'story', 'stories')}: {shown or 'nothing new'}")
    for request in trial.requests:
        say(_request_line(request))
    if trial.requests:
        spent = f"{trial.tokens_in:,} tokens in, {trial.tokens_out:,} out"
        requests = counted(len(trial.requests), "request")
        say(f"{requests}, {spent}, {trial.seconds:g} s{_cost(trial.cost)}")


def _story_lines(story: TriedStory) -> list[str]:
    how = {
        "model": f"summary by {story.model}",
        "lead": f"lead, because {story.reason}" if story.reason else "lead",
        "title": "shown by its title",
    }
    watched = f"; watched: {', '.join(story.watched)}" if story.watched else ""
    lines = [f"{story.title} ({story.feed})", f"  {how[story.got]}{watched}"]
    return [*lines, f"  {story.text}", ""] if story.text else [*lines, ""]


def _request_line(request: TriedRequest) -> str:
    tokens = f"{request.tokens_in:,} in, {request.tokens_out:,} out"
    spent = f"{tokens}, {request.seconds:g} s{_cost(request.cost)}"
    return f"  {request.model}: {request.task}, {spent}: {request.outcome}"


def _cost(cost: float | None) -> str:
    return "" if cost is None else f", {cost:.4f} at the prices of the file"
