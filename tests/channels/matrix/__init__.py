"""Tests of channels that post to Matrix."""
