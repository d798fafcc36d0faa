"""Counter-based random numbers, compiled: a number is a function of a key and a counter, whoever asks for it.

J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC11 (2011):
Philox4x32-10. Any trial can be drawn by any thread in any order, with the same bits.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inner, kernel

Array = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint32]

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_WORD = np.uint64(32)
_ROUNDS = 10


@inner
def philox(key: Any, high: Any, low: Any) -> tuple[Any, Any, Any, Any]:
    """Four words of 32 bits (in 64-bit integers) of the counter (high, low), each of 64 bits, under a 64-bit key."""
    x0, x1 = low & _LOW, low >> _WORD
    x2, x3 = high & _LOW, high >> _WORD
    k0, k1 = key & _LOW, key >> _WORD
    for _ in range(_ROUNDS):
        p0, p1 = _MULTIPLIER_0 * x0, _MULTIPLIER_1 * x2
        x0, x1, x2, x3 = (p1 >> _WORD) ^ x1 ^ k0, p1 & _LOW, (p0 >> _WORD) ^ x3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + _WEYL_0) & _LOW, (k1 + _WEYL_1) & _LOW
    return x0, x1, x2, x3


@inner
def _unit(high: Any, low: Any) -> float:
    """A number in (0, 1), on a grid of 2^-53 shifted by half of it."""
    bits = (high << np.uint64(21)) ^ (low >> np.uint64(11))
    return (float(np.int64(bits)) + 0.5) * 1.1102230246251565e-16


@inner
def fill_normals(key: Any, trial: Any, normals: Array) -> None:
    """Fill standard normal numbers of a trial, an even count of them, after G. E. P. Box and M. E. Muller (1958)."""
    for pair in range(normals.size // 2):
        a, b, c, d = philox(key, np.uint64(pair), trial)
        length = math.sqrt(-2.0 * math.log(_unit(a, b)))
        angle = 2.0 * math.pi * _unit(c, d)
        normals[2 * pair] = length * math.cos(angle)
        normals[2 * pair + 1] = length * math.sin(angle)


@kernel
def philox_words(key: Any, high: Any, low: Any, words: Words) -> None:
    """Fill the four words of one counter: for checks against the published vectors."""
    a, b, c, d = philox(np.uint64(key), np.uint64(high), np.uint64(low))
    words[0], words[1], words[2], words[3] = a, b, c, d


@kernel
def normal_block(key: Any, first_trial: int, block: Array) -> None:
    """Fill normal numbers of consecutive trials, shape (trials, numbers), numbers even."""
    for i in range(block.shape[0]):
        fill_normals(np.uint64(key), np.uint64(first_trial + i), block[i])
