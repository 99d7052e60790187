"""An edition as Slack messages."""
