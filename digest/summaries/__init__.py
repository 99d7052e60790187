"""Summaries: leads, what models are asked and what of their answers is taken; all of it pure."""
