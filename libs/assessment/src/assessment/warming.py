"""Everything that is slow at its first use, ahead of time."""

from astrodynamics import probability


def warm_up() -> None:
    """Compile the kernels that an assessment uses, or read them from the cache of compiled code."""
    probability.warm_up()
