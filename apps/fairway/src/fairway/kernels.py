"""Compiling every kernel once, so that the first screening after an installation does not wait: ``make setup``."""

import time

from rich.console import Console

__all__ = ["compile_kernels"]


def compile_kernels() -> float:
    """Compile what is not in the cache yet, and return how many seconds that took."""
    import assessment
    from astrodynamics import probability, screening

    begun = time.perf_counter()
    assessment.warm_up()
    screening.warm_up()
    probability.warm_up(tuple(probability.METHODS))
    return time.perf_counter() - begun


if __name__ == "__main__":
    console = Console(stderr=True)
    with console.status("compiling the screening and probability kernels (once for an installation)"):
        seconds = compile_kernels()
    console.print(f"kernels ready after {seconds:.1f} s")
