"""Models: asked for one short summary, and nothing stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.checks import Finding, failed
from digest.errors import ConfigError
from digest.jobs.model_client import ModelClient, ModelError
from digest.summaries.answers import read_answers
from digest.summaries.prompts import FORMS, trial_question

if TYPE_CHECKING:
    from digest.config.summaries import ModelSettings
    from digest.summaries.prompts import Form

_MENDS = {
    "busy": "see whether it runs; editions go out with leads meanwhile",
    "setup": "mend it in the section models, or at the endpoint",
    "unusable": "try another model; editions go out with leads meanwhile",
}


async def check_model(settings: ModelSettings, seconds: float) -> Finding:
    """Ask a model for one summary, in each form until it speaks one."""
    client, question = ModelClient(settings), trial_question()
    error = ModelError("does not answer", "unusable")
    for form in FORMS:
        try:
            answered = await client.ask(question, form, seconds)
        except ConfigError as lacking:
            return failed("model", client.label, str(lacking), _MENDS["setup"])
        except ModelError as refused:
            error = refused
            if refused.trouble != "form":
                break
            continue
        if read_answers(answered.content, question.ids):
            return Finding("model", client.label, "ok", _found(form, answered.tokens_in))
        error = ModelError("answers what cannot be read", "unusable")
    return failed("model", client.label, str(error), _MENDS.get(error.trouble, _MENDS["unusable"]))


def _found(form: Form, tokens: int) -> str:
    counted = f"counts {tokens} tokens of the question" if tokens else "counts no tokens"
    return f"answers as {form}, {counted}"
