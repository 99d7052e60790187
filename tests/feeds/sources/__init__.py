"""What sources are held to, and what is expected of each kind: a folder each."""
