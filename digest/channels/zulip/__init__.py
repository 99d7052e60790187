"""Zulip, as a bot."""

from digest.channels.zulip.channel import ZulipChannel

__all__ = ["ZulipChannel"]
