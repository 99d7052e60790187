"""What a model answered: texts under the ids that it was asked about, and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# Reasoning that stands in the answer itself; of some models only its end is there.
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_THOUGHT_ENDS = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_THOUGHT_BEGINS = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_LINE = re.compile(r"^[\s*\-\"'`\[(#]*(?P<id>[0-9a-f]{6})[\"'`\])*]*\s*[:\-–—]\s*(?P<text>\S.*)$")
_MOST_PLACES = 20
# Names under which models put texts that they were to put under `text`.
_TEXTS = ("text", "summary", "answer", "rating")


def read_answers(content: str, ids: Collection[str]) -> dict[str, str]:
    """The texts of an answer by id; an id that has two different texts has none.

    It may be JSON, JSON among other words, or a line for each id.
    """
    content = _spoken(content)
    found: dict[str, str] = {}
    refused: set[str] = set()
    for answer_id, text in _pairs(content, ids):
        whole = " ".join(text.split())
        if answer_id in ids and found.setdefault(answer_id, whole) != whole:
            refused.add(answer_id)
    return {key: text for key, text in found.items() if text and key not in refused}


def _spoken(content: str) -> str:
    """An answer without what its model thought out loud."""
    content = _THOUGHT.sub(" ", content)
    if ends := [match.end() for match in _THOUGHT_ENDS.finditer(content)]:
        content = content[ends[-1] :]
    # What begins to think and does not end said nothing.
    begins = _THOUGHT_BEGINS.search(content)
    return (content[: begins.start()] if begins else content).strip()


def _pairs(content: str, ids: Collection[str]) -> Iterator[tuple[str, str]]:
    document = _document(content)
    if document is not None:
        yield from _in_document(document, ids)
        return
    lines = [match for line in content.splitlines() if (match := _LINE.match(line.strip()))]
    for match in lines:
        yield match["id"], match["text"].strip().strip('"')
    if not lines and len(ids) == 1 and not content.startswith(("{", "[")):
        yield next(iter(ids)), content


def _document(content: str) -> Any:
    """The JSON of an answer; None where there is none."""
    fences = _FENCE.findall(content)
    for text in (content, *fences[:_MOST_PLACES]):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            continue
    decoder = json.JSONDecoder()
    begins = [match.start() for match in re.finditer(r"[{\[]", content)][:_MOST_PLACES]
    for begin in begins:
        try:
            found, _ = decoder.raw_decode(content, begin)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, (dict, list)) and found:
            return found
    return None


def _in_document(document: Any, ids: Collection[str]) -> Iterator[tuple[str, str]]:
    """The texts of a document: `{"answers": [{"id", "text"}]}`, or what models make of that."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ids and isinstance(value, str):
                yield key, value
            elif isinstance(value, list):
                yield from _in_document(value, ids)
        if isinstance(document.get("id"), str):
            document = [document]
    for each in document if isinstance(document, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            text = next((each[name] for name in _TEXTS if isinstance(each.get(name), str)), "")
            yield each["id"].strip(), text
