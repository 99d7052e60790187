"""Tests of the blocks that stand on top of editions."""
