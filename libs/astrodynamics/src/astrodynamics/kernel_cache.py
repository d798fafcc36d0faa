"""Where compiled kernels are kept between processes, also where that place can only be read.

A container image ships its kernels compiled, and runs them from a root file system that cannot be written to. numba
itself refuses such a place. `ShippedKernels` takes it; the image names it by ``NUMBA_CACHE_LOCATOR_CLASSES``.
"""

import contextlib
import errno
import logging
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Final

from numba.core.caching import IndexDataCacheFile, UserProvidedCacheLocator

__all__ = ["KernelFile", "ShippedKernels"]

# No decorator `override` here: it is in no standard library before Python 3.12, and this library has few dependencies.
_CANNOT_WRITE: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOSPC})

_log = logging.getLogger(__name__)


class ShippedKernels(UserProvidedCacheLocator):
    """The folder that ``NUMBA_CACHE_DIR`` names, whether or not it can be written to."""

    def ensure_cache_path(self) -> None:  # type: ignore[explicit-override]
        """Make the folder where that can be done; whether it can be written to, saving sees for itself."""
        with contextlib.suppress(OSError):
            Path(self.get_cache_path()).mkdir(parents=True, exist_ok=True)  # type: ignore[no-untyped-call]


class KernelFile(IndexDataCacheFile):
    """The kept code of one kernel. Code that cannot be kept is used all the same, and is said to have been compiled."""

    @classmethod
    def replacing(cls, file: Any, source_stamp: Hashable) -> "KernelFile":
        """Return what `file` is, with another stamp: kept code counts only where the stamps are equal."""
        own = cls.__new__(cls)
        own.__dict__.update(vars(file), _source_stamp=source_stamp)
        return own

    def save(self, key: Any, data: Any) -> None:  # type: ignore[explicit-override]
        """Keep newly compiled code, where the place allows it."""
        try:
            super().save(key, data)  # type: ignore[no-untyped-call]
        except OSError as error:
            if error.errno not in _CANNOT_WRITE:
                raise
            _log.warning("the kernel %s was compiled and cannot be kept in %s", self._index_name, self._cache_path)
