"""A workflow of Teams: it accepts whatever is posted, and loses what Teams would not show."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import HttpServer, Seen

PATH = "/workflows/0a1b/triggers/manual/paths/invoke"
QUERY = (
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s3cr3t-s1gn4ture-0123456789"
)
# A request of 24,453 bytes was 28,897 inside: https://github.com/MicrosoftDocs/msteams-docs/issues/11274
_MOST_INSIDE, _GROWS = 28_672, 28_897 / 24_453
_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# It would leave out itself what leads elsewhere.
_READER.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
# What a TextBlock draws, and what stands in the way of text: no headings, quotes, rules or HTML.
_DRAWN = frozenset(
    {
        *("inline", "text", "softbreak", "hardbreak", "paragraph_open", "paragraph_close"),
        *("strong_open", "strong_close", "em_open", "em_close", "link_open", "link_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
        "text_special",
    }
)
# What phones show as it is written, or take for something else: backslashes but those before * and
# _, links in bold, emphasis in an address, and one in <...>.
_NOT_ON_PHONES = (
    r"\\[^*_\u200b]",
    r"\*\*\[",
    r"\]\([^)]*(\*|\W_|_\W)",
    r"\]\(<",
)
_TEXT_BLOCK = {
    "type": "object",
    "required": ["type", "text", "wrap"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "TextBlock"},
        "text": {"type": "string", "minLength": 1, "pattern": r"\S"},
        "wrap": {"const": True},
        "size": {"enum": ["Small", "Default", "Medium", "Large", "ExtraLarge"]},
        "weight": {"enum": ["Lighter", "Default", "Bolder"]},
        "isSubtle": {"type": "boolean"},
        "separator": {"type": "boolean"},
        "spacing": {
            "enum": ["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]
        },
        "horizontalAlignment": {"enum": ["Left", "Center", "Right"]},
    },
}
# The elements that are used, as https://adaptivecards.io/schemas/1.4.0/adaptive-card.json has them.
_MESSAGE = Draft202012Validator(
    {
        "type": "object",
        "required": ["type", "attachments"],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "message"},
            "summary": {"type": "string", "minLength": 1},
            "attachments": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": {
                    "type": "object",
                    "required": ["contentType", "content"],
                    "additionalProperties": False,
                    "properties": {
                        "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                        "content": {
                            "type": "object",
                            "required": ["type", "version", "body"],
                            "additionalProperties": False,
                            "properties": {
                                "$schema": {
                                    "const": "http://adaptivecards.io/schemas/adaptive-card.json"
                                },
                                "type": {"const": "AdaptiveCard"},
                                "version": {"const": "1.4"},
                                "msteams": {"const": {"width": "Full"}},
                                "fallbackText": {"type": "string", "minLength": 1},
                                "body": {"type": "array", "minItems": 1, "items": _TEXT_BLOCK},
                            },
                        },
                    },
                },
            },
        },
    }
)


def said(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Reply:
    """An error as the trigger of a workflow has it."""
    body = json.dumps({"error": {"code": code, "message": message}})
    return Reply(body, status, {"Content-Type": "application/json", **(headers or {})})


ACCEPTED = Reply(b"", 202, {"x-ms-workflow-run-id": "08584283017CU12"})
OFF = said(
    *(400, "WorkflowTriggerIsNotEnabled"),
    "Could not execute workflow 'w' trigger 'manual' with state 'Disabled': it is not enabled.",
)
NO_SIGNATURE = said(
    401, "DirectApiAuthorizationRequired", "The request must be authenticated only by SAS."
)
GONE = said(404, "WorkflowNotFound", "The workflow 'w' could not be found.")
LIMITED = said(429, "ActionThrottled", "Rate limit is exceeded.", {"Retry-After": "7"})
# A trigger takes posts only.
NOT_POSTED = said(404, "NoMatchingRoute", "No route matches GET.")


def texts(message: dict[str, Any]) -> list[str]:
    """The Markdown of each TextBlock of a message."""
    return [block["text"] for block in message["attachments"][0]["content"]["body"]]


def wrong_with(body: bytes) -> str:
    """Why Teams would not show a card as it was meant; empty if it would."""
    if len(body) * _GROWS > _MOST_INSIDE:
        return f"too large: {len(body)} bytes"
    message = json.loads(body)
    if error := next(_MESSAGE.iter_errors(message), None):
        return f"{error.json_path}: {error.message}"
    return next(filter(None, map(_not_drawn, texts(message))), "")


def shown(markdown: str) -> str:
    """The text that readers see of a TextBlock."""
    marks = {"softbreak": "\n", "hardbreak": "\n"}
    return "\n".join(
        "".join(marks.get(each.type, each.content) for each in token.children)
        for token in _READER.parse(markdown)
        if token.children is not None
    ).replace("\u200b", "")


def links(markdown: str) -> Iterator[tuple[str, str]]:
    """The text of each link of a TextBlock, and where it leads to."""
    for token in _READER.parse(markdown):
        text, url = "", ""
        for each in token.children or ():
            if each.type == "link_open":
                text, url = "", str(each.attrs["href"])
            elif each.type == "link_close":
                yield text, url
            text += each.content


def _not_drawn(text: str) -> str:
    if mark := next((mark for mark in _NOT_ON_PHONES if re.search(mark, text)), ""):
        return f"{mark} in {text!r}"
    tokens = _READER.parse(text)
    kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}
    if wrong := kinds - _DRAWN:
        return f"{sorted(wrong)} in {text!r}"
    # The one is replaced by the program of whoever looks, the other by the workflow.
    if "{{" in text or "<at>" in text:
        return f"an expression in {text!r}"
    wrong_links = [
        (shown, url)
        for shown, url in links(text)
        # Phones end a link at the first bracket.
        if not url.startswith(("http://", "https://")) or set("[]") & set(shown)
    ]
    return f"links {wrong_links}" if wrong_links else ""


@dataclass
class Workflow:
    """A workflow that is started by posts; `answers` are given first, in turn.

    With `taken` a card is shown all the same: the answer got lost, or is on its way.
    """

    server: HttpServer
    answers: list[Reply | None] = field(default_factory=list)
    taken: bool = False
    posts: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.server.service = self._reply

    @property
    def url(self) -> str:
        return f"{self.server.url}{PATH}{QUERY}"

    @property
    def shown(self) -> list[str]:
        """What readers see of each card, as text."""
        return ["\n".join(map(shown, texts(post))) for post in self.posts]

    def _reply(self, seen: Seen) -> Reply:
        address = urlsplit(seen.path)
        if address.path != PATH or parse_qs(address.query) != parse_qs(QUERY[1:]):
            return NO_SIGNATURE
        if seen.method != "POST":
            return NOT_POSTED
        answer = self.answers.pop(0) if self.answers else None
        if answer and not self.taken:
            return answer
        if wrong := wrong_with(seen.body):
            self.lost.append(wrong)
        else:
            self.posts.append(seen.json)
        if answer:
            self.asked.set()
        return answer or ACCEPTED
