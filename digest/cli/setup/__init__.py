"""`init` and `service`: from nothing to a daemon that runs."""
