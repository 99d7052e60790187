"""The pages for operators and readers, and the control socket by which commands reach a daemon."""
