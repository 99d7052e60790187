"""An edition as an email message."""
