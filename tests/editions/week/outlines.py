"""What a reader sees of an edition in each form, as a list of lines; no markup, no addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.templates import THEMES, Templates
from tests.channels.places import places_of
from tests.rendering.markup import document
from tests.rendering.slack_limits import lines, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.jobs.draft_material import Draft
    from digest.model import Edition, Section, Story

_LONGEST = 96
_LINK = re.compile(r"\]\(<[^>]*>\)")


def outlines(edition: Edition) -> dict[str, str]:
    """Every theme, and every form beside them."""
    templates = Templates()
    found: dict[str, list[str]] = {
        theme: _html(Templates(theme=theme).html(edition)) for theme in THEMES
    }
    found["text"] = _text(templates.text(edition))
    found["markdown"] = _text(templates.markdown(edition))
    found["slack"] = _slack(build_messages(edition))
    found["slack-thread"] = _slack(build_thread(edition))
    # The other kinds of channels have their messages from what builds these.
    found["discord"] = _text(places_of("discord")[0].golden(edition)["discord.txt"])
    return {name: "\n".join(map(_short, seen)) + "\n" for name, seen in found.items()}


def decisions(edition: Edition, draft: Draft, why: Sequence[str]) -> str:
    """What the edition is: its sections, each story with its form, and what became of entries."""
    waiting = len(draft.pending) - len(edition.entry_ids)
    made = [edition.subject, f"{len(edition.stories)} stories, {waiting} entries in none", ""]
    for section in edition.sections:
        made += [*_section(section), ""]
    made += [line for line in why if not line.startswith("waiting")]
    return "\n".join(map(_short, made)) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}{' (top)' if section.top else ''}"
    group = ""
    for story in section.stories:
        if story.group != group:
            yield f"[{story.group}]" if story.group else "[]"
        group = story.group
        yield from _story(story)
    for more in section.more:
        yield f"  and {more.stories} more from {more.feed}"


def _story(story: Story) -> Iterator[str]:
    form = "line " if story.brief else "story"
    yield f"{form} {story.title}{' + picture' if story.picture else ''}"
    facts = [f"{fact.value} {fact.name}" for fact in story.facts]
    minutes = [f"{story.reading_minutes} min"] if story.reading_minutes else []
    others = [f"also in {', '.join(other.feed for other in story.also_in)}"] * bool(story.also_in)
    yield f"      {'; '.join([story.feed, *minutes, *facts, *others])}"
    for related in story.related:
        yield f"      related: {related.title} ({related.feed})"
    if story.excerpt and not story.brief:
        yield f"      {story.excerpt}"


_MARKS = {"h1": "# ", "h2": "## ", "h3": "- ", "img": "  (picture)"}


def _html(html: str) -> list[str]:
    body = document(html).find("body")
    for hidden in body.find_class("preheader"):
        hidden.drop_tree()
    return [line for element in body.iter(*_MARKS, "p") if (line := _element(element))]


def _element(element: Any) -> str:
    text = " ".join(element.text_content().split())
    if element.tag == "img":
        return _MARKS["img"]
    return f"{_MARKS.get(element.tag, '    ')}{text}" if text else ""


def _text(text: str) -> list[str]:
    lines = [_LINK.sub("]", line).rstrip() for line in text.splitlines()]
    return [line for line in lines if line and not line.lstrip().startswith("https://")]


def _slack(messages: Sequence[Any]) -> list[str]:
    found = []
    for number, message in enumerate(messages, 1):
        found.append(f"# message {number}: {message['text']}")
        for block in message["blocks"]:
            found += [f"  {line}" for text in _block(block) for line in text.splitlines()]
    return found


def _block(block: Any) -> Iterator[str]:
    if block["type"] == "rich_text":
        yield from ("".join(part["text"] for part in line) for line in lines({"blocks": [block]}))
    elif block["type"] == "divider":
        yield "---"
    else:
        written = " ".join(texts({key: block[key] for key in ("text", "elements") if key in block}))
        yield f"{block['type']}: {written}{' (picture)' if 'accessory' in block else ''}"


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
