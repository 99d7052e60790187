"""Mailboxes: folders of messages, on an IMAP server or as a Maildir on this machine."""
