"""The orbit ephemeris message (CCSDS 502.0-B-3 section 5): one object's states over time, columnar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccsds.messages.value import SourcedValue, Value

__all__ = ["Oem", "OemCovariances", "OemHeader", "OemMetadata", "OemSegment"]

Epochs = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class OemHeader(Value):
    """Header of an OEM.

    Attributes
    ----------
    version
        `1.0`, `2.0` or `3.0`.
    creation_date
        datetime64[ns], UTC.
    creation_date_text
        The same as it was written; None for a message made here.
    originator
        Agency or operator.
    comments
        Text after COMMENT and one blank, line by line.
    classification, message_id
        Version 3.0 only.
    """

    version: str = "2.0"
    creation_date: np.datetime64
    creation_date_text: str | None = field(default=None, compare=False)
    originator: str
    comments: tuple[str, ...] = ()
    classification: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class OemMetadata(Value):
    """Metadata of a segment; times are datetime64[ns] in `time_system`, text is as it was written.

    Attributes
    ----------
    object_name, object_id
        Name and international designator (or what the originator writes there).
    center_name, ref_frame, ref_frame_epoch
        Origin and frame of the states.
    time_system
        Of all times of the segment.
    start_time, stop_time
        Span of the segment.
    useable_start_time, useable_stop_time
        Span in which interpolation is sound; None where not given.
    interpolation, interpolation_degree
        Method and degree that the originator recommends.
    """

    object_name: str
    object_id: str
    center_name: str = "EARTH"
    ref_frame: str
    ref_frame_epoch: np.datetime64 | None = None
    time_system: str = "UTC"
    start_time: np.datetime64
    useable_start_time: np.datetime64 | None = None
    useable_stop_time: np.datetime64 | None = None
    stop_time: np.datetime64
    interpolation: str | None = None
    interpolation_degree: int | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class OemCovariances(Value):
    """Covariance matrices of a segment.

    Attributes
    ----------
    epochs
        datetime64[ns] in the segment's time system, shape (m,).
    matrices
        Full and symmetric, of position and velocity, in km², km²/s and km²/s², shape (m, 6, 6).
    frames
        Frame of each matrix; None means the segment's `ref_frame`.
    leap_second
        As in `OemSegment`, shape (m,).
    """

    epochs: Epochs
    matrices: Floats
    frames: tuple[str | None, ...]
    comments: tuple[str, ...] = ()
    leap_second: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return self.epochs.size


@dataclass(frozen=True, eq=False, kw_only=True)
class OemSegment(Value):
    """One metadata block with its states; interpolation never crosses from one segment into the next (5.2.4.6).

    Attributes
    ----------
    epochs
        datetime64[ns] in the time system of the metadata, shape (n,).
    leap_second
        True where the text reads :60, shape (n,); the epoch then holds 23:59:59.d. None where none does.
    positions_km, velocities_km_s
        In `metadata.ref_frame`, shape (n, 3).
    accelerations_km_s2
        Shape (n, 3), NaN on lines without; None where no line has them.
    covariances
        None where the segment has none.
    comments
        Before the first ephemeris line.
    """

    metadata: OemMetadata
    epochs: Epochs
    positions_km: Floats
    velocities_km_s: Floats
    accelerations_km_s2: Floats | None = None
    covariances: OemCovariances | None = None
    leap_second: npt.NDArray[np.bool_] | None = None
    comments: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.epochs.size


@dataclass(frozen=True, eq=False, kw_only=True)
class Oem(SourcedValue):
    """An orbit ephemeris message."""

    header: OemHeader
    segments: tuple[OemSegment, ...]

    def __iter__(self) -> Iterator[OemSegment]:
        return iter(self.segments)

    def __len__(self) -> int:
        return len(self.segments)
