"""The bytes of a body to what its feed said."""
