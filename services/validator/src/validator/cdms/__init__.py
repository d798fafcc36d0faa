"""Conjunction data messages from outside: Space-Track's rows, and what an operator uploads."""
