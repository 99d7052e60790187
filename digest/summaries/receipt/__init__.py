"""The receipt: a gate without a model that a summary passes if it says what its article does."""

from digest.summaries.receipt.article import Article
from digest.summaries.receipt.verdict import refusal

__all__ = ["Article", "refusal"]
