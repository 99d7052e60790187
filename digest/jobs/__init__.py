"""The jobs: each reads, decides in pure code, and writes once."""
