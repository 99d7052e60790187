"""Asks models in the order of preference, each within its budget and in the form that it speaks."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.errors import ConfigError
from digest.jobs.model_client import ModelClient, ModelError
from digest.log import event
from digest.store.model_answers import AskedModel
from digest.summaries.answers import read_answers
from digest.summaries.prompts import FORMS
from digest.summaries.tokens import is_cut

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config.summaries import ModelSettings
    from digest.jobs.context import JobContext
    from digest.jobs.model_client import Answered
    from digest.store import Store
    from digest.summaries.prompts import Form, Question

_log = logging.getLogger(__name__)

# How long a model is left alone that is busy, or needs its operator.
_REST, _LONG_REST = timedelta(minutes=1), timedelta(minutes=30)
_LONGEST_REST = timedelta(hours=6)
_NO_MODEL = "no model is configured"


class Allowance(Struct, frozen=True):
    """What may be spent: for a digest, so many tokens since then."""

    digest: str
    tokens: int
    since: datetime


class Reply(Struct, frozen=True):
    """What a model answered by id; or why none did, and whether it is worth asking again."""

    model: str
    texts: dict[str, str]
    reason: str = ""
    again: bool = False


class Models:
    """The models of the settings; what is asked of them is written down before it is."""

    def __init__(self, context: JobContext) -> None:
        self._store = context.store
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._models = [(model, ModelClient(model)) for model in context.settings.models]
        self._rests: dict[str, tuple[datetime, str]] = {}
        self._forms: dict[str, Form] = {}

    @property
    def tokens_a_request(self) -> int:
        """The most tokens of a question and its answer that every model takes."""
        return min(settings.tokens_a_request for settings, _ in self._models)

    async def ask(self, question: Question, allowance: Allowance) -> Reply:
        """The answer of the first model that gives one."""
        reply = Reply("", {}, _NO_MODEL)
        for settings, client in self._models:
            if reason := self._reason_not_to_ask(question, settings, client):
                reply = Reply(client.label, {}, reason, again=True)
                continue
            reply = await self._ask(question, allowance, settings, client)
            if reply.texts:
                return reply
        return reply

    def _reason_not_to_ask(
        self, question: Question, settings: ModelSettings, client: ModelClient
    ) -> str:
        until, reason = self._rests.get(client.label, (self._clock(), ""))
        if self._clock() < until:
            return reason
        need = question.tokens() + question.answer_tokens
        if need > settings.tokens_a_request:
            return f"the question has about {need:,} tokens, more than tokens_a_request"
        return ""

    async def _ask(
        self,
        question: Question,
        allowance: Allowance,
        settings: ModelSettings,
        client: ModelClient,
    ) -> Reply:
        """The answer of a model, in the first form from the one on that it is known to speak."""
        first = await self._form_of(client.label)
        reason, again = "", False
        for form in FORMS[FORMS.index(first) :]:
            try:
                answered = await self._ask_in(form, question, allowance, settings, client)
                texts = _texts(answered, question)
            except ModelError as error:
                reason = self._sanitiser(str(error))
                again = error.trouble not in {"form", "unusable"}
                if error.trouble == "form":
                    continue
                await self._note_trouble(client.label, error, reason)
                break
            except ConfigError as error:
                reason, again = self._sanitiser(str(error)), True
                break
            await self._note_success(client.label, form)
            return Reply(client.label, texts)
        event(_log, logging.WARNING, "model did not answer", model=client.label, reason=reason)
        return Reply(client.label, {}, f"{client.label} {_said(reason)}", again)

    async def _ask_in(
        self,
        form: Form,
        question: Question,
        allowance: Allowance,
        settings: ModelSettings,
        client: ModelClient,
    ) -> Answered:
        """Ask once, and keep what it cost."""
        estimated = question.tokens()
        number = await self._reserve(question, allowance, settings, client)
        began = time.monotonic()
        outcome, tokens = "answered", (estimated, question.answer_tokens)
        try:
            answered = await client.ask(question, form, settings.timeout.total_seconds())
            tokens = (
                answered.tokens_in or estimated,
                answered.tokens_out or question.answer_tokens,
            )
            _refuse_cut(answered, estimated, tokens)
        except ModelError as error:
            outcome = self._sanitiser(str(error))
            tokens = tokens if error.tokens is None else error.tokens
            raise
        except asyncio.CancelledError:
            outcome = "given up"
            raise
        finally:
            took = time.monotonic() - began
            await self._store.transact(
                lambda store: store.models.end(number, *tokens, took, outcome)
            )
        return answered

    async def _reserve(
        self,
        question: Question,
        allowance: Allowance,
        settings: ModelSettings,
        client: ModelClient,
    ) -> int:
        """Write down a request before it is made, with what it may cost.

        Raises:
            ModelError: that would be more than may be spent.
        """
        now, digest = self._clock(), allowance.digest
        asked = AskedModel(
            *(client.label, digest, question.task, now, question.tokens(), question.answer_tokens)
        )
        need = asked.tokens_in + asked.tokens_out
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)

        def reserve(store: Store) -> int:
            today = store.models.spent(client.label, midnight)
            if today + need > settings.tokens_a_day:
                raise _spent("day", today, settings.tokens_a_day)
            so_far = store.models.spent_on(digest, allowance.since)
            if so_far + need > allowance.tokens:
                raise _spent("edition", so_far, allowance.tokens)
            return store.models.begin(asked)

        # In the thread of the store there is one at a time.
        return await self._store.transact(reserve)

    async def _form_of(self, label: str) -> Form:
        if label not in self._forms:
            kept = await self._store.transact(lambda store: store.models.form(label))
            self._forms[label] = next((form for form in FORMS if form == kept), FORMS[0])
        return self._forms[label]

    async def _note_trouble(self, label: str, error: ModelError, reason: str) -> None:
        now = self._clock()
        if error.trouble in {"unusable", "spent"}:
            return
        rest = _REST if error.trouble == "busy" else _LONG_REST
        if error.retry_after is not None:
            rest = min(timedelta(seconds=error.retry_after), _LONGEST_REST)
        self._rests[label] = (now + rest, f"{label} {_said(reason)}")
        if error.trouble == "setup":
            await self._store.transact(
                lambda store: store.incidents.note("model", label, reason, now)
            )

    async def _note_success(self, label: str, form: Form) -> None:
        self._rests.pop(label, None)
        now, is_new = self._clock(), self._forms[label] != form
        self._forms[label] = form

        if is_new:
            await self._store.transact(lambda store: store.models.keep_form(label, form))
        await self._store.transact(lambda store: store.incidents.note("model", label, None, now))


def _spent(span: str, tokens: int, most: int) -> ModelError:
    reason = f"the tokens of the {span} are spent: {tokens:,} of {most:,}"
    return ModelError(reason, "spent")


def _texts(answered: Answered, question: Question) -> dict[str, str]:
    texts = read_answers(answered.content, question.ids)
    if not texts:
        # It may do better in a form that asks less of it.
        raise ModelError("the answer cannot be read", "form")
    return texts


def _refuse_cut(answered: Answered, estimated: int, tokens: tuple[int, int]) -> None:
    """Refuse what was answered to the rest of a question that was cut in silence."""
    if is_cut(answered.tokens_in, estimated):
        read = f"{answered.tokens_in:,} of about {estimated:,} tokens of the question"
        mend = "give it a larger context, or set tokens_a_request lower"
        raise ModelError(f"read {read}; {mend}", "setup", tokens=tokens)


def _said(reason: str) -> str:
    """What a model did, as it goes on after its name."""
    return reason if reason.startswith(_VERBS) else f"gave no answer: {reason}"


_VERBS = ("answered ", "refused ", "has no ", "read ", "does not ", "leads ")
