"""Files, as a channel."""

from digest.channels.file.channel import FileChannel

__all__ = ["FileChannel"]
