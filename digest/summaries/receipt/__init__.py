"""The receipt: whether a summary says nothing but what its article does."""

from digest.summaries.receipt.article import Article

__all__ = ["Article"]
