"""The validation report of the probability of collision: every published case beside our own value."""
