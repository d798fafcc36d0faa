"""Compiling kernels: three decorators with the options that all kernels share.

Compiled code is cached between processes. numba renews a cached kernel when its own file changes, but not when a kernel
that it calls changes in another file. Hence every cached kernel is stamped with the content of all kernel files (those
that use these decorators).
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np

from astrodynamics.kernel_cache import KernelFile

int64: Callable[[float], int] = np.int64  # type: ignore[assignment]
"""A whole number of 64 bits; compiled code would else keep a literal 0 apart as a type of its own."""

Function = TypeVar("Function", bound=Callable[..., object])

_OPTIONS: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract", "nsz", "arcp"}}
"""No lock of Python's; no exceptions from arithmetic; fused multiply-add, unsigned zeros and reciprocals may be used,
but NaN and the order of sums are kept."""
_WITHIN_KERNELS: Final[dict[str, Any]] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(function: Function) -> Function:
    """Compile at the first call from Python; cached between processes."""
    compiled = numba.njit(function, cache=True, **_OPTIONS)
    kept: Any = getattr(compiled, "_cache", None)
    if hasattr(kept, "_cache_file"):  # numba has no public way to widen the stamp
        kept._cache_file = KernelFile.replacing(kept._cache_file, _content_of_all_kernels())  # noqa: SLF001
    return cast("Function", compiled)


def inner(function: Function) -> Function:
    """Compile for calls from kernels only, as part of each."""
    return cast("Function", numba.njit(function, **_OPTIONS, **_WITHIN_KERNELS))


def inlined(function: Function) -> Function:
    """Compile into the body of each caller, so that loops over it can be vectorised."""
    return cast("Function", numba.njit(function, forceinline=True, **_OPTIONS, **_WITHIN_KERNELS))


@cache
def _content_of_all_kernels() -> tuple[str, str]:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        source = path.read_bytes()
        if b"astrodynamics.jit" in source or path.name == "jit.py":
            digest.update(source)
    return numba.__version__, digest.hexdigest()
