"""Asks a model by HTTP, as OpenAI's chat completions are asked, and reads what it answers.

The request and its answer: https://platform.openai.com/docs/api-reference/chat, of which Ollama,
llama.cpp, vLLM and hosted services speak the part that is used here.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from digest.channels.http import ask
from digest.errors import ChannelError, DeliveryError, DigestError
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from digest.channels.http_answer import Answer
    from digest.config.summaries import ModelSettings
    from digest.summaries.prompts import Form, Question

# Models that think out loud say a lot before they answer.
_MOST_BYTES = 1_000_000
_LONGEST_REASON = 200
_BUSY = {408, 409, 425, 429}
_OK, _REFUSED, _SERVER = 200, 400, 500
_FORM = {400, 415, 422, 500, 501}
# What a server says that does not speak a form of answer: only that is a reason to ask otherwise.
_ABOUT_FORM = re.compile(
    r"response_format|json_schema|json_object|schema|grammar|guided", re.IGNORECASE
)
_ABOUT_LENGTH = re.compile(
    r"context|too (?:long|large|many)|maximum.{0,20}length|n_ctx", re.IGNORECASE
)
# Parameters that some models do not take, by what a request has in their place.
_LIMIT, _NEWER_LIMIT = "max_tokens", "max_completion_tokens"

Trouble = Literal["form", "busy", "setup", "unusable", "spent"]


class ModelError(DigestError):
    """A model did not answer, or not so that it could be used.

    `trouble` is that it does not speak the `form` that was asked for, is `busy`, needs its operator
    (`setup`), that this answer is `unusable`, or that no more tokens may be `spent`. `tokens` are
    those of the question and the answer, where it counted any; None where nobody knows.
    `retry_after` is in seconds.
    """

    def __init__(
        self,
        reason: str,
        trouble: Trouble,
        tokens: tuple[int, int] | None = (0, 0),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.tokens = tokens
        self.retry_after = retry_after


class Answered(Struct, frozen=True):
    """What a model said, and the tokens of the question and the answer; 0 where it counts none."""

    content: str
    tokens_in: int
    tokens_out: int


class ModelClient:
    """Asks one model; remembers which parameters it does not take."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._limit = _LIMIT
        self._temperature: dict[str, Any] = {"temperature": 0}

    @property
    def label(self) -> str:
        """What operators read of it."""
        return self._settings.label

    async def ask(self, question: Question, form: Form, seconds: float) -> Answered:
        """Ask once, for an answer in a form, and wait so long.

        Raises:
            ModelError: there is no answer that can be used.
            ConfigError: the key is missing.
        """
        answer = await self._post(question, form, seconds)
        if answer.status == 400 and self._learns_from(answer):
            answer = await self._post(question, form, seconds)
        if answer.status != 200:
            raise _refusal(answer, form, self._settings.model)
        return _read(answer.body)

    async def _post(self, question: Question, form: Form, seconds: float) -> Answer:
        body = {
            "model": self._settings.model,
            "messages": question.messages(form),
            self._limit: question.answer_tokens,
            "stream": False,
            **self._temperature,
            **_response_format(question, form),
        }
        url = f"{self._settings.url}/chat/completions"
        try:
            return await ask(
                "POST",
                url,
                seconds=seconds,
                most=_MOST_BYTES,
                data=json.dumps(body).encode(),
                headers=self._headers(),
            )
        except ChannelError as error:
            trouble: Trouble = "setup" if error.lasting else "busy"
            raise ModelError(str(error), trouble) from None
        except DeliveryError as error:
            # It may have been answered, and be paid for.
            reason = error.reason.rpartition("posted: ")[2]
            raise ModelError(f"no answer: {reason}", "busy", tokens=None) from None

    def _headers(self) -> dict[str, str]:
        settings = self._settings
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if settings.api_key:
            headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
        own = {name: value.get_secret_value() for name, value in settings.headers.items()}
        return headers | own

    def _learns_from(self, answer: Answer) -> bool:
        """Whether a refusal names a parameter that the next request can do without."""
        said = answer.body.decode("utf-8", "replace")
        if self._limit == _LIMIT and _NEWER_LIMIT in said:
            self._limit = _NEWER_LIMIT
            return True
        if self._temperature and "temperature" in said:
            self._temperature = {}
            return True
        return False


def _response_format(question: Question, form: Form) -> dict[str, Any]:
    if form == "text":
        return {}
    if form == "json_object":
        return {"response_format": {"type": form}}
    described = {"name": "answers", "strict": True, "schema": question.schema()}
    return {"response_format": {"type": form, "json_schema": described}}


def _refusal(answer: Answer, form: Form, model: str) -> ModelError:
    """What a status means, with what was said about it."""
    status, said = answer.status, _said(answer.body)
    about = f": {said}" if said else ""
    if form != "text" and _is_about_form(status, said):
        return ModelError(f"does not answer as {form} ({status}{about})", "form")
    if status in _BUSY or status >= _SERVER:
        retry_after = _seconds(answer.headers.get("Retry-After"))
        return ModelError(f"answered {status}{about}", "busy", retry_after=retry_after)
    words = {
        401: f"refused the key, answered 401{about}",
        403: f"refused the key, answered 403{about}",
        404: f"has no model {model!r}, or no API there (404{about})",
    }
    elsewhere = "leads elsewhere; write the address it leads to"
    refused = elsewhere if 300 <= status < _REFUSED else f"answered {status}{about}"
    return ModelError(words.get(status, refused), "setup")


def _is_about_form(status: int, said: str) -> bool:
    """Whether a refusal may be one of the form that was asked for.

    A server that fails says so in words; a request that is refused may be so in any.
    """
    if status not in _FORM or _ABOUT_LENGTH.search(said):
        return False
    return status < _SERVER or bool(_ABOUT_FORM.search(said))


def _said(body: bytes) -> str:
    """What a refusal says, on one short line; empty where that is a page or nothing."""
    text = body[:20_000].decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.lstrip().startswith("<") else _short(text)
    for _ in range(2):
        if isinstance(found, dict):
            found = next((found[k] for k in ("error", "message", "detail") if k in found), "")
    return _short(found) if isinstance(found, str) else ""


def _short(text: str) -> str:
    return clean_words(text)[:_LONGEST_REASON]


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdecimal() else None


def _read(body: bytes) -> Answered:
    """An answer of status 200."""
    try:
        document = json.loads(body)
        choice = document["choices"][0]
        message = choice["message"]
    except (ValueError, RecursionError, KeyError, IndexError, TypeError):
        raise ModelError("the answer is no chat completion", "unusable", tokens=None) from None
    usage = document.get("usage")
    tokens = (_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
    if isinstance(choice, dict) and choice.get("finish_reason") == "length":
        reason = "the answer was cut off: the model said too much"
        raise ModelError(reason, "unusable", tokens=tokens)
    content = _content(message)
    if not content.strip():
        raise ModelError("the answer is empty", "unusable", tokens=tokens)
    return Answered(content, *tokens)


def _content(message: Any) -> str:
    """The text of a message, which may be in parts."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        content = "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _count(usage: Any, name: str) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0
