"""Puts leads and the summaries that are kept into a draft; asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.jobs.draft_task import leads_of
from digest.model import Summary
from digest.rendering.shared_edges import NOTHING_SHARED
from digest.summaries.articles import EntryText, entry_text
from digest.summaries.mark import marked
from digest.summaries.overview import plain_overview, written_overview
from digest.summaries.prompts import PROMPT, overview_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.config.digests import DigestSettings
    from digest.config.summaries import SummaryKind
    from digest.jobs.draft_material import Draft
    from digest.model import Entry, Story
    from digest.rendering.shared_edges import SharedEdges
    from digest.store.model_answers import KeptAnswer

_NOT_ASKED = "no answer of a model came in time"
_SHORT = "the entry is short itself"


def summarised(draft: Draft) -> list[int]:
    """The numbers of the entries whose text is shown as a summary, in reading order."""
    return [story.entries[0] for story in draft.edition.stories if _has_summary(story)]


def entry_texts(
    draft: Draft, contents: Mapping[int, str], edges: Mapping[str, SharedEdges]
) -> dict[int, EntryText]:
    """What these entries say, by number."""
    leads = leads_of(draft)
    return {
        number: entry_text(leads[number], html, _edges(edges, leads[number]), PROMPT)
        for number, html in contents.items()
        if number in leads
    }


def _edges(edges: Mapping[str, SharedEdges], entry: Entry) -> SharedEdges:
    return edges.get(entry.feed_url, NOTHING_SHARED)


def keys_of(draft: Draft, texts: Iterable[EntryText]) -> list[str]:
    """What the answers that a draft could show are kept by."""
    return [*(text.key for text in texts), overview_key(draft.edition)]


def summarise(
    draft: Draft,
    config: DigestSettings,
    texts: Mapping[int, EntryText],
    kept: Mapping[str, KeptAnswer],
) -> Draft:
    """The draft with what its digest asks for, as far as it is there; `kept` is by key."""
    kind = config.summary.kind
    if kind != "none":
        draft = _with_summaries(replace(draft, texts=texts), kind, kept)
    return _with_overview(draft, kind, kept) if config.has_overview else draft


def _with_summaries(draft: Draft, kind: SummaryKind, kept: Mapping[str, KeptAnswer]) -> Draft:
    """The draft with summaries in the place of excerpts."""
    language = draft.edition.language
    unasked = []

    def with_summary(story: Story) -> Story:
        text = draft.texts.get(story.entries[0]) if _has_summary(story) else None
        if text is None:
            return story
        answer = kept.get(text.key)
        if kind == "model" and not text.is_short and (answer is None or not answer.settled):
            unasked.append(story.entries[0])
        summary = _summary(kind, text, answer)
        shown = text.lead or story.excerpt
        if answer and summary.kind == "model":
            shown = marked(answer.text, language)
        return replace(story, excerpt=shown, summary=summary)

    sections = tuple(
        replace(section, stories=tuple(map(with_summary, section.stories)))
        for section in draft.edition.sections
    )
    edition = replace(draft.edition, sections=sections)
    return replace(draft, edition=edition, to_summarise=tuple(unasked))


def _with_overview(draft: Draft, kind: SummaryKind, kept: Mapping[str, KeptAnswer]) -> Draft:
    """The draft with a paragraph on top, which a model wrote if its answer is kept."""
    edition = draft.edition
    block = plain_overview(edition)
    if block is None:
        return draft
    answer = kept.get(overview_key(edition))
    if kind == "model" and answer and answer.is_accepted:
        block = written_overview(edition, answer.text)
    asks = kind == "model" and (answer is None or not answer.settled)
    return replace(draft, edition=replace(edition, blocks=(block,)), asks_overview=asks)


def _has_summary(story: Story) -> bool:
    """Whether it is shown by a title with text that can be made shorter."""
    return bool(story.entries) and not (story.brief or story.untitled or story.pictorial)


def _summary(kind: SummaryKind, text: EntryText, answer: KeptAnswer | None) -> Summary:
    if kind != "model":
        return Summary("lead")
    if text.is_short:
        return Summary("lead", reason=_SHORT)
    if answer is None:
        return Summary("lead", reason=_NOT_ASKED)
    if not answer.is_accepted:
        return Summary("lead", answer.model, answer.prompt, answer.reason)
    return Summary("model", answer.model, answer.prompt)
