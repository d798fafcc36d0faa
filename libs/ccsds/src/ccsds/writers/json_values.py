"""Messages as JSON: the fields of the typed message, by their names.

Times are ISO 8601 text with the digits they need, with Z where they are UTC; arrays are nested lists; what a message
does not have is null. Units are those of the field names and docstrings.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np

from ccsds.messages.cdm import Cdm
from ccsds.messages.oem import Oem
from ccsds.syntax.times import format_time

__all__ = ["json_value", "write_cdm_json", "write_oem_json"]


def json_value(value: Any, suffix: str = "Z") -> Any:
    """A field of a message as JSON knows it; `suffix` ends its times."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            entry.name: json_value(getattr(value, entry.name), suffix)
            for entry in dataclasses.fields(value)
            if not entry.name.startswith("_")
        }
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "M":
            return [_time(epoch, suffix) for epoch in value]
        return json_value(value.tolist(), suffix)
    if isinstance(value, np.datetime64):
        return _time(value, suffix)
    if isinstance(value, (tuple, list)):
        return [json_value(item, suffix) for item in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value


def _time(epoch: np.datetime64, suffix: str) -> str | None:
    return None if np.isnat(epoch) else format_time(epoch) + suffix


def _encode(kind: str, fields: dict[str, Any]) -> bytes:
    return (json.dumps({"kind": kind, **fields}, indent=2, allow_nan=False) + "\n").encode()


def write_cdm_json(cdm: Cdm) -> bytes:
    """Write a CDM as JSON: `kind`, `header`, `relative`, `objects` (two), `extensions`."""
    return _encode("CDM", json_value(cdm))


def write_oem_json(oem: Oem) -> bytes:
    """Write an OEM as JSON: `kind`, `header`, `segments`; epochs carry Z only where the time system is UTC."""
    segments = [
        json_value(segment, "Z" if segment.metadata.time_system.upper() == "UTC" else "") for segment in oem.segments
    ]
    return _encode("OEM", {"header": json_value(oem.header), "segments": segments})
