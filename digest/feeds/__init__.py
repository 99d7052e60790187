"""Everything between an address and its entries: fetch, guard, parse, identity, diff, timing."""
