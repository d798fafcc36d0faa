"""Compiling kernels: one decorator with the options that all kernels share.

Compiled code is cached between processes. numba renews a cached kernel when its own file changes, but not when a
kernel that it calls changes in another file. Hence every kernel is stamped with the content of all kernel files
(those that use this decorator).
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., object])

_ALGEBRAIC = {"contract", "nsz", "arcp"}
"""Fused multiply-add, unsigned zeros and reciprocals may be used; NaN and the order of sums are kept."""


def kernel(function: Function) -> Function:
    """Compile at first call for its argument types, without Python's lock, cached between processes."""
    compiled = numba.njit(function, nogil=True, cache=True, error_model="numpy", fastmath=_ALGEBRAIC)
    stamped = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if stamped is not None:
        stamped._source_stamp = _content_of_all_kernels()  # noqa: SLF001 - numba has no public way to widen the stamp
    return compiled  # type: ignore[no-any-return]


def inlined(function: Function) -> Function:
    """Compile into each caller, so that loops over it can be vectorised."""
    return numba.njit(function, nogil=True, error_model="numpy", fastmath=_ALGEBRAIC, forceinline=True)  # type: ignore[no-any-return]


@cache
def _content_of_all_kernels() -> tuple[str, str]:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        source = path.read_bytes()
        if b"astrodynamics.jit" in source or path.name == "jit.py":
            digest.update(source)
    return numba.__version__, digest.hexdigest()
