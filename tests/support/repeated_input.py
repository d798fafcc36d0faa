"""Input in which one thing comes again and again: what would show where time grows with the square of the size."""

from collections.abc import Callable
from typing import Final

from support.ccsds_messages import oem_text

__all__ = ["REPEATED"]

TLE: Final = (
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927\n"
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537\n"
)
REPEATED: Final[dict[str, Callable[[int], str]]] = {
    "every line broken": lambda n: oem_text(1) + "2026-01-01T00:00:00.000 x y z\n" * n,
    "EPOCH without STOP": lambda n: oem_text(1) + "COVARIANCE_START\n" + "EPOCH = 2026-01-01T00:00:00\n1.0\n" * n,
    "tabs": lambda n: oem_text(1) + "\t\n" * n,
    "lone CR": lambda n: oem_text(1) + "\r" * n,
    "META_START": lambda n: oem_text(1) + "META_START\n" * n,
    "unknown keywords": lambda n: "CCSDS_CDM_VERS = 1.0\n" + "".join(f"MISS_DISTANCE_{i} = 1\n" for i in range(n)),
    "one long line": lambda n: oem_text(1) + "9" * (10 * n),
    "name lines": lambda n: TLE + "NAME\n" * n,
    "a long number": lambda n: oem_text(1) + "2026-01-01T00:00:30.000 " + "9" * (10 * n) + "x\n",
    "digits of no kind": lambda n: "26001000000.000 " + "9" * (10 * n) + "x\n",
    "blanks in a value": lambda n: "CCSDS_OMM_VERS = 2.0\nOBJECT_NAME = A" + " " * (5 * n) + "B\n",
    "blanks before =": lambda n: "CCSDS_CDM_VERS = 1.0\n" + "A" + " " * (5 * n) + "B\n",
    "a number of blanks": lambda n: "CCSDS_OMM_VERS = 2.0\nMEAN_MOTION = 1" + " " * (5 * n) + "1 [\n",
}
"""By name: from how often it comes to the text."""
