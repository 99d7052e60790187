"""Slack, as a channel."""

from digest.channels.slack.channel import open_channel

__all__ = ["open_channel"]
