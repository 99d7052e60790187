"""Digest: a self-hosted daemon that turns feeds into digests people look forward to."""

__version__ = "0.2.0"
# Where people find the documentation, and servers who asks them.
PROJECT_URL = "https://pypi.org/project/feed-digest/"
