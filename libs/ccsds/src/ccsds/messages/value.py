"""Equality of messages: dataclasses whose fields may be numpy arrays."""

from __future__ import annotations

from collections.abc import Mapping
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


__all__ = ["Source", "SourcedValue", "Value", "frozen_array", "override"]


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


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a message was read from.

    Attributes
    ----------
    data
        Its bytes.
    kind, text_format
        What it is: `CDM`, `TLE`, … in `KVN`, `XML`, `JSON`, `CSV` or `TXT`.
    fields
        What the message held when it was read, by field.
    """

    data: bytes
    kind: str
    text_format: str
    fields: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class SourcedValue(Value):
    """A message that may remember the document it was read from; `dataclasses.replace` hands it on to the copy."""

    _source: Source | None = field(default=None, repr=False, compare=False, kw_only=True)

    @property
    def source(self) -> Source | None:
        """The document that the message, or the one that it was edited from, was read from; None if it was made."""
        return self._source

    @property
    def edited(self) -> bool:
        """Whether the message holds another value than its source; true where it has none."""
        source = self._source
        return source is None or not all(_same(getattr(self, name), value) for name, value in source.fields.items())

    def remember_source(self, data: bytes, kind: str, text_format: str) -> None:
        """Keep the document that the message was read from, whole; for readers."""
        held = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "_source"}
        object.__setattr__(self, "_source", Source(data, kind, text_format, held))


def _same(a: object, b: object) -> bool:
    if a is b:
        return True
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
