"""What is taken out of an accepted document: the facts of its row, and its content as columns."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import numpy as np

from assessment.catalogues import catalogue_from_sets, catalogue_to_columns
from assessment.errors import UnusableTrajectoryError
from assessment.regimes import orbit_from_state
from assessment.trajectories import ephemeris_from_oem, ephemeris_to_columns
from astrodynamics import frames, timescales
from astrodynamics.earth_orientation import earth_orientation
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.interpolation_error import interpolation_error
from astrodynamics.trajectories import Ephemeris
from ccsds import ElementSets, FileName, Oem
from servicekit.ids import derived_id
from validator.question import CatalogueFacts, EphemerisFacts, Question, TrajectoryRemarks

__all__ = ["catalogue_facts", "ephemeris_facts", "is_synthetic", "plain", "start_of"]

_LONGEST = {"originator": 120, "object_name": 120, "object_id": 120, "ref_frame": 40, "time_system": 20, "center": 60}
_SYNTHETIC = "SYNTHETIC"
_UNKNOWN = "UNKNOWN"


def plain(text: str, longest: int | None = None) -> str:
    """Return `text` as every database can store it: without NUL, and cut to the width of its column."""
    stored = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return stored if longest is None or len(stored) <= longest else f"{stored[: longest - 1]}…"


def ephemeris_id(question: Question) -> str:
    """Return the identifier of a document's ephemeris: the same each time, so that a second try replaces the first."""
    return derived_id("ephemeris", question.document_id)


def start_of(oem: Oem) -> datetime | None:
    """Return the earliest START_TIME in UTC, or None where its time system is not known here."""
    try:
        return min(_utc(each.metadata.start_time, each.metadata.time_system) for each in oem.segments)
    except AstrodynamicsError:
        return None


def ephemeris_facts(
    oem: Oem, name: FileName, question: Question, norad_cat_id: int
) -> tuple[EphemerisFacts, TrajectoryRemarks]:
    """Return what is stored of an accepted ephemeris: several segments are one row, from first start to last stop.

    Beside it stands what is worth saying about the trajectory that it makes.

    Raises
    ------
    AssessmentError, AstrodynamicsError
        No trajectory can be made of it, or one of its times cannot be read.
    """
    states = ephemeris_from_oem(oem, norad_cat_id=norad_cat_id, designator=ephemeris_id(question))
    metadata = [segment.metadata for segment in oem.segments]
    columns = ephemeris_to_columns(states)
    facts = EphemerisFacts(
        id=ephemeris_id(question),
        norad_cat_id=norad_cat_id,
        designation=name.designation or question.requested_designation or "special",
        creation_date=_creation_date(oem, question),
        originator=plain(oem.header.originator, _LONGEST["originator"]),
        object_name=plain(_object_name(oem, name), _LONGEST["object_name"]),
        object_id=plain(metadata[0].object_id, _LONGEST["object_id"]),
        ref_frame=_joined((each.ref_frame for each in metadata), _LONGEST["ref_frame"]),
        time_system=_joined((each.time_system for each in metadata), _LONGEST["time_system"]),
        center_name=_joined((each.center_name for each in metadata), _LONGEST["center"]),
        start_time=min(_utc(each.start_time, each.time_system) for each in metadata),
        stop_time=max(_utc(each.stop_time, each.time_system) for each in metadata),
        state_count=sum(len(segment) for segment in oem.segments),
        segment_count=len(oem.segments),
        has_covariance=any(segment.covariance is not None for segment in states.segments),
        regime=_regime(states),
        columns=columns,
        columns_sha256=hashlib.sha256(columns).hexdigest(),
    )
    return facts, TrajectoryRemarks(interpolation_error(states), _earth_orientation(oem, states))


def catalogue_facts(sets: ElementSets, question: Question, *, refused_count: int) -> CatalogueFacts:
    """Return what is stored of an accepted catalogue.

    Raises
    ------
    AssessmentError
        Its columns hold what no propagation can use.
    """
    catalogue = catalogue_from_sets(sets)
    columns = catalogue_to_columns(catalogue)
    epochs = catalogue.elements.epoch_tai_ns
    return CatalogueFacts(
        id=derived_id("catalogue", question.document_id),
        is_synthetic=is_synthetic(sets),
        object_count=len(catalogue),
        refused_count=refused_count,
        oldest_epoch=timescales.to_datetime(int(epochs.min())),
        newest_epoch=timescales.to_datetime(int(epochs.max())),
        columns=columns,
        columns_sha256=hashlib.sha256(columns).hexdigest(),
    )


def is_synthetic(sets: ElementSets) -> bool:
    """Whether one object, or more, is made up: its name says so."""
    return any(_SYNTHETIC in name.upper() for name in sets.object_name)


def _regime(states: Ephemeris) -> Literal["near-earth", "deep-space", "open"]:
    """The regime by the first state, as whoever plans its screening needs it."""
    first = states.segments[0]
    try:
        return orbit_from_state(np.asarray(first.r_gcrf_km[0]), np.asarray(first.v_gcrf_km_s[0])).regime
    except UnusableTrajectoryError:
        return "open"


def _earth_orientation(oem: Oem, states: Ephemeris) -> str | None:
    """Which table of the earth's rotation the trajectory rests on, and how good it is at its end; None for none."""
    metadata = [segment.metadata for segment in oem.segments]
    turns = any(frames.canonical_frame(each.ref_frame) in frames.EARTH_FIXED_FRAMES for each in metadata)
    if not turns and all(each.time_system.strip().upper() != "UT1" for each in metadata):
        return None
    table = earth_orientation()
    return f"{table.source}: {table.quality_at(states.segments[-1].usable_stop_tai_ns)} at its end"


def _creation_date(oem: Oem, question: Question) -> datetime:
    """When the ephemeris was made; one that says nothing of it was made no later than it was received."""
    header = oem.header
    if np.isnat(header.creation_date) and header.creation_date_text is None:
        return question.received_at
    return _utc(header.creation_date, "UTC")


def _object_name(oem: Oem, name: FileName) -> str:
    """The object's name as the ephemeris says it, else as the file name does: the text formats have no place for it."""
    said = oem.segments[0].metadata.object_name
    return name.common_name if said.strip().upper() == _UNKNOWN and name.common_name else said


def _joined(values: Iterable[str], longest: int) -> str:
    return plain(", ".join(dict.fromkeys(value.strip() for value in values)), longest)


def _utc(moment: np.datetime64, time_system: str) -> datetime:
    scale = time_system.strip().upper()
    return timescales.to_datetime(int(timescales.to_tai_ns(np.asarray(moment), scale)))
