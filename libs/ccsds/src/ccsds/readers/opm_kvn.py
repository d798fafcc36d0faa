"""OPM in KVN (CCSDS 502.0-B-3 section 3, with the differences of issues 1 and 2)."""

from __future__ import annotations

import numpy as np

from ccsds.checks.maneuver_notification import check_notification
from ccsds.checks.opm import check_opm, check_opm_texts, is_notification
from ccsds.limits import Limits
from ccsds.messages.opm import Opm, OpmKeplerian, OpmManeuver, OpmMetadata, OpmState
from ccsds.messages.orbit_parts import UserDefined
from ccsds.opening import Opening
from ccsds.readers.characters import check_characters, check_line_lengths
from ccsds.readers.odm_kvn import read_statements
from ccsds.readers.odm_parts import build_covariance, build_header, build_spacecraft, number_or_nan, pairs, vector
from ccsds.readers.odm_statements import ManeuverStatements, OdmKind, OdmStatements, UserParameter
from ccsds.recognise import kvn_version
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.tables import opm as tables
from ccsds.tables.oem import normalised

__all__ = ["OPM_KIND", "read_opm_kvn"]

EARLY = frozenset({"1.0", "2.0"})
FIRST = frozenset({"1.0"})
OPM_KIND = OdmKind(
    name="OPM",
    versions=tables.VERSIONS,
    keywords=tables.KEYWORDS,
    maneuver=tables.MANEUVER,
    later={
        "CLASSIFICATION": (EARLY, "VER-003"),
        "MESSAGE_ID": (EARLY, "VER-003"),
        "REF_FRAME_EPOCH": (FIRST, "VER-001"),
        **{row.name: (FIRST, "VER-002") for row in tables.KEYWORDS.values() if row.block == "covariance"},
    },
)
MAX_LINE_1_0 = 78
MANEUVER_FIELDS = ("MAN_EPOCH_IGNITION", "MAN_DURATION", "MAN_REF_FRAME", "MAN_DV_1", "MAN_DV_2", "MAN_DV_3")


def read_opm_kvn(data: bytes, log: FindingLog, limits: Limits) -> Opm | None:  # noqa: ARG001
    """Read and check an OPM; None where it lacks what its state or maneuvers need.

    Every finding goes to the log. Values that can't be read are dropped, and the log says that it is lossy.
    """
    lines = Lines(data)
    version = kvn_version(Opening(data), "OPM") or ""
    check_characters(lines, log)
    if version == "1.0":
        check_line_lengths(lines, log, MAX_LINE_1_0)
    else:
        check_line_lengths(lines, log)
    statements = read_statements(OPM_KIND, version, lines, log)
    _require(statements)
    check_opm_texts(statements, log)
    opm = _build(statements)
    if opm is not None:
        check_opm(opm, statements, log)
    if is_notification(statements) or log.is_error("MAN-002"):
        check_notification(opm, statements, log)
    return opm


def _require(statements: OdmStatements) -> None:
    """Report what is missing of what the version demands."""
    section, log = statements.section, statements.log
    given = section.entries
    notification = is_notification(statements)
    optional_there = {"OBJECT_ID", "REF_FRAME"} if notification else set()
    mandatory = [row.name for row in tables.KEYWORDS.values() if row.obligation == "M" and row.block != "state"]
    section.require(*(name for name in mandatory if name not in optional_there))
    for name in sorted(optional_there - given.keys()):
        log.add("SYN-011/notification", f"{name} is missing from the OPM", line=section.last_line or None)
    if any(name in given for name in tables.STATE):
        section.require(*tables.STATE)
    else:
        key = "OPM-002/notification" if notification else "OPM-002"
        log.add(key, "the OPM has no state vector", line=section.last_line or None)
    if statements.version == "1.0":
        section.require(*tables.SPACECRAFT)


def _build(statements: OdmStatements) -> Opm | None:
    section, log = statements.section, statements.log
    utc = normalised(section.text("TIME_SYSTEM") or "UTC") == "UTC"
    own, header, metadata = _sorted_user_defined(statements)
    state = _state(statements, utc=utc)
    keplerian = _keplerian(statements)
    maneuvers = [
        _maneuver(maneuver, own.get(index, []), utc=utc) for index, maneuver in enumerate(statements.maneuvers)
    ]
    built = Opm(
        header=build_header(statements, header),
        metadata=_metadata(statements, metadata),
        state=state,
        keplerian=keplerian,
        spacecraft=build_spacecraft(statements),
        covariance=build_covariance(statements, "OPM-012"),
        maneuvers=tuple(maneuver for maneuver in maneuvers if maneuver is not None),
        user_defined=pairs(own.get(-1, [])),
        user_defined_comments=tuple(statements.comments.get("user_defined", ())),
    )
    if len(built.maneuvers) < len(maneuvers):
        log.lossy = True
    return built if state is not None or built.maneuvers else None


def _sorted_user_defined(
    statements: OdmStatements,
) -> tuple[dict[int, list[UserParameter]], UserDefined, UserDefined]:
    """User-defined parameters: by maneuver (-1 for the message's own), the header's and the metadata's."""
    own: dict[int, list[UserParameter]] = {}
    header: list[UserParameter] = []
    metadata: list[UserParameter] = []
    end = statements.last_statement_line
    for parameter in statements.user_defined:
        last = parameter.line > end
        if parameter.maneuver >= 0:
            belongs = parameter.name in tables.NOTIFICATION_MANEUVER
            own.setdefault(parameter.maneuver if belongs else -1, []).append(parameter)
        elif parameter.block == "header" and not last:
            header.append(parameter)
        elif parameter.block == "metadata" and not last:
            metadata.append(parameter)
        else:
            own.setdefault(-1, []).append(parameter)
    return own, pairs(header), pairs(metadata)


def _metadata(statements: OdmStatements, user_defined: UserDefined) -> OpmMetadata:
    section = statements.section
    return OpmMetadata(
        object_name=section.text("OBJECT_NAME") or "",
        object_id=section.text("OBJECT_ID") or "",
        center_name=section.text("CENTER_NAME") or "EARTH",
        ref_frame=section.text("REF_FRAME") or "",
        ref_frame_epoch=section.time("REF_FRAME_EPOCH"),
        time_system=section.text("TIME_SYSTEM") or "UTC",
        comments=tuple(statements.comments.get("metadata", ())),
        user_defined=user_defined,
    )


def _state(statements: OdmStatements, *, utc: bool) -> OpmState | None:
    section = statements.section
    epoch = section.time("EPOCH", utc=utc)
    position = vector(section, "X", "Y", "Z")
    velocity = vector(section, "X_DOT", "Y_DOT", "Z_DOT")
    if epoch is None or position is None or velocity is None:
        if any(name in section.entries for name in tables.STATE):
            statements.log.lossy = True
        return None
    return OpmState(
        epoch=epoch, position_km=position, velocity_km_s=velocity, comments=tuple(statements.comments.get("state", ()))
    )


def _keplerian(statements: OdmStatements) -> OpmKeplerian | None:
    """The elements; None, with findings, where they are not whole."""
    section, log = statements.section, statements.log
    given = [name for name in tables.KEPLERIAN if name in section.entries]
    if not given:
        return None
    anomalies = [name for name in ("TRUE_ANOMALY", "MEAN_ANOMALY") if name in given]
    missing = [name for name in tables.KEPLERIAN if name not in given and not name.endswith("ANOMALY")]
    entry = section.entries[given[0]]
    if missing:
        message = f"the Keplerian elements lack {', '.join(missing)}"
        log.drop("OPM-010", message, line=entry.line, column=entry.column)
    if len(anomalies) != 1:
        message = "both TRUE_ANOMALY and MEAN_ANOMALY are given" if anomalies else "no anomaly is given"
        place = section.entries[anomalies[1]] if anomalies else entry
        log.drop("OPM-011", message, line=place.line, column=place.column)
    values = {name: number_or_nan(section, name) for name in given}
    if missing or not anomalies or any(np.isnan(value) for value in values.values()):
        return None
    return OpmKeplerian(
        semi_major_axis_km=values["SEMI_MAJOR_AXIS"],
        eccentricity=values["ECCENTRICITY"],
        inclination_deg=values["INCLINATION"],
        ra_of_asc_node_deg=values["RA_OF_ASC_NODE"],
        arg_of_pericenter_deg=values["ARG_OF_PERICENTER"],
        true_anomaly_deg=values.get("TRUE_ANOMALY"),
        mean_anomaly_deg=values.get("MEAN_ANOMALY") if len(anomalies) == 1 else None,
        gm_km3_s2=values["GM"],
        comments=tuple(statements.comments.get("keplerian", ())),
    )


def _maneuver(statements: ManeuverStatements, own: list[UserParameter], *, utc: bool) -> OpmManeuver | None:
    section = statements.section
    log = section.log
    line = section.last_line
    missing = [name for name in MANEUVER_FIELDS if name not in section.entries]
    if missing:
        log.drop("OPM-021", f"{section.title} lacks {', '.join(missing)}", line=line)
    if "MAN_DELTA_MASS" not in section.entries:
        log.add("OPM-021/mass", f"{section.title} lacks MAN_DELTA_MASS", line=line)
    epoch = section.time("MAN_EPOCH_IGNITION", utc=utc)
    duration, delta_mass = section.number("MAN_DURATION"), section.number("MAN_DELTA_MASS")
    delta_v = vector(section, "MAN_DV_1", "MAN_DV_2", "MAN_DV_3")
    frame = section.text("MAN_REF_FRAME")
    if epoch is None or duration is None or delta_v is None or frame is None:
        return None
    return OpmManeuver(
        epoch_ignition=epoch,
        duration_s=duration,
        delta_mass_kg=delta_mass,
        ref_frame=frame,
        delta_v_km_s=delta_v,
        comments=tuple(statements.comments),
        user_defined=pairs(own),
    )
