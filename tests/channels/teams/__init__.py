"""Tests of channels that post to Microsoft Teams."""
