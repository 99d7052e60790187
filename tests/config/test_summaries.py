"""Summaries, models and topics as they stand in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.config.files import CHANNELS, FEEDS, fits_schema, load, refusal

if TYPE_CHECKING:
    from pathlib import Path

MODELS = "models: [{url: http://127.0.0.1:11434/v1/, model: small}]\n"


def digest(settings: str) -> str:
    """A file whose one digest has these settings beside those it needs."""
    return (
        FEEDS + CHANNELS + f"digests: {{a: {{schedule: daily at 07:00, send_to: out{settings}}}}}\n"
    )


@pytest.mark.parametrize(
    "written", ["", ", summary: none", ", summary: {}", ", summary: {kind: none}"]
)
def test_none_is_the_default(tmp_path: Path, written: str) -> None:
    settings = load(tmp_path, digest(written)).digests["a"]

    assert settings.summary.kind == "none"
    assert not settings.has_overview


@pytest.mark.parametrize(
    "written",
    [
        ", summary: model, overview: true",
        ", summary: {kind: model, overview: true}",
        ", summary: {kind: model}, overview: true",
    ],
)
def test_an_overview_is_asked_for_in_either_place(tmp_path: Path, written: str) -> None:
    settings = load(tmp_path, MODELS + digest(written))

    assert settings.digests["a"].summary.kind == "model"
    assert settings.digests["a"].has_overview
    assert settings.models[0].url == "http://127.0.0.1:11434/v1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (digest(", summary: model"), "add the section models"),
        (digest(", summary: {kind: model}"), "add the section models"),
        (digest(", summary: long"), "none, lead, model"),
        (digest(", summary: lead, content: full"), "leave out content"),
        (digest(", include: ['about: mail']"), "watch alone"),
        (digest(", exclude: ['about: mail']"), "watch alone"),
        (digest(", watch: ['about:']"), "write a topic"),
        (digest(", watch: ['linux about: mail']"), "beginning of a rule"),
        (digest(f", watch: ['about: {'x' * 201}']"), "at most 200"),
        ("models: [{url: 'http://u:p@h/v1', model: m}]\n" + digest(""), "without a login"),
        ("models: [{url: 'http://h/v1?key=x', model: m}]\n" + digest(""), "api_key"),
        ("models: [{url: 'http://h/v1', model: m, tokens_a_day: 5}]\n" + digest(""), "1000"),
    ],
)
def test_what_cannot_be_is_told(tmp_path: Path, text: str, message: str) -> None:
    assert message in str(refusal(tmp_path, text))


def test_a_topic_is_a_rule_of_words(tmp_path: Path) -> None:
    watch = "'about: security  of email', kubernetes"
    settings = load(tmp_path, digest(f", watch: [{watch}]"))

    assert settings.digests["a"].topics == ("security of email",)


def test_a_key_is_no_part_of_what_is_shown(tmp_path: Path) -> None:
    models = "models: [{url: http://h.example/v1, model: m, api_key: tops3cret}]\n"
    settings = load(tmp_path, models + digest(", summary: model"))

    assert "tops3cret" in settings.secrets()
    assert "tops3cret" not in repr(settings)


def test_the_schema_takes_a_word_or_a_map() -> None:
    def file(summary: object) -> object:
        return {
            "feeds": ["https://a.example/f.xml"],
            "channels": {"out": {"kind": "file", "path": "out.md"}},
            "digests": {"a": {"schedule": "daily at 07:00", "send_to": "out", "summary": summary}},
        }

    assert fits_schema(file("lead"))
    assert fits_schema(file({"kind": "lead", "overview": True}))
    assert not fits_schema(file("long"))
    assert not fits_schema(file({"kind": "long"}))
