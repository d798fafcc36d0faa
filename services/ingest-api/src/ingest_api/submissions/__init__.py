"""Files in: stored first, answered then."""
