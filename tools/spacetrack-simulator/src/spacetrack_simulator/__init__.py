"""A local Space-Track that behaves as the real one does, faults included."""
