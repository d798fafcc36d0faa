"""Equality of messages: dataclasses whose fields may be numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method: object) -> object:
        """Stand in for typing.override, which Python 3.11 does not have."""
        return method


__all__ = ["SourcedValue", "Value", "frozen_array", "override"]


class Value:
    """Base of the message dataclasses: equal when every compared field is equal, NaN and NaT to themselves."""

    __hash__ = None  # type: ignore[assignment]

    @override
    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            _same(getattr(self, entry.name), getattr(other, entry.name))
            for entry in fields(self)  # type: ignore[arg-type]
            if entry.compare
        )


@dataclass(frozen=True, eq=False)
class SourcedValue(Value):
    """A message that may remember the bytes it was read from; any edit makes a copy that does not."""

    _source: tuple[bytes, str] | None = field(default=None, init=False, repr=False, compare=False)

    def source(self, text_format: str) -> bytes | None:
        """The bytes of the document, if it was in that format, the message holds all of it, and it was not edited."""
        if self._source is None or self._source[1] != text_format:
            return None
        return self._source[0]

    def remember_source(self, data: bytes, text_format: str) -> None:
        """Keep the bytes that the message was read from, in KVN, XML, JSON, CSV or TXT; for readers."""
        object.__setattr__(self, "_source", (data, text_format))


def _same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
            return False
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fM"))
    if isinstance(a, np.datetime64) and isinstance(b, np.datetime64):
        return bool(a == b) or (bool(np.isnat(a)) and bool(np.isnat(b)))
    return bool(a == b)


def frozen_array(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make an array read-only, so that a message can't change behind its source."""
    array.setflags(write=False)
    return array
