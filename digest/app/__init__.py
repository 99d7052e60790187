"""Makes a program of the jobs: wiring, the daemon, and what it reports."""
