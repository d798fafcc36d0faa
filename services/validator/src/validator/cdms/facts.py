"""What is kept of a conjunction data message from outside. Pure, and run in a child process for pages of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ccsds
from assessment.cdm_reading import CdmAssessment, PreparedCdm, assess_prepared, prepare_cdm, summarise
from assessment.cdm_summary import CdmSummary
from assessment.criteria import Level, ScreeningKind, ServiceLevel, level_of
from assessment.errors import AssessmentError, UnusableCdmError
from astrodynamics import timescales
from astrodynamics.errors import AstrodynamicsError
from records.screening.cdm_texts import own_key
from servicekit.ids import derived_id
from validator.extraction import plain

__all__ = ["CdmFacts", "NotKeptError", "Recipient", "assessed_each", "cdm_facts"]

_ORIGINATOR, _MESSAGE_ID, _NAME, _METHOD = 60, 120, 120, 60
_NONE: Final = frozenset({"", "NONE", "N/A"})


class NotKeptError(Exception):
    """No row can be made of a message; it stays in its document, and the reason is told."""


@dataclass(frozen=True)
class Recipient:
    """For whom a message is; nobody where no organization of ours is meant."""

    organization_id: str | None
    service_level: ServiceLevel = "advanced"


@dataclass(frozen=True, kw_only=True)
class CdmFacts:
    """The columns of a message's row that the message gives, and its KVN; no KVN where it lies in its page's object."""

    id: str
    kvn: bytes | None
    columns: dict[str, Any]
    norad_cat_id_1: int
    norad_cat_id_2: int


def cdm_facts(
    cdm: ccsds.Cdm,
    recipient: Recipient,
    *,
    source: str,
    received_at: datetime,
    basis: str = "",
    kvn: bytes | None = None,
    assessment: CdmAssessment | UnusableCdmError | None = None,
) -> CdmFacts:
    """Return what is kept of a message; its assessment is made where none is given.

    A message that cannot be assessed is kept with the reason, never left out: only one whose objects have no catalogue
    numbers, or whose times cannot be read, gives no row.

    Raises
    ------
    NotKeptError
        No row can be made of it.
    """
    try:
        assessed = assessed_each([cdm])[0] if assessment is None else assessment
        summary, details = _summary(cdm, assessed, recipient, received_at, basis)
    except (AssessmentError, AstrodynamicsError, ValueError, OverflowError) as error:
        raise NotKeptError(str(error)) from None
    content = ccsds.write(cdm, "kvn") if kvn is None else kvn
    identifier = derived_id("cdm", summary.originator, summary.message_id, recipient.organization_id or "")
    low, high = summary.pair
    radial, in_track, cross_track = summary.relative_position_rtn_m or (0.0, 0.0, 0.0)
    first, second = cdm.objects
    sha256 = hashlib.sha256(content).hexdigest()
    columns = {
        "id": identifier,
        "source": source,
        "originator": plain(summary.originator, _ORIGINATOR),
        "message_id": plain(summary.message_id, _MESSAGE_ID),
        "recipient_id": recipient.organization_id,
        "content_sha256": sha256,
        "object_key": own_key(identifier, sha256),
        "creation_date": summary.creation_date,
        "tca": summary.tca,
        "tca_tai_ns": summary.tca_tai_ns,
        "norad_cat_id_1": summary.norad_cat_id_1,
        "norad_cat_id_2": summary.norad_cat_id_2,
        "norad_cat_id_low": low,
        "norad_cat_id_high": high,
        "object_name_1": plain(first.metadata.object_name, _NAME),
        "object_name_2": plain(second.metadata.object_name, _NAME),
        "miss_distance_m": summary.miss_distance_m,
        "relative_speed_m_s": summary.relative_speed_m_s or 0.0,
        "radial_m": radial,
        "in_track_m": in_track,
        "cross_track_m": cross_track,
        "collision_probability": summary.collision_probability,
        "probability_method": None
        if summary.probability_method is None
        else plain(summary.probability_method, _METHOD),
        "probability_reason": summary.probability_reason,
        "maximum_probability": summary.maximum_probability,
        "hard_body_radius_m": summary.hard_body_radius_m,
        "level": summary.level,
        "summary": {"cdm_summary": summary.to_dict(), "source": source, **details},
    }
    return CdmFacts(
        id=identifier,
        kvn=content,
        columns=columns,
        norad_cat_id_1=summary.norad_cat_id_1,
        norad_cat_id_2=summary.norad_cat_id_2,
    )


def assessed_each(cdms: Sequence[ccsds.Cdm]) -> list[CdmAssessment | UnusableCdmError]:
    """Assess messages, all at once; where one cannot be assessed, say why."""
    prepared = [_prepared(cdm) for cdm in cdms]
    assessed = iter(_assessed([each for each in prepared if isinstance(each, PreparedCdm)]))
    return [next(assessed) if isinstance(each, PreparedCdm) else each for each in prepared]


def _assessed(prepared: Sequence[PreparedCdm]) -> Sequence[CdmAssessment | UnusableCdmError]:
    """Assess messages; where that fails for all of them, each by itself, so that an odd one costs only itself."""
    try:
        return assess_prepared(prepared)
    except (AssessmentError, AstrodynamicsError, ValueError, OverflowError) as error:
        if len(prepared) == 1:
            return [UnusableCdmError(str(error))]
        return [assessed for each in prepared for assessed in _assessed([each])]


def _prepared(cdm: ccsds.Cdm) -> PreparedCdm | UnusableCdmError:
    try:
        return prepare_cdm(cdm)
    except UnusableCdmError as error:
        return error
    except (AssessmentError, AstrodynamicsError, ValueError, OverflowError) as error:
        return UnusableCdmError(str(error))


def _summary(
    cdm: ccsds.Cdm,
    assessment: CdmAssessment | UnusableCdmError,
    recipient: Recipient,
    received_at: datetime,
    basis: str,
) -> tuple[CdmSummary, dict[str, Any]]:
    if isinstance(assessment, UnusableCdmError):
        return _unassessed(cdm, recipient, basis, str(assessment)), {"not_assessed": str(assessment)}
    summary = summarise(
        assessment, recipient=recipient.organization_id, level=_level(assessment, recipient, received_at)
    )
    details = {
        "comparison": assessment.comparison.to_dict(),
        "encounter_plane": assessment.plane(),
        "hard_body_radius_sources": list(assessment.hard_body_radius.sources),
    }
    return _with_basis(summary, basis), details


def _with_basis(summary: CdmSummary, basis: str) -> CdmSummary:
    return CdmSummary.from_dict(summary.to_dict() | {"basis": basis}) if basis else summary


def _level(assessment: CdmAssessment, recipient: Recipient, received_at: datetime) -> Level:
    """How urgent it is to us; what its originator told of is reportable at least."""
    kind: ScreeningKind = "ephemeris" if _has_ephemeris(assessment.cdm) else "catalogue"
    try:
        prediction = assessment.prediction(timescales.from_datetime(received_at))
    except UnusableCdmError:
        return "reportable"
    level = level_of(recipient.service_level, kind, prediction)
    return "reportable" if level == "none" else level


def _has_ephemeris(cdm: ccsds.Cdm) -> bool:
    return cdm.objects[0].metadata.ephemeris_name.strip().upper() not in _NONE


def _unassessed(cdm: ccsds.Cdm, recipient: Recipient, basis: str, reason: str) -> CdmSummary:
    """What a message says of itself, where its states cannot be used."""
    numbers = []
    for item in cdm.objects:
        designator = item.metadata.object_designator.strip()
        if not (designator.isascii() and designator.isdigit()):
            raise UnusableCdmError(f"The OBJECT_DESIGNATOR {designator!r} is no catalogue number.")
        numbers.append(int(designator))
    relative = cdm.relative
    tca_tai_ns = int(timescales.to_tai_ns(relative.tca, "UTC"))
    position = relative.relative_position_rtn_m
    return CdmSummary(
        message_id=cdm.header.message_id,
        originator=cdm.header.originator,
        recipient=recipient.organization_id,
        creation_date=timescales.to_datetime(int(timescales.to_tai_ns(cdm.header.creation_date, "UTC"))),
        norad_cat_id_1=numbers[0],
        norad_cat_id_2=numbers[1],
        tca=timescales.to_datetime(tca_tai_ns),
        tca_tai_ns=tca_tai_ns,
        miss_distance_m=relative.miss_distance_m,
        relative_speed_m_s=relative.relative_speed_m_s,
        relative_position_rtn_m=None
        if position is None
        else (float(position[0]), float(position[1]), float(position[2])),
        collision_probability=relative.collision_probability,
        probability_method=relative.collision_probability_method,
        probability_reason=None if relative.collision_probability is not None else reason,
        maximum_probability=None,
        hard_body_radius_m=None,
        regime=None,
        level="reportable",
        period_1_min=None,
        period_2_min=None,
        screening_start=None,
        screening_stop=None,
        has_covariance_1=False,
        has_covariance_2=False,
        basis=basis,
    )
