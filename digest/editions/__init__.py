"""Which entries go out, as which stories, when: all pure."""
