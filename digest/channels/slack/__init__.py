"""Slack, as a channel."""

from digest.channels.slack.channel import SlackChannel

__all__ = ["SlackChannel"]
