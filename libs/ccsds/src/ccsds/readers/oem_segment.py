"""A segment of an OEM while it is read, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccsds.checks.oem import SegmentPlaces
from ccsds.messages.oem import OemMetadata, OemSegment
from ccsds.messages.value import frozen_array
from ccsds.readers.covariance_section import CovarianceSection
from ccsds.readers.oem_rows import StateRows
from ccsds.readers.section import Section
from ccsds.syntax.lines import Lines

__all__ = ["OpenSegment", "build_segment"]


@dataclass
class OpenSegment:
    """A segment while it is read."""

    metadata: Section
    start_line: int
    metadata_comments: list[str] = field(default_factory=list)
    closed: bool = False
    comments: list[str] = field(default_factory=list)
    rows: StateRows = field(default_factory=StateRows)
    covariance: CovarianceSection | None = None
    time_system: str = "UTC"


def build_segment(segment: OpenSegment, lines: Lines) -> tuple[OemSegment | None, SegmentPlaces]:
    """Build the typed segment, None where it has no state, and where its parts stand."""
    rows, covariance = segment.rows, segment.covariance
    places = SegmentPlaces(
        lines=lines,
        metadata=segment.metadata,
        start_line=segment.start_line,
        state_lines=rows.line_indexes() if rows.count else np.empty(0, dtype=np.int64),
        covariance_lines=(
            covariance.rows.line_indexes() if covariance and covariance.rows.count else np.empty(0, dtype=np.int64)
        ),
        forms=[rows.forms, covariance.rows.forms if covariance else {}],
        widths=rows.widths,
    )
    if not rows.count:
        return None, places
    epochs, leap_second = rows.epochs(), rows.leap_second()
    positions, velocities, accelerations = rows.states()
    built = OemSegment(
        metadata=_metadata(segment, epochs),
        epochs=frozen_array(epochs),
        positions_km=frozen_array(positions),
        velocities_km_s=frozen_array(velocities),
        accelerations_km_s2=None if accelerations is None else frozen_array(accelerations),
        covariances=None if covariance is None else covariance.rows.build(),
        leap_second=leap_second,
        comments=tuple(segment.comments),
    )
    return built, places


def _metadata(segment: OpenSegment, epochs: npt.NDArray[np.datetime64]) -> OemMetadata:
    """Typed metadata; where START_TIME or STOP_TIME can't be read, the states' own span stands in."""
    section = segment.metadata
    utc = segment.time_system == "UTC"
    start, stop = section.time("START_TIME", utc=utc), section.time("STOP_TIME", utc=utc)
    return OemMetadata(
        object_name=section.text("OBJECT_NAME") or "",
        object_id=section.text("OBJECT_ID") or "",
        center_name=section.text("CENTER_NAME") or "",
        ref_frame=section.text("REF_FRAME") or "",
        ref_frame_epoch=section.time("REF_FRAME_EPOCH", utc=utc),
        time_system=section.text("TIME_SYSTEM") or "",
        start_time=start if start is not None else epochs.min(),
        useable_start_time=section.time("USEABLE_START_TIME", utc=utc),
        useable_stop_time=section.time("USEABLE_STOP_TIME", utc=utc),
        stop_time=stop if stop is not None else epochs.max(),
        interpolation=section.text("INTERPOLATION"),
        interpolation_degree=section.integer("INTERPOLATION_DEGREE", key="OEM-016"),
        comments=tuple(segment.metadata_comments),
    )
