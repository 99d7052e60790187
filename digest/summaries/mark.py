"""Says in words that a model wrote a summary, in whatever form the summary is shown."""

from __future__ import annotations

from digest.language import language_of


def marked(summary: str, language: str) -> str:
    """A summary as readers see it: what says who wrote it comes first, where nothing cuts it."""
    return language_of(language).translate("Summary by a model: {text}", text=summary)
