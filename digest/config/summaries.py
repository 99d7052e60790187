"""The settings of summaries, and of the models that write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from digest.config.base import Model
from digest.config.fields import Interval, Label, WebUrl
from digest.config.headers import SecretHeaders
from digest.config.secrets import Secret

SummaryKind = Literal["none", "lead", "model"]


class SummarySettings(Model):
    """What is shown of each story in the place of its excerpt."""

    kind: SummaryKind = Field(
        "none",
        description="none, lead (the best whole sentences of the entry), or model (a summary that"
        " a model writes, checked against the entry; else the lead).",
    )
    overview: bool = Field(
        default=False,
        description="As `overview: true` beside `summary`.",
    )
    tokens_an_edition: int = Field(
        60_000, ge=1_000, description="The most tokens that models are paid for one edition."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "kind": "type mode method style",
        "overview": "intro introduction tldr headline_summary",
        "tokens_an_edition": "tokens max_tokens token_limit budget token_budget tokens_per_edition",
    }


def _as_map(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


_Word = Annotated[str, StringConstraints(pattern=f"^({'|'.join(get_args(SummaryKind))})$")]
Summary = Annotated[
    SummarySettings,
    BeforeValidator(_as_map, json_schema_input_type=_Word | SummarySettings),
]


def _without_login(url: str) -> str:
    if urlsplit(url).username or urlsplit(url).query:
        raise ValueError("must be an address without a login or a query; put the key in api_key")
    return url.rstrip("/")


class ModelSettings(Model):
    """A model behind an endpoint that speaks as OpenAI's does: Ollama, llama.cpp, vLLM, hosted."""

    url: Annotated[WebUrl, AfterValidator(_without_login)] = Field(
        description="Where its API is, up to `/v1`, like `http://127.0.0.1:11434/v1`."
    )
    model: Label = Field(description="What the endpoint calls the model.")
    api_key: Secret | None = Field(None, description="Where the endpoint asks for one.")
    headers: SecretHeaders = Field(
        default_factory=dict, description="What else each request has, like `api-key: ...`."
    )
    tokens_a_request: int = Field(
        2_500,
        ge=1_000,
        description="The most tokens of a question with its answer; Ollama cuts longer ones in"
        " silence unless it is told otherwise.",
    )
    tokens_a_day: int = Field(
        200_000, ge=1_000, description="The most tokens in a day (UTC), over all digests."
    )
    timeout: Interval = Field(
        timedelta(minutes=3), description="For one answer; a model may have to be loaded first."
    )
    price_in: float = Field(
        0, ge=0, description="What a million tokens of questions cost, for `digest summaries test`."
    )
    price_out: float = Field(0, ge=0, description="What a million tokens of answers cost.")

    @property
    def label(self) -> str:
        """What operators read of it: its name, and where it is."""
        return f"{self.model} at {urlsplit(self.url).netloc}"

    synonyms: ClassVar[dict[str, str]] = {
        "url": "base_url api_base endpoint host address server openai_base_url api_url",
        "model": "name model_name id engine deployment",
        "api_key": "key token secret apikey bearer openai_api_key password",
        "tokens_a_request": "max_tokens context context_length num_ctx context_size"
        " tokens_per_request",
        "tokens_a_day": "budget daily_tokens tokens_per_day limit quota token_budget",
        "timeout": "request_timeout timeout_seconds",
        "price_in": "input_price price cost input_cost price_input",
        "price_out": "output_price output_cost price_output",
    }
