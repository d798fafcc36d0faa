"""Runs: what is to be screened, with which pinned inputs, in which slices, and what came of it."""
