"""Digest: a self-hosted daemon that turns feeds into digests people look forward to."""

__version__ = "0.2.0"
