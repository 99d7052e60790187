"""Makes and checks the tokens, links and sessions that this installation signs."""
