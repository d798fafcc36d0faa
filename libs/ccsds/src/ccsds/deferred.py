"""Functions whose module is imported at the first call, so that `import ccsds` stays light."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["deferred"]


def deferred(module: str, name: str) -> Callable[..., Any]:
    """Return a function that calls `module.name`."""

    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(import_module(module), name)(*arguments, **named)

    return call
