"""The grammar of addresses: segments, predicates, operators, and what they select."""
