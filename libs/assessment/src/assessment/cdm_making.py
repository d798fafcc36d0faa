"""Conjunction data messages of our own: CCSDS 508.0-B-1 with the comment lines of handbook annex C.

OBJECT1 is the recipient's satellite: an encounter is turned with `Encounter.from_the_other_side` first where needed.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import numpy as np
import numpy.typing as npt

from assessment.cdm_summary import CdmSummary
from assessment.covariance_model import MODELLED_COVARIANCE
from assessment.covariance_sentinel import is_usable, sentinel_covariance_m2
from assessment.criteria import Level
from assessment.encounters import Encounter, ParticipantState
from assessment.volumes import Mode, ScreeningVolume
from astrodynamics import frames, probability, timescales
from ccsds import (
    Cdm,
    CdmAnnotations,
    CdmHeader,
    CdmMetadata,
    CdmObject,
    CdmObjectAnnotations,
    CdmRelative,
)

CDM_FRAME = "EME2000"
"""Frame of the states: the most widely read of the three that the standard allows."""

SCREENING_OPTIONS: dict[Mode, str] = {
    "covariance": "Covariance",
    "ellipsoid": "Ellipsoid",
    "stand-off": "Stand-Off",
}

CDM_METHODS: dict[str, str] = {
    "disk": "FOSTER-1992",
    "foster": "FOSTER-1992",
    "square": "FOSTER-1992",
    "alfano": "ALFANO-2005",
    "chan": "CHAN-1997",
}
"""COLLISION_PROBABILITY_METHOD for each method of ours; a comment says the shape, since the name leaves it open."""

_SHAPES = {"disk": "disk", "foster": "disk", "square": "square"}
_DESIGNATOR = re.compile(r"\d{4}-\d{3}[A-Z]{1,3}")
_SHORT_DESIGNATOR = re.compile(r"(\d{2})(\d{3})([A-Z]{1,3})")
_OBJECT_TYPES = ("PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN", "OTHER")
_ID_DIGITS = 14
_PROBABILITY_DIGITS = 10
_COVARIANCE_DIGITS = 13
_POSITION_DECIMALS = 9
_VELOCITY_DECIMALS = 12
"""Micrometres, nanometres a second: with what stands before the point, fewer than the 16 digits that a CDM allows."""


@dataclass(frozen=True, slots=True)
class CdmIdentity:
    """What makes a message the same one when it is made again.

    Attributes
    ----------
    run_id
        The screening run.
    ordinal
        Of the approach within its pair, on the engine's absolute grid.
    """

    run_id: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class ScreeningContext:
    """The screening that found an encounter.

    Attributes
    ----------
    start_tai_ns, stop_tai_ns
        Screening period.
    volume
        Around the primary.
    """

    start_tai_ns: int
    stop_tai_ns: int
    volume: ScreeningVolume


def message_id(encounter: Encounter, identity: CdmIdentity) -> str:
    """``<9 digits>_conj_<9 digits>_<time>_<id>``: the same approach of the same run has the same, made twice or not.

    The time is the second of closest approach as year, day of year and clock; the last part comes from run, objects and
    ordinal only.
    """
    first, second = (side.participant.norad_cat_id for side in (encounter.primary, encounter.secondary))
    moment = timescales.to_datetime(encounter.tca_tai_ns).strftime("%Y%j%H%M%S")
    digest = hashlib.sha256(f"{identity.run_id}/{first}/{second}/{identity.ordinal}".encode()).hexdigest()
    return f"{first:09d}_conj_{second:09d}_{moment}_{int(digest, 16) % 10**_ID_DIGITS:0{_ID_DIGITS}d}"


def make_cdm(
    encounter: Encounter,
    *,
    identity: CdmIdentity,
    originator: str,
    message_for: str,
    creation_time: datetime,
    screening: ScreeningContext,
    level: Level = "none",
    replay_as_of: datetime | None = None,
    labels: tuple[str, ...] = (),
) -> Cdm:
    """Make the message about an encounter for the owner of its primary.

    Parameters
    ----------
    encounter
        Seen from the recipient's satellite.
    identity
        Of the approach within its run.
    originator, message_for
        As they stand in the header; letters, digits, ``-`` and ``_`` for the originator.
    creation_time
        The run's, aware.
    screening
        Period and volume.
    level
        An emergency is said in the header, as 19 SDS does.
    replay_as_of
        Time of the replay that made it; None in live operation.
    labels
        Further header comments, for example that the catalogue is synthetic.

    """
    return Cdm(
        header=CdmHeader(
            creation_date=_utc(timescales.from_datetime(creation_time)),
            originator=originator,
            message_for=_upper(message_for),
            message_id=message_id(encounter, identity),
            comments=(*_header_comments(level, replay_as_of), *labels),
        ),
        relative=_relative(encounter, screening),
        objects=(
            _object(encounter.primary, encounter.tca_tai_ns),
            _object(encounter.secondary, encounter.tca_tai_ns),
        ),
    )


def summarise_made(encounter: Encounter, cdm: Cdm, *, recipient: str | None, level: Level) -> CdmSummary:
    """What is kept of a message that `make_cdm` made, with the precision of the encounter."""
    relative = cdm.relative
    return CdmSummary(
        message_id=cdm.header.message_id,
        originator=cdm.header.originator,
        recipient=recipient,
        creation_date=_datetime(cdm.header.creation_date),
        norad_cat_id_1=encounter.primary.participant.norad_cat_id,
        norad_cat_id_2=encounter.secondary.participant.norad_cat_id,
        tca=timescales.to_datetime(encounter.tca_tai_ns),
        tca_tai_ns=encounter.tca_tai_ns,
        miss_distance_m=encounter.miss_distance_m,
        relative_speed_m_s=encounter.relative_speed_m_s,
        relative_position_rtn_m=tuple(encounter.relative_position_rtn_m.tolist()),
        collision_probability=encounter.probability,
        probability_method=None if encounter.probability is None else encounter.collision_probability.method,
        probability_reason=encounter.probability_reason,
        maximum_probability=encounter.maximum_probability,
        hard_body_radius_m=encounter.hard_body_radius.radius_m,
        regime=encounter.regime,
        level=level,
        period_1_min=encounter.primary.orbit.period_min,
        period_2_min=encounter.secondary.orbit.period_min,
        screening_start=_optional_datetime(relative.start_screen_period),
        screening_stop=_optional_datetime(relative.stop_screen_period),
        has_covariance_1=is_usable(encounter.primary.covariance_rtn_m2),
        has_covariance_2=is_usable(encounter.secondary.covariance_rtn_m2),
        covariance_model=encounter.covariance_model,
        modelled_probability=_value_or_none(encounter.modelled_probability),
    )


def _value_or_none(result: probability.CollisionProbability | None) -> float | None:
    return None if result is None or result.reason is not None else float(cast("float", result.probability))


def _header_comments(level: Level, replay_as_of: datetime | None) -> tuple[str, ...]:
    comments: list[str] = []
    if level == "emergency":
        comments.append("MEETS EMERGENCY CRITERIA")
    if replay_as_of is not None:
        moment = timescales.iso_utc(timescales.from_datetime(replay_as_of), 0)
        comments.append(f"REPLAY of archived data as of {moment}: not for operational use")
    return tuple(comments)


def _relative(encounter: Encounter, screening: ScreeningContext) -> CdmRelative:
    volume = screening.volume
    value, method, remarks = _probability(encounter)
    return CdmRelative(
        comments=(
            *CdmAnnotations(screening_option=SCREENING_OPTIONS[volume.mode]).relative_comments(),
            *(
                f"Screened with: OBJECT{number} {side.participant.screened_with}"
                for number, side in enumerate((encounter.primary, encounter.secondary), start=1)
            ),
            *remarks,
        ),
        tca=_utc(encounter.tca_tai_ns),
        miss_distance_m=round(encounter.miss_distance_m, 3),
        relative_speed_m_s=round(encounter.relative_speed_m_s, 6),
        relative_position_rtn_m=np.round(encounter.relative_position_rtn_m, 3),
        relative_velocity_rtn_m_s=np.round(encounter.relative_velocity_rtn_m_s, 6),
        start_screen_period=_utc(screening.start_tai_ns),
        stop_screen_period=_utc(screening.stop_tai_ns),
        screen_volume_frame="RTN",
        screen_volume_shape=volume.shape.upper(),
        screen_volume_x_m=volume.radial_km * 1e3,
        screen_volume_y_m=volume.in_track_km * 1e3,
        screen_volume_z_m=volume.cross_track_km * 1e3,
        collision_probability=value,
        collision_probability_method=method,
    )


def _probability(encounter: Encounter) -> tuple[float | None, str | None, tuple[str, ...]]:
    """Value and method for the message, and remarks; no value where there is none or where it would read as zero."""
    result = encounter.collision_probability
    bound = (
        f"Maximum probability = {encounter.maximum_probability:.6E} (a bound for isotropic uncertainty, not a "
        f"probability of collision; combined hard-body radius {encounter.hard_body_radius.radius_m:g} m)"
    )
    if encounter.probability is None:
        reason = probability.REASONS[encounter.probability_reason or ""]
        return None, None, (f"Collision probability not computed: {reason}", bound, *_modelled_remarks(encounter))
    chosen = _definition(result)
    if encounter.probability == 0.0:
        return None, None, (f"Collision probability by {chosen}: below 1E-300", bound)
    radius_m = encounter.hard_body_radius.radius_m
    shape = _SHAPES.get(chosen)
    described = f"over the hard-body {shape}" if shape else f"by {probability.METHODS[chosen].title}"
    remarks = [f"Collision probability {described}, combined hard-body radius {radius_m:g} m"]
    remarks.extend(f"Collision probability remark: {probability.FLAGS[flag]}" for flag in result.flags)
    if chosen in CDM_METHODS:
        return _significant(encounter.probability, _PROBABILITY_DIGITS), CDM_METHODS[chosen], tuple(remarks)
    # The standard's annex has no name for the method: the value is said where no reader takes it for another's.
    value = f"Collision probability by {chosen} = {encounter.probability:.{_PROBABILITY_DIGITS - 1}E}"
    return None, None, (value, *remarks)


def _modelled_remarks(encounter: Encounter) -> tuple[str, ...]:
    """What it would be by a covariance model: said where no reader takes it for a probability."""
    value = _value_or_none(encounter.modelled_probability)
    if value is None:
        return ()
    said = "below 1E-300" if value == 0.0 else f"{value:.{_PROBABILITY_DIGITS - 1}E}"
    by = f"{MODELLED_COVARIANCE} ({encounter.covariance_model})"
    return (f"With {by} it would be {said} over the hard-body disk: no probability of these objects",)


def _definition(result: probability.CollisionProbability) -> str:
    """The method whose value it is: that of a choice between several is the one chosen."""
    chosen = getattr(result.details, "chosen", None)
    return chosen if isinstance(chosen, str) else result.method


def _object(side: ParticipantState, tca_tai_ns: int) -> CdmObject:
    participant = side.participant
    r_km, v_km_s = frames.from_gcrf(
        side.r_gcrf_km[None], side.v_gcrf_km_s[None], CDM_FRAME, np.array([tca_tai_ns], dtype=np.int64)
    )
    covariance = side.covariance_rtn_m2
    has_covariance = is_usable(covariance)
    operator_radius = participant.operator_hard_body_radius_m or 0.0
    object_type = (participant.object_type or "UNKNOWN").upper()
    return CdmObject(
        metadata=CdmMetadata(
            object_designator=str(participant.norad_cat_id),
            catalog_name="SATCAT",
            object_name=_upper(participant.object_name) or "UNKNOWN",
            international_designator=_international_designator(participant.international_designator),
            object_type=object_type if object_type in _OBJECT_TYPES else "OTHER",
            operator_organization=_upper(participant.operator_organization or "") or None,
            ephemeris_name=participant.ephemeris_name or "NONE",
            covariance_method="CALCULATED" if has_covariance else "DEFAULT",
            maneuverable={True: "YES", False: "NO", None: "N/A"}[participant.maneuverable],
            orbit_center="EARTH",
            ref_frame=CDM_FRAME,
        ),
        position_km=np.round(r_km[0], _POSITION_DECIMALS),
        velocity_km_s=np.round(v_km_s[0], _VELOCITY_DECIMALS),
        state_comments=CdmObjectAnnotations(
            covariance_scale_factor=1.0,
            exclusion_volume_radius_m=round(participant.hard_body_radius.radius_m, 6),
            hard_body_radius_source=participant.hard_body_radius.source,
            apogee_altitude_km=round(side.orbit.apogee_altitude_km),
            perigee_altitude_km=round(side.orbit.perigee_altitude_km),
            inclination_deg=round(side.orbit.inclination_deg, 1),
            operator_hard_body_radius_m=round(operator_radius, 2),
        ).comments(),
        covariance_rtn_m2=_significant_matrix(covariance)
        if covariance is not None and has_covariance
        else sentinel_covariance_m2()
        if side.modelled is None
        else _significant_matrix(_without_velocities(side.modelled.position_rtn_m2)),
        covariance_comments=() if has_covariance else (_why_not_calculated(side),),
    )


def _why_not_calculated(side: ParticipantState) -> str:
    if side.modelled is None:
        return "No covariance is known for this object: the values below are placeholders and not for computation"
    return side.modelled.describe()


def _without_velocities(position_m2: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    whole = np.zeros((6, 6))
    whole[:3, :3] = position_m2
    return whole


def _international_designator(text: str) -> str:
    """YYYY-NNNP{PP}; the two-digit year of element sets is written out; UNKNOWN for anything else."""
    cleaned = text.strip().upper()
    short = _SHORT_DESIGNATOR.fullmatch(cleaned)
    if short is not None:
        year = int(short.group(1))
        cleaned = f"{1900 + year if year >= 57 else 2000 + year}-{short.group(2)}{short.group(3)}"
    return cleaned if _DESIGNATOR.fullmatch(cleaned) else "UNKNOWN"


def _upper(text: str) -> str:
    """Text as a CDM allows it: upper case, ASCII, single blanks."""
    return " ".join(text.upper().encode("ascii", "replace").decode().split())


def _significant(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}")


def _significant_matrix(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.array([[_significant(value, _COVARIANCE_DIGITS) for value in row] for row in matrix.tolist()])


def _utc(tai_ns: int) -> np.datetime64:
    reading: np.datetime64 = np.atleast_1d(timescales.from_tai_ns(np.array([tai_ns], dtype=np.int64), "UTC"))[0]
    return reading


def _datetime(utc: np.datetime64) -> datetime:
    return timescales.to_datetime(int(np.atleast_1d(timescales.to_tai_ns(np.array([utc]), "UTC"))[0]))


def _optional_datetime(utc: np.datetime64 | None) -> datetime | None:
    return None if utc is None else _datetime(utc)
