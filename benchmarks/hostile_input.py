"""Validation of input in which one thing comes again and again: time grows with the size, not with its square.

    PYTHONPATH=tests python benchmarks/hostile_input.py

Prints what a size and eight times that size take, in seconds of the processor, and ends with 1 where one grows by more
than twice as much as its size.
"""

import sys
import time

from support.repeated_input import REPEATED

import ccsds

SMALL, FACTOR, MOST = 4_000, 8, 16
TOO_LITTLE_S = 0.02
"""Below it the clock says more about itself than about the reader."""


def seconds(text: str) -> float:
    """Return the best of three."""
    data = text.encode()
    taken = []
    for _ in range(3):
        begun = time.process_time()
        ccsds.validate(data, profile="lenient")
        taken.append(time.process_time() - begun)
    return min(taken)


def main() -> int:
    print(f"{'repeated':<22}{SMALL:>12,}{SMALL * FACTOR:>12,}{'growth':>10}  bound {MOST}")
    failed = False
    for name, make in REPEATED.items():
        small_s, large_s = seconds(make(SMALL)), seconds(make(SMALL * FACTOR))
        growth = large_s / max(small_s, TOO_LITTLE_S)
        failed |= growth > MOST
        print(f"{name:<22}{small_s:>11.3f}s{large_s:>11.3f}s{growth:>10.1f}  {'FAILED' if growth > MOST else 'ok'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
