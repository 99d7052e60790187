"""The three jobs, each of one shape: read, decide in pure code, write once."""
