"""One OMM, complete: from its statements to the typed message (CCSDS 502.0-B-3 section 4)."""

from __future__ import annotations

import re

import numpy as np

from ccsds.checks.omm import check_omm, check_omm_message, check_omm_texts
from ccsds.messages.omm import Omm, OmmMeanElements, OmmMetadata, OmmTleParameters
from ccsds.readers.odm_parts import build_covariance, build_header, build_spacecraft, number_or_nan, pairs
from ccsds.readers.odm_statements import OdmKind, OdmStatements
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables import omm as tables
from ccsds.tables.oem import normalised

__all__ = ["OMM_KIND", "build_omm"]

SECOND = frozenset({"2.0"})
OMM_KIND = OdmKind(
    name="OMM",
    versions=tables.VERSIONS,
    keywords=tables.KEYWORDS,
    maneuver={},
    later={
        "CLASSIFICATION": (SECOND, "VER-003"),
        "MESSAGE_ID": (SECOND, "VER-003"),
        "BTERM": (SECOND, "OMM-021"),
        "AGOM": (SECOND, "OMM-021"),
    },
    unknown_versions={"1.0": "VER-005"},
    empty_key="SYN-012/header",
)
NORAD_CAT_ID = re.compile(r"\+?[0-9]{1,9}\Z")
ELEMENTS = ("ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")


def build_omm(statements: OdmStatements, log: FindingLog) -> Omm | None:
    """Check and build the message; None where it lacks an epoch or an element."""
    section = statements.section
    section.require()
    check_omm_texts(statements, log)
    check_omm(section, log, message=True)
    utc = normalised(section.text("TIME_SYSTEM") or "UTC") == "UTC"
    epoch = section.time("EPOCH", utc=utc)
    elements = [number_or_nan(section, name) for name in ELEMENTS]
    axis, motion = section.number("SEMI_MAJOR_AXIS"), section.number("MEAN_MOTION")
    parts = (
        section.number("GM"),
        build_spacecraft(statements),
        _tle(statements, log),
        build_covariance(statements, "OMM-025"),
    )
    gm, spacecraft, tle, covariance = parts
    if epoch is None or bool(np.isnan(elements).any()) or (axis is None and motion is None):
        return None
    omm = Omm(
        header=build_header(statements),
        metadata=_metadata(statements),
        elements=OmmMeanElements(
            epoch=epoch,
            semi_major_axis_km=axis,
            mean_motion_rev_day=motion,
            **{_FIELDS[name]: value for name, value in zip(ELEMENTS, elements, strict=True)},
            gm_km3_s2=gm,
            comments=tuple(statements.comments.get("mean elements", ())),
        ),
        spacecraft=spacecraft,
        tle=tle,
        covariance=covariance,
        user_defined=pairs(statements.user_defined),
        user_defined_comments=tuple(statements.comments.get("user_defined", ())),
    )
    check_omm_message(omm, section, log)
    return omm


_FIELDS = {
    "ECCENTRICITY": "eccentricity",
    "INCLINATION": "inclination_deg",
    "RA_OF_ASC_NODE": "ra_of_asc_node_deg",
    "ARG_OF_PERICENTER": "arg_of_pericenter_deg",
    "MEAN_ANOMALY": "mean_anomaly_deg",
}


def _metadata(statements: OdmStatements) -> OmmMetadata:
    section = statements.section
    return OmmMetadata(
        object_name=section.text("OBJECT_NAME") or "",
        object_id=section.text("OBJECT_ID") or "",
        center_name=section.text("CENTER_NAME") or "EARTH",
        ref_frame=section.text("REF_FRAME") or "",
        ref_frame_epoch=section.time("REF_FRAME_EPOCH"),
        time_system=section.text("TIME_SYSTEM") or "UTC",
        mean_element_theory=section.text("MEAN_ELEMENT_THEORY") or "",
        comments=tuple(statements.comments.get("metadata", ())),
    )


def _tle(statements: OdmStatements, log: FindingLog) -> OmmTleParameters | None:
    section = statements.section
    comments = tuple(statements.comments.get("tle", ()))
    if not comments and not any(row.block == "tle" and row.name in section.entries for row in tables.KEYWORDS.values()):
        return None
    return OmmTleParameters(
        ephemeris_type=section.integer("EPHEMERIS_TYPE"),
        classification_type=section.text("CLASSIFICATION_TYPE"),
        norad_cat_id=_norad_cat_id(section, log),
        element_set_no=section.integer("ELEMENT_SET_NO"),
        rev_at_epoch=section.integer("REV_AT_EPOCH"),
        bstar=section.number("BSTAR"),
        bterm_m2_kg=section.number("BTERM"),
        mean_motion_dot=section.number("MEAN_MOTION_DOT"),
        mean_motion_ddot=section.number("MEAN_MOTION_DDOT"),
        agom_m2_kg=section.number("AGOM"),
        comments=comments,
    )


def _norad_cat_id(section: Section, log: FindingLog) -> int | None:
    entry = section.entries.get("NORAD_CAT_ID")
    if entry is None or not entry.value:
        return None
    if NORAD_CAT_ID.match(entry.value) is None:
        message = f"NORAD_CAT_ID: {entry.value!r} is no integer of up to nine digits"
        log.drop("OMM-020", message, line=entry.line, column=entry.column)
        return None
    return int(entry.value)
