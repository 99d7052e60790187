"""A database of before feeds were read otherwise, and what the next poll makes of it."""
