"""The moments at which something becomes durable.

Every commit, file rename and mail written passes through `step`, once before and once after. In production nothing
listens. A test installs an observer that kills the process at the n-th moment and then shows that nothing was lost.
"""

from collections.abc import Callable

__all__ = ["observe", "step"]

Observer = Callable[[str], None]

_observer: Observer | None = None


def observe(observer: Observer | None) -> None:
    """Have `observer` called with the name of each moment, or nobody where it is None."""
    global _observer  # noqa: PLW0603 - one process has one observer, like one signal handler
    _observer = observer


def step(name: str) -> None:
    """Say that the moment `name` has come, for example ``commit:before``."""
    if _observer is not None:
        _observer(name)
