"""A digest's language by its tag, also by others that mean the same."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from digest.config.fields import LanguageTag


@pytest.mark.parametrize(
    ("given", "meant"),
    [("en", "en"), ("en-GB", "en"), ("en-US", "en-US"), ("pt", "pt-BR"), ("pt-BR", "pt-BR")],
)
def test_what_a_tag_means(given: str, meant: str) -> None:
    tags = TypeAdapter(LanguageTag)

    assert tags.validate_python(given) == meant
    assert given in tags.json_schema()["enum"]
